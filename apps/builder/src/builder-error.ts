// The errors of the builder's API and their status codes; docs/reference/builder.md says what each means. No I/O.

const statuses = {
  'request.invalid': 400,
  'request.not-json': 400,
  'request.unknown': 404,
  'request.too-large': 413,
  'builder.branch-differs': 409,
  'builder.build-unknown': 404,
  'builder.busy': 429,
  'builder.compose-invalid': 409,
  'builder.ended': 409,
  'builder.not-attested': 503,
  'builder.not-done': 409,
  'builder.material-digest': 400,
  'builder.material-unexpected': 409,
} as const

/** What can be answered. New ones may be added, none changes its meaning. */
export type BuilderErrorCode = keyof typeof statuses

/** Raised by what a caller did, or has to wait for. */
export class BuilderError extends Error {
  override readonly name = 'BuilderError'
  readonly code: BuilderErrorCode

  constructor(code: BuilderErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }

  /** Of HTTP. */
  get status(): number {
    return statuses[this.code]
  }
}
