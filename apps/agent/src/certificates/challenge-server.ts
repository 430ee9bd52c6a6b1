// Answers a CA's challenge for one name (RFC 8737): a socket that is there only while an order waits for it. Serves a Unix socket.
import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:tls'
import { createChallengeCertificate } from '@wetee/certificates'

/** ALPN of the protocol (RFC 8737, 6.2). */
const CHALLENGE_PROTOCOL = 'acme-tls/1'
const HANDSHAKE_TIMEOUT_MS = 10_000
const MAX_CONNECTIONS = 32

/** Listens at `socketPath` (mode 0666) until the returned function is called. One at a time. */
export async function serveChallenge(
  socketPath: string,
  challenge: {
    readonly keyPem: string
    readonly name: string
    readonly digest: Uint8Array
    readonly now: Date
  },
): Promise<() => Promise<void>> {
  const { keyPem, name } = challenge
  const server = createServer({
    key: keyPem,
    cert: await createChallengeCertificate(challenge),
    ALPNProtocols: [CHALLENGE_PROTOCOL],
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // Another name is not what was ordered.
    SNICallback: (asked, done) => {
      if (asked.toLowerCase() === name) done(null)
      else done(new Error('another name'))
    },
  })
  server.maxConnections = MAX_CONNECTIONS
  // The handshake is the whole answer; no application data flows (RFC 8737, 3).
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined)
    socket.end()
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  rmSync(socketPath, { force: true })
  server.listen(socketPath)
  await once(server, 'listening')
  chmodSync(socketPath, 0o666)
  return async () => {
    await new Promise((resolve) => server.close(resolve))
    rmSync(socketPath, { force: true })
  }
}
