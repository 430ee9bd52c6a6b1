// The one error of this package. No I/O.

/** A key that no certificate can be made for; the same call never succeeds later. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
  readonly code: 'certificate.key-invalid'
  readonly retryable = false

  constructor(code: 'certificate.key-invalid', message: string) {
    super(message)
    this.code = code
  }
}
