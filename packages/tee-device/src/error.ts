// The one error of this package. No I/O.

/** Codes raised here; a platform's own refusals pass through with the code it answered. */
export type TeeErrorCode =
  | 'tee.unreachable'
  | 'tee.timeout'
  | 'tee.aborted'
  | 'tee.answer-invalid'
  | 'tee.answer-too-large'
  | 'tee.no-sealing-key'
  | 'tee.no-registers'
  | 'tee.no-attestation'
  | 'tee.no-provider'
  | 'tee.provider-differs'
  | 'tee.not-found'
  | 'tee.forbidden'
  | 'tee.busy'
  | 'tee.interrupted'
  | 'tee.refused'
  | 'tee.raced'
  | 'tee.register-differs'
  | 'tee.certificates-invalid'
  | 'tee.failed'
  | 'request.invalid'

/** What may succeed when it is simply tried again. */
const RETRYABLE: ReadonlySet<string> = new Set<TeeErrorCode>([
  'tee.unreachable',
  'tee.timeout',
  'tee.busy',
  'tee.interrupted',
  'tee.raced',
])

/** A TEE, or a socket beside it, that does not answer or refuses; `status` is 0 when there was no answer. */
export class TeeError extends Error {
  override readonly name = 'TeeError'
  readonly code: string
  readonly retryable: boolean
  readonly status: number

  constructor(
    code: TeeErrorCode | (string & {}),
    message: string,
    options?: { cause?: unknown; status?: number },
  ) {
    super(message, options)
    this.code = code
    this.status = options?.status ?? 0
    this.retryable = RETRYABLE.has(code) || (options?.status ?? 0) >= 500
  }
}
