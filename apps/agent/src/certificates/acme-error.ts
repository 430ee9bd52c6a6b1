// Why there is no certificate. No I/O.

/** Codes; those of the CA's own are in the message. */
export type AcmeErrorCode =
  | 'acme.unreachable'
  | 'acme.answer-invalid'
  | 'acme.refused'
  | 'acme.no-challenge'
  | 'acme.challenge-failed'
  | 'acme.too-slow'
  | 'acme.certificate-invalid'

/** A reason that may be gone at the next attempt. */
export class AcmeError extends Error {
  override readonly name = 'AcmeError'
  readonly code: AcmeErrorCode
  readonly retryable = true

  constructor(code: AcmeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
