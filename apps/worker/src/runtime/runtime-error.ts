// The one error of the runtime drivers. No I/O.

/**
 * Stable codes. `engine.*`: the engine as a whole (`unreachable` does not answer, `missing` nothing to run containers
 * with, `not-allowed` only by the operator's word, `unfit` lacks what the port promises, `failed` refused a request);
 * the others: one image, pod, container or command in it.
 */
export type RuntimeErrorCode =
  | 'engine.unreachable'
  | 'engine.missing'
  | 'engine.not-allowed'
  | 'engine.unfit'
  | 'engine.failed'
  | 'image.digest-mismatch'
  | 'image.invalid'
  | 'pod.invalid'
  | 'pod.unknown'
  | 'container.invalid'
  | 'container.start-failed'
  | 'container.not-running'
  | 'exec.start-failed'
  | 'exec.timed-out'

const RETRYABLE: ReadonlySet<RuntimeErrorCode> = new Set([
  'engine.unreachable',
  'engine.failed',
  'pod.unknown',
  'container.start-failed',
  'container.not-running',
  'exec.timed-out',
])

/** Raised by every driver; `retryable` when the same call may succeed later. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  readonly code: RuntimeErrorCode
  readonly retryable: boolean

  constructor(code: RuntimeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}
