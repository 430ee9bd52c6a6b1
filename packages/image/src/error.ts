// The one error of this package. No I/O.

/** What can go wrong, stable for callers to match on. */
export type ImageErrorCode =
  | 'archive.invalid'
  | 'blob.digest'
  | 'blob.missing'
  | 'blob.size'
  | 'image.config'
  | 'image.manifest'
  | 'image.media-type'
  | 'image.platform'
  | 'image.too-large'
  | 'layer.entry'
  | 'layer.package-missing'
  | 'layout.invalid'
  | 'reference.invalid'
  | 'registry.aborted'
  | 'registry.answer'
  | 'registry.denied'
  | 'registry.not-found'
  | 'registry.not-loopback'
  | 'registry.plain-http'
  | 'registry.port-taken'
  | 'registry.redirect'
  | 'registry.timeout'
  | 'registry.unreachable'
  | 'runtime.elf'
  | 'runtime.library-missing'
  | 'unpack.device'
  | 'unpack.entry'
  | 'unpack.link'
  | 'unpack.path'
  | 'unpack.target-exists'
  | 'unpack.too-large'
  | 'unpack.too-many'

const RETRYABLE: ReadonlySet<ImageErrorCode> = new Set([
  'registry.timeout',
  'registry.unreachable',
  'registry.answer',
  'blob.size',
])

/** Raised by every function here; `retryable` says whether the same call may succeed later. */
export class ImageError extends Error {
  override readonly name = 'ImageError'
  readonly code: ImageErrorCode
  readonly retryable: boolean

  constructor(
    code: ImageErrorCode,
    message: string,
    options: { cause?: unknown; retryable?: boolean } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? RETRYABLE.has(code)
  }
}
