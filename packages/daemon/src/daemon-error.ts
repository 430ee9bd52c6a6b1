// The one error class of this package. Pure.

/** What can go wrong, stable for callers to match on; docs/reference/daemon.md says what each means. */
export type DaemonErrorCode =
  | 'config.invalid'
  | 'config.not-json'
  | 'config.too-large'
  | 'config.unreadable'
  | 'daemon.stuck'
  | 'http.cannot-listen'
  | 'http.port-taken'
  | 'store.invalid'
  | 'store.nonce-taken'
  | 'store.unreadable'
  | 'wait.timeout'

const RETRYABLE: ReadonlySet<DaemonErrorCode> = new Set(['http.port-taken', 'wait.timeout'])

/** Raised by every function here; `retryable` says whether the same call may succeed later by itself. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError'
  readonly code: DaemonErrorCode
  readonly retryable: boolean

  constructor(code: DaemonErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}

/** The stable `code` of any error, `internal` for those without. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return 'internal'
}

/** One bounded line about anything that was thrown, at most 500 characters. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500)
}
