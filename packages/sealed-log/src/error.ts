// The one error of this package. No I/O.

/** Why a record, or what holds records together, does not count; stable. */
export type SealedLogErrorCode =
  | 'record.invalid'
  | 'record.unauthentic'
  | 'record.too-large'
  | 'chain.broken'
  | 'snapshot.failed'

/** A record that is not what its instance has sealed. */
export class SealedLogError extends Error {
  override readonly name = 'SealedLogError'
  readonly code: SealedLogErrorCode
  readonly retryable = false
  /** Of `snapshot.failed`: the agent's code. */
  readonly reason: string | undefined

  constructor(
    code: SealedLogErrorCode,
    message: string,
    options?: { cause?: unknown; reason?: string },
  ) {
    super(message, options)
    this.code = code
    this.reason = options?.reason
  }
}
