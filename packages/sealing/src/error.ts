// The one error of this package and its stable codes. No I/O.

/** A key that is none; bytes that were not sealed to this key with this context. */
export type SealingErrorCode = 'key.invalid' | 'sealed.unauthentic'

/** Raised by every function here; nothing secret is in a message. */
export class SealingError extends Error {
  override readonly name = 'SealingError'
  readonly code: SealingErrorCode
  /** The same bytes give the same answer. */
  readonly retryable = false

  constructor(code: SealingErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
