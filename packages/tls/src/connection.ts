// TLS 1.3 connections that are accepted by the peer's key alone. Does network I/O.
import { connect as connectTcp, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls'
import { TlsError } from './error.ts'
import { tlsKeyHashOf, type Hex } from './key-hash.ts'

/** Where to connect: a TCP address, or a function that opens any byte stream (a tunnel, a Unix socket). */
export type ConnectTarget =
  | { readonly host: string; readonly port: number }
  | (() => Promise<Duplex>)

/** The key a peer must show, or `report` to accept any key and learn its hash. */
export type ExpectedKey = Hex | 'report'

/** A private key and a certificate for it, both PEM. */
type OwnCertificate = { readonly keyPem: string; readonly certPem: string }

/** A connection whose peer has shown the expected key; nothing was sent before that was checked. */
export type PinnedConnection = { readonly socket: TLSSocket; readonly tlsKeyHash: Hex }

/**
 * Connects with TLS 1.3 and checks the peer's key before the caller can write a byte. Certificate names, dates
 * and issuers are not looked at. No session is resumed, so every connection proves the key anew.
 * Throws TlsError `tls.connect-failed`, `tls.handshake-failed`, `tls.key-mismatch`, `tls.aborted`.
 */
export async function connectPinned(options: {
  readonly connect: ConnectTarget
  readonly tlsKeyHash: ExpectedKey
  /** Shown to a peer that asks who calls. */
  readonly identity?: OwnCertificate
  /** Default `http/1.1`. */
  readonly protocol?: 'http/1.1' | 'h2'
  readonly signal: AbortSignal
}): Promise<PinnedConnection> {
  const { signal, identity, protocol = 'http/1.1' } = options
  const stream = await openStream(options.connect, signal)
  const socket = connectTls({
    socket: stream,
    secureContext: identity === undefined ? nameless : contextOf(identity),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ALPNProtocols: [protocol],
    ...serverName(options.connect),
  })
  try {
    await settled(socket, 'secureConnect', signal, 'tls.handshake-failed')
    const certificate = socket.getPeerX509Certificate()
    if (certificate === undefined)
      throw new TlsError('tls.handshake-failed', 'the peer showed no certificate')
    const tlsKeyHash = tlsKeyHashOf(certificate.raw)
    if (options.tlsKeyHash !== 'report' && tlsKeyHash !== options.tlsKeyHash.toLowerCase())
      throw new TlsError(
        'tls.key-mismatch',
        `expected the peer's TLS key ${options.tlsKeyHash}, it showed ${tlsKeyHash}`,
      )
    return { socket, tlsKeyHash }
  } catch (error) {
    socket.on('error', () => undefined)
    socket.destroy()
    stream.destroy()
    throw error
  }
}

/** Without roots: no issuer is asked for, and what they take in memory is not taken for every connection. */
function contextOf(identity: Partial<OwnCertificate>) {
  const { keyPem: key, certPem: cert } = identity
  return createSecureContext({
    ...{ ca: [], minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
    ...(key === undefined || cert === undefined ? {} : { key, cert }),
  })
}

/** Of callers that show no key; sessions are not kept, so nothing goes from one connection to another. */
const nameless = contextOf({})

/** `localhost` names are this machine's (RFC 6761, 6.3); not every resolver knows those with labels in front. */
const hostOf = ({ host }: { readonly host: string }): string =>
  host.toLowerCase().endsWith('.localhost') ? 'localhost' : host

async function openStream(target: ConnectTarget, signal: AbortSignal): Promise<Duplex> {
  if (signal.aborted) throw abortError(signal)
  if (typeof target !== 'function') {
    const socket = connectTcp({ host: hostOf(target), port: target.port, noDelay: true })
    try {
      await settled(socket, 'connect', signal, 'tls.connect-failed')
      return socket
    } catch (error) {
      socket.destroy()
      throw error
    }
  }
  const opened = target()
  let abort = () => undefined as void
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(abortError(signal))
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([opened, aborted])
  } catch (cause) {
    opened.then((late) => late.destroy()).catch(() => undefined)
    if (cause instanceof TlsError) throw cause
    throw new TlsError('tls.connect-failed', `could not open the connection: ${text(cause)}`, {
      cause,
    })
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function serverName(target: ConnectTarget): { servername?: string } {
  return typeof target !== 'function' && isIP(target.host) === 0 ? { servername: target.host } : {}
}

/** Waits for `event`; an error, a close or the signal ends the wait with a TlsError. */
function settled(
  emitter: Duplex,
  event: string,
  signal: AbortSignal,
  code: 'tls.connect-failed' | 'tls.handshake-failed',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: TlsError) => {
      emitter.off(event, onEvent).off('error', onError).off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      if (error === undefined) resolve()
      else {
        emitter.on('error', () => undefined)
        reject(error)
      }
    }
    const onEvent = () => finish()
    const onError = (cause: Error) => finish(new TlsError(code, cause.message, { cause }))
    const onClose = () => finish(new TlsError(code, 'the peer closed the connection'))
    const onAbort = () => finish(abortError(signal))
    emitter.on(event, onEvent).on('error', onError).on('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
}

/** The TlsError for an aborted signal: `tls.timeout` when a time limit raised it, else `tls.aborted`. */
export function abortError(signal: AbortSignal): TlsError {
  const cause: unknown = signal.reason
  return cause instanceof DOMException && cause.name === 'TimeoutError'
    ? new TlsError('tls.timeout', 'no complete answer in the time given', { cause })
    : new TlsError('tls.aborted', 'the caller gave up', { cause })
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
