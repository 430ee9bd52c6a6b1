// The one error of this package and its stable codes; docs/reference/secrets.md says what each
// means. No I/O.

/** Every code that `SecretsError` carries. New ones may be added, none changes its meaning. */
export const SECRETS_ERROR_CODES = [
  'argument.invalid',
  'policy.invalid',
  'sealed-secret.malformed',
  'release.items-invalid',
  'release.answer-malformed',
  'receipt.invalid',
  'misconduct.invalid',
] as const

/** One of those. */
export type SecretsErrorCode = (typeof SECRETS_ERROR_CODES)[number]

/** Raised by every function here; nothing secret is in a message. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError'
  readonly code: SecretsErrorCode
  /** The same bytes give the same answer. */
  readonly retryable = false

  constructor(code: SecretsErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
