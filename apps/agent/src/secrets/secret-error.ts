// Why secrets are not there yet. No I/O.

/** Codes of the agent's own; nodes add theirs (docs/reference/agent-socket.md). */
export type SecretErrorCode =
  | 'secrets.pending'
  | 'secrets.too-few'
  | 'secrets.not-set'
  | 'secrets.not-memory'
  | 'secrets.folder-missing'
  | 'secrets.not-text'
  | 'secrets.not-written'
  | 'service.not-memory'
  | 'service.folder-missing'
  | 'service.not-written'
  | 'secrets.unauthentic'
  | 'node.answer-invalid'
  | 'node.secret-invalid'
  | 'node.release-invalid'
  | 'node.signature-invalid'
  | 'facts.no-quorum'
  | 'facts.stale'

/** A reason that may be gone at the next attempt; nothing secret is in a message. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
  readonly code: SecretErrorCode
  readonly retryable = true

  constructor(code: SecretErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
