// The one error of this package. No I/O.

/** What can go wrong, stable for callers to match on. */
export type TlsErrorCode =
  | 'tls.key-invalid'
  | 'tls.key-mismatch'
  | 'tls.connect-failed'
  | 'tls.handshake-failed'
  | 'tls.connection-lost'
  | 'tls.timeout'
  | 'tls.aborted'
  | 'tls.answer-too-large'

const RETRYABLE: ReadonlySet<TlsErrorCode> = new Set([
  'tls.connect-failed',
  'tls.handshake-failed',
  'tls.connection-lost',
  'tls.timeout',
])

/** Raised by every function here; `retryable` says whether the same call may succeed later. */
export class TlsError extends Error {
  override readonly name = 'TlsError'
  readonly code: TlsErrorCode
  readonly retryable: boolean

  constructor(code: TlsErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}
