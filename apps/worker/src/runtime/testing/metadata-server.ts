// For tests: a machine behind this host that answers at the addresses where clouds have their metadata. Starts ip; needs root.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Where clouds answer with credentials of the machine: most of them (metadata.google.internal is the first, too), Alibaba, Oracle. */
export const METADATA_ADDRESSES = ['169.254.169.254', '100.100.100.200', '192.0.0.192'] as const
/** Another address of that machine, of a network that counts as the internet (RFC 5737). */
export const PUBLIC_ADDRESS = '198.51.100.2'
const HERE = '198.51.100.1'
/** Where it answers. */
export const METADATA_PORT = 80

/** Whether this process may make it. */
export const canServeMetadata = (): boolean => process.geteuid?.() === 0

/** Answers until it is closed; this host has a route to it meanwhile. */
export async function serveMetadata(): Promise<{ readonly close: () => Promise<void> }> {
  const name = `wetee-m${process.pid}`
  const [near, far] = [`wm${process.pid}`, `wn${process.pid}`]
  const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' })
  ip('netns', 'add', name)
  const remove = () => {
    // Takes interfaces and routes along.
    ip('link', 'del', near)
    ip('netns', 'del', name)
  }
  try {
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name)
    ip('addr', 'add', `${HERE}/30`, 'dev', near)
    ip('link', 'set', near, 'up')
    ip('-n', name, 'addr', 'add', `${PUBLIC_ADDRESS}/30`, 'dev', far)
    ip('-n', name, 'link', 'set', far, 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'route', 'add', 'default', 'via', HERE)
    for (const address of METADATA_ADDRESSES) {
      ip('-n', name, 'addr', 'add', `${address}/32`, 'dev', 'lo')
      ip('route', 'add', `${address}/32`, 'via', PUBLIC_ADDRESS, 'dev', near)
    }
    const program = `require("net").createServer(s=>s.on("error",()=>{}).end("secret")).listen(${METADATA_PORT},"0.0.0.0",()=>console.log("up"))`
    const server = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(server.stdout, 'data')
    const close = async () => {
      server.kill('SIGKILL')
      await once(server, 'exit')
      remove()
    }
    return { close }
  } catch (error) {
    remove()
    throw error
  }
}
