// What every published port has: TLS with the instance's attested key on a Unix socket, and a gate. Does socket I/O.
import { chmodSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { TlsIdentity } from '@wetee/certificates'
import type { Certificates } from '../certificates/certificates.ts'
import type { Target } from './relay.ts'

/** Decides whether application traffic flows. */
export type Gate = {
  /** `undefined` while the gate is open. */
  refusal(): 'lease.pending' | 'lease.lapsed' | undefined
  /** Hears when an open gate closes. */
  onClosed(listener: () => void): void
}

/** What one published port needs. */
export type PortOptions = {
  readonly socketPath: string
  readonly target: Target
  readonly identity: TlsIdentity
  /** Certificates of custom domains, for the same key. */
  readonly certificates?: Pick<Certificates, 'context'> | undefined
  readonly gate: Gate
  /** Limit for a handshake, and for the head of a request; default 15,000. */
  readonly headTimeoutMs?: number
}

/** A listening port. */
export type Ingress = {
  /** Sends clients elsewhere by the means of their protocol, see Drain. New ones are still answered, once. */
  drain(): void
  /** Open connections. */
  connections(): number
  /** Cuts everything. */
  close(): Promise<void>
}

/** Open connections of one port. */
export const MAX_CONNECTIONS = 1024
/** Default of `headTimeoutMs`. */
export const HEAD_TIMEOUT_MS = 15_000

/** TLS of a port: 1.3 alone, the attested key, the certificate of the domain that is asked for. */
export function tlsOptions({ identity, certificates, headTimeoutMs }: PortOptions): TlsOptions {
  return {
    key: identity.keyPem,
    cert: identity.certPem,
    SNICallback: (name, done) => done(null, certificates?.context(name)),
    minVersion: 'TLSv1.3',
    handshakeTimeout: headTimeoutMs ?? HEAD_TIMEOUT_MS,
  }
}

/** Listens (socket mode 0666: the folder decides who reaches it); the answer counts open connections. */
export function listenOn(socketPath: string, server: Server): Promise<() => number> {
  let connections = 0
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', (socket) => {
    connections++
    socket.once('close', () => connections--)
  })
  rmSync(socketPath, { force: true })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, () => {
      server.off('error', reject)
      chmodSync(socketPath, 0o666)
      resolve(() => connections)
    })
  })
}
