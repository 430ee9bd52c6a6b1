// Why an alert was not delivered. No I/O.

/** A destination that did not take a message; `retryable` when the same message may be taken later. */
export class AlertError extends Error {
  override readonly name = 'AlertError'
  readonly code = 'alert.not-delivered'
  readonly retryable: boolean
  /** How long the destination asks to wait, milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: { retryable: boolean; retryAfterMs?: number | undefined }) {
    super(message)
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs
  }
}
