// The one error of this package and its stable codes; docs/reference/build.md says what each means. No I/O.

/** What can go wrong. New ones may be added, none changes its meaning. */
export type BuildErrorCode =
  | 'build.aborted'
  | 'build.branch-invalid'
  | 'build.builder-refused'
  | 'build.cache-unsafe'
  | 'build.commit-invalid'
  | 'build.dependency-digest'
  | 'build.dependency-invalid'
  | 'build.dependency-unreachable'
  | 'build.dockerfile-invalid'
  | 'build.engine-missing'
  | 'build.entry-missing'
  | 'build.git-failed'
  | 'build.git-missing'
  | 'build.git-url'
  | 'build.image-invalid'
  | 'build.lock-differs'
  | 'build.lock-invalid'
  | 'build.lock-missing'
  | 'build.material-missing'
  | 'build.package-invalid'
  | 'build.preset-unknown'
  | 'build.provenance-invalid'
  | 'build.sandbox-missing'
  | 'build.script-failed'
  | 'build.source-changed'
  | 'build.source-entry'
  | 'build.source-link'
  | 'build.source-missing'
  | 'build.source-path'
  | 'build.source-too-large'
  | 'build.timeout'
  | 'build.toolchain-old'
  | 'build.webhook-invalid'

/** Raised by every function here; `retryable`: the same call may succeed later. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
  readonly code: BuildErrorCode
  readonly retryable: boolean

  constructor(
    code: BuildErrorCode,
    message: string,
    options: { cause?: unknown; retryable?: boolean } = {},
  ) {
    super(message, options)
    this.code = code
    this.retryable = options.retryable ?? code === 'build.dependency-unreachable'
  }
}
