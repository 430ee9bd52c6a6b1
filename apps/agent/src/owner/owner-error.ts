// Why the owner API refuses. No I/O.

/** Code to HTTP status; stable, docs/reference/owner-api.md. */
export const ownerErrorStatus = {
  'request.invalid': 400,
  'request.unknown': 404,
  'request.too-many': 429,
  'sign-in.invalid': 401,
  'sign-in.not-owner': 403,
  'sign-in.needed': 401,
  'exec.not-allowed': 403,
  'exec.unknown': 404,
  'snapshot.not-allowed': 403,
  'volume.unknown': 404,
  'viewer.unknown': 404,
  'owner.unknown': 503,
  'evidence.pending': 503,
  'bundle.unknown': 404,
} as const

export type OwnerErrorCode = keyof typeof ownerErrorStatus

/** A refusal; its message may be shown to anybody. */
export class OwnerError extends Error {
  override readonly name = 'OwnerError'
  readonly code: OwnerErrorCode
  readonly retryable: boolean

  constructor(code: OwnerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.retryable = ownerErrorStatus[code] === 503 || code === 'request.too-many'
  }
}
