// The one error of this package. No I/O.

/** Codes raised here; a platform's own refusals pass through with the code it answered. */
export type TeeErrorCode =
  'tee.unreachable' | 'tee.timeout' | 'tee.aborted' | 'tee.answer-invalid' | 'tee.no-sealing-key'

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
    this.retryable =
      code === 'tee.unreachable' || code === 'tee.timeout' || (options?.status ?? 0) >= 500
  }
}
