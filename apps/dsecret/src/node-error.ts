// The one error of this program. Pure. Codes: docs/reference/dsecret.md.

/**
 * A request, or a start, that is refused. `status` is the HTTP status it is answered with: 400 and 413 for what cannot be read, 422
 * for evidence and statements that do not hold, 409 for what holds no longer or not yet, 429 for too many requests of one application,
 * 503 for a node that cannot judge or sign now.
 */
export class NodeError extends Error {
  readonly code: string
  readonly status: 400 | 404 | 409 | 413 | 422 | 429 | 500 | 503
  /** Whether the same request may be taken later without anybody changing it. */
  readonly retryable: boolean
  /** Fields of the answer beside code and message, as JSON values. */
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: NodeError['status']
      readonly retryable?: boolean
      readonly details?: Readonly<Record<string, unknown>>
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'NodeError'
    this.code = code
    this.status = options.status ?? 422
    this.retryable = options.retryable ?? (this.status === 503 || this.status === 429)
    this.details = options.details
  }
}

/** A node that cannot judge or sign now; asking again later helps. */
export function unable(code: string, message: string, cause?: unknown): NodeError {
  return new NodeError(code, message, { status: 503, cause })
}
