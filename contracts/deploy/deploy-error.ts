// What deployment throws: a stable code, whether a retry helps, and a sentence. Pure.

/** Stable codes of a deployment that stopped. */
export type DeployErrorCode =
  | 'deploy.aborted'
  | 'deploy.account'
  | 'deploy.arguments'
  | 'deploy.code-differs'
  | 'deploy.file-invalid'
  | 'deploy.missing'
  | 'deploy.mixed'
  | 'deploy.not-mined'
  | 'deploy.parameters'
  | 'deploy.refused'
  | 'deploy.reverted'
  | 'deploy.roles-left'
  | 'deploy.unreachable'
  | 'deploy.wrong-chain'

/** Everything that is sent stays recorded: a later run goes on where this one stopped. */
export class DeployError extends Error {
  readonly code: DeployErrorCode
  /** Whether the same command may succeed later without anybody doing something. */
  readonly retryable: boolean

  constructor(
    code: DeployErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DeployError'
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
