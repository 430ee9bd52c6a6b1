// The one error of this package and its stable codes; docs/reference/bridge.md says what each means. No I/O.

/** Every code that `BridgeError` carries. New ones may be added, none changes its meaning. */
export const BRIDGE_ERROR_CODES = [
  'definition.invalid',
  'arguments.invalid',
  'answer.not-json',
  'answer.field-missing',
  'answer.field-wrong',
  'answer.too-large',
] as const

/** One of those. */
export type BridgeErrorCode = (typeof BRIDGE_ERROR_CODES)[number]

/** Raised by every function here. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  readonly code: BridgeErrorCode
  /** The same bytes give the same answer. */
  readonly retryable = false

  constructor(code: BridgeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
