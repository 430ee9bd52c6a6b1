// The one error of this package and its stable codes; docs/reference/threshold.md says what each
// means. No I/O.

/** Every code that `ThresholdError` carries. New ones may be added, none changes its meaning. */
export const THRESHOLD_ERROR_CODES = [
  'argument.invalid',
  'native.missing',
  'point.invalid',
  'scalar.invalid',
  'registration.malformed',
  'registration.invalid',
  'dealing.malformed',
  'dealing.invalid',
  'dealing.too-few',
  'complaint.malformed',
  'reveal.invalid',
  'reveal.too-few',
  'share.invalid',
  'ciphertext.malformed',
  'ciphertext.invalid',
  'release.malformed',
  'release.invalid',
  'release.too-few',
  'plaintext.unauthentic',
] as const

/** One of those. */
export type ThresholdErrorCode = (typeof THRESHOLD_ERROR_CODES)[number]

/** Raised by every function here; nothing in a message is secret. */
export class ThresholdError extends Error {
  override readonly name = 'ThresholdError'
  readonly code: ThresholdErrorCode
  /** The same bytes give the same answer. */
  readonly retryable = false

  constructor(code: ThresholdErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
