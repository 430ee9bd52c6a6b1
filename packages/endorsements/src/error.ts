// The one error of this package and its stable codes; docs/reference/endorsements.md says what each
// means. No I/O.

/** Every code that `EndorsementError` carries. New ones may be added, none changes its meaning. */
export const ENDORSEMENT_ERROR_CODES = [
  'options.invalid',
  'request.invalid',
  'request.busy',
  'request.closed',
  'evidence.malformed',
  'evidence.unsupported',
  'evidence.product-unknown',
  'evidence.chip-masked',
  'evidence.vlek',
  'network.failed',
  'network.timeout',
  'network.deadline',
  'network.aborted',
  'network.redirect',
  'answer.rate-limited',
  'answer.unavailable',
  'answer.unauthorized',
  'answer.not-found',
  'answer.refused',
  'answer.too-large',
  'answer.truncated',
  'answer.malformed',
  'answer.mismatch',
  'answer.expired',
  'answer.not-yet-valid',
  'answer.older',
  'cache.failed',
] as const

/** One of those. */
export type EndorsementErrorCode = (typeof ENDORSEMENT_ERROR_CODES)[number]

/** Codes after which the same call may succeed later. */
const RETRYABLE: ReadonlySet<EndorsementErrorCode> = new Set([
  'request.busy',
  'network.failed',
  'network.timeout',
  'network.deadline',
  'answer.rate-limited',
  'answer.unavailable',
  'answer.truncated',
  'answer.expired',
  'answer.not-yet-valid',
  'answer.older',
])

/** Codes after which asking the same server again within seconds may help. */
const TRANSIENT: ReadonlySet<EndorsementErrorCode> = new Set([
  'network.failed',
  'network.timeout',
  'answer.rate-limited',
  'answer.unavailable',
  'answer.truncated',
])

/**
 * Raised by every function here. `retryable`: the same call may succeed later. `status`: of the
 * HTTP answer, where there was one. The message names the server's host, never a whole URL, and
 * never a word of what a server sent.
 */
export class EndorsementError extends Error {
  override readonly name = 'EndorsementError'
  readonly code: EndorsementErrorCode
  readonly retryable: boolean
  readonly status: number | undefined
  /** What Retry-After asked for, milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: EndorsementErrorCode,
    message: string,
    options: { cause?: unknown; status?: number; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = RETRYABLE.has(code)
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }
}

/** True when the same server may answer well a moment later. */
export function isTransient(error: unknown): error is EndorsementError {
  return error instanceof EndorsementError && TRANSIENT.has(error.code)
}

/** The given error, or one of `code` around something foreign. */
export function asEndorsementError(error: unknown, code: EndorsementErrorCode): EndorsementError {
  if (error instanceof EndorsementError) return error
  return new EndorsementError(code, 'unexpected failure', { cause: error })
}
