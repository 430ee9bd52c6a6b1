// The one error of the agent. No I/O.

/** Why the agent gave up; stable. All of them end the process with exit code 78 (EX_CONFIG). */
export type AgentErrorCode =
  | 'launch.unreadable'
  | 'launch.invalid'
  | 'launch.manifest-invalid'
  | 'launch.terms-differ'
  | 'launch.ports-differ'
  | 'launch.configuration-differs'
  | 'launch.no-network-key'
  | 'launch.no-door'
  | 'launch.images-unmeasured'
  | 'image.mismatch'
  | 'image.changed'
  | 'rtmr.unexpected'

/** A fault of the launch that no retry cures. */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  readonly code: AgentErrorCode
  readonly retryable = false

  constructor(code: AgentErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** Exit code of the process for an AgentError. */
export const EXIT_CONFIGURATION = 78
