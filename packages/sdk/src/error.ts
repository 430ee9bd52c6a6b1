// The one error class of the sdk: a stable code, whether a retry helps, and a sentence that says what, where, what to do.

/** Facts behind an error, all strings, for JSON output. */
export type ErrorDetails = Readonly<Record<string, string>>

/**
 * What every function of the sdk throws when it cannot do its work. `code` is stable
 * (docs/reference/sdk.md), `retryable` says whether the same call may succeed later.
 */
export class SdkError extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly details: ErrorDetails

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; cause?: unknown; details?: ErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SdkError'
    this.code = code
    this.retryable = options.retryable ?? false
    this.details = options.details ?? {}
  }
}
