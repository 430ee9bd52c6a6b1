// `node main.ts --site DIR --profile FILE`: serves a built console with its headers until a signal, as the image of the console does. Listens.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { serveConsole } from './serve.ts'

const usage = `usage: node main.ts --site DIR --profile FILE [--connect ORIGIN]... [--host ADDRESS] [--port PORT]

Serves the web console over plain HTTP: put a proxy with TLS before it.

  --site DIR        the built console
  --profile FILE    network.json of the network that it is for
  --connect ORIGIN  a server that pages may connect to beside their own and the network's RPCs: workers, registries;
                    may be given again; left out: any with https
  --host ADDRESS    address to listen on (default: 0.0.0.0)
  --port PORT       (default: 8080)
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      site: { type: 'string' },
      profile: { type: 'string' },
      connect: { type: 'string', multiple: true },
      host: { type: 'string', default: '0.0.0.0' },
      port: { type: 'string', default: '8080' },
      help: { type: 'boolean', default: false },
    },
  })
  const { site, host } = values
  if (values.help || site === undefined || values.profile === undefined) {
    process[values.help ? 'stdout' : 'stderr'].write(usage)
    return values.help ? 0 : 2
  }
  const profile = readFileSync(values.profile, 'utf8')
  const { rpcUrls } = JSON.parse(profile) as { rpcUrls: readonly string[] }
  const others = values.connect?.map(originOf) ?? ['https:']
  const connect = [...new Set([...rpcUrls.map(originOf), ...others])]
  const port = Number(values.port)
  const served = await serveConsole({ folder: site, profile, connect, host, port })
  process.stdout.write(`the console is served at ${served.url}\n`)
  await new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve)
  })
  await served.close()
  return 0
}

const originOf = (url: string): string => new URL(url).origin

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 1
  },
)
