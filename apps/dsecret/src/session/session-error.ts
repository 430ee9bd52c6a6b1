// The error of key sessions: a board or secrets that the caller must not hand in. Pure.

/** Stable codes of `SessionError`. */
export type SessionErrorCode =
  /** A board that no contract makes: indexes out of order, fields of a wrong length, another session's. */
  | 'session.board-invalid'
  /** The old key does not belong to the transcript that the chain confirmed. */
  | 'session.previous-differs'

/** A mistake of the caller, or of whoever told it; nothing secret is in the message. */
export class SessionError extends Error {
  readonly code: SessionErrorCode
  readonly retryable = false

  constructor(code: SessionErrorCode, message: string) {
    super(message)
    this.name = 'SessionError'
    this.code = code
  }
}
