// Let's Encrypt's test CA as a process, for tests of certificates: `go install github.com/letsencrypt/pebble/v2/cmd/pebble@v2.8.0`. Starts
// a process, writes files, serves UDP.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createTlsIdentity } from '@wetee/certificates'
import { startNameServer } from './name-server.ts'

/** Its program, where it is installed: `$PEBBLE`, or below the Go folder. */
export const pebbleProgram = [
  process.env['PEBBLE'] ?? '',
  join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin/pebble'),
].find((file) => file !== '' && existsSync(file))

/** A CA that connects to one port of this machine for every name. */
export type Ca = { readonly directoryUrl: string; readonly roots: string; close(): Promise<void> }

/** Starts it with files in `folder`; every fifth nonce is refused, as a CA may. */
export async function startPebble(folder: string, challengePort: number): Promise<Ca> {
  const { certPem, keyPem } = await createTlsIdentity({ commonName: 'localhost' })
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const port = await freePort()
  const config = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${await freePort()}`,
    certificate: file('ca.pem', certPem),
    privateKey: file('ca.key', keyPem),
    httpPort: 1,
    tlsPort: challengePort,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
    retryAfter: { authz: 1, order: 1 },
  }
  const names = await startNameServer()
  const child = spawn(
    pebbleProgram ?? '',
    [
      ...['-config', file('pebble.json', JSON.stringify({ pebble: config }))],
      ...['-dnsserver', `127.0.0.1:${names.port}`],
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '20' },
    },
  )
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-4_000)
      if (said.includes('ACME directory available')) resolve()
    })
    child.once('exit', () => reject(new Error(`pebble ended: ${said}`)))
  })
  return {
    directoryUrl: `https://localhost:${port}/dir`,
    roots: certPem,
    close: async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      names.close()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
