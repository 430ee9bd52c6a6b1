// The one error of the worker. No I/O.

/** Stable codes; see docs/reference/worker.md. */
export type WorkerErrorCode =
  | 'account.unreadable'
  | 'account.password-wrong'
  | 'account.mode-open'
  | 'worker.unknown'
  | 'worker.ambiguous'
  | 'worker.operator-wrong'
  | 'network.kind-mismatch'
  | 'image.digest-mismatch'
  | 'image.unavailable'
  | 'registry.not-allowed'
  | 'manifest.terms-differ'
  | 'manifest.unfit'
  | 'committee.none'
  | 'quorum.too-few'
  | 'quorum.disagrees'
  | 'platform.no-evidence'
  | 'platform.not-proven'
  | 'ingress.no-port'
  | 'agent.no-socket'
  | 'instance.unknown'
  | 'lease.foreign'
  | 'forward.none'
  | 'forward.full'
  | 'forward.key-used'
  | 'misconduct.full'
  | 'volume.unavailable'
  | 'volume.failed'
  | 'request.invalid'
  | 'request.too-many'
  | 'evidence.pending'
  | 'auth.invalid'
  | 'auth.replayed'
  | 'auth.not-owner'

/** Something the worker expected and did not get; `retryable` when the same try may work later. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError'
  readonly code: WorkerErrorCode
  readonly retryable: boolean

  constructor(
    code: WorkerErrorCode,
    message: string,
    options?: { cause?: unknown; retryable?: boolean },
  ) {
    super(message, options)
    this.code = code
    this.retryable = options?.retryable ?? false
  }
}

/** The stable code of any error of this repository, `internal` for the rest. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return 'internal'
}

/** One line about any error, bounded. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500)
}
