// The one error of this package and its stable codes; docs/reference/attestation.md says what each
// means. No I/O.

/** Every code that `AttestationError` carries. New ones may be added, none changes its meaning. */
export const ATTESTATION_ERROR_CODES = [
  'binding.invalid',
  'document.too-large',
  'document.malformed',
  'endorsement.malformed',
  'trust-store.invalid',
  'time.invalid',
  'der.malformed',
  'pem.malformed',
  'certificate.malformed',
  'crl.malformed',
  'crypto.unavailable',
  'evidence.unsupported',
  'evidence.too-large',
  'quote.malformed',
  'quote.unsupported',
  'quote.key-type',
  'quote.vendor',
  'quote.certification-data',
  'root.untrusted',
  'pck.chain',
  'pck.extension',
  'pck.revoked',
  'pck.ca-revoked',
  'tcb-signing.chain',
  'tcb-signing.revoked',
  'root-crl.invalid',
  'root-crl.not-yet-valid',
  'root-crl.expired',
  'pck-crl.invalid',
  'pck-crl.not-yet-valid',
  'pck-crl.expired',
  'tcb-info.signature',
  'tcb-info.malformed',
  'tcb-info.not-yet-valid',
  'tcb-info.expired',
  'tcb-info.mismatch',
  'qe-identity.signature',
  'qe-identity.malformed',
  'qe-identity.not-yet-valid',
  'qe-identity.expired',
  'qe-identity.mismatch',
  'tdx-module.mismatch',
  'qe-report.signature',
  'qe-report.data',
  'quote.signature',
  'tcb.unsupported',
  'tcb.revoked',
  'snp-report.malformed',
  'snp-report.unsupported',
  'snp-report.signing-key',
  'snp-report.signature',
  'vek.chain',
  'vek.extension',
  'vek.tcb-mismatch',
  'vek.chip-mismatch',
  'vek.revoked',
  'ask.revoked',
  'ark-crl.invalid',
  'ark-crl.not-yet-valid',
  'ark-crl.expired',
  'nitro.malformed',
  'nitro.unsupported',
  'nitro.chain',
  'nitro.signature',
  'nitro.time',
  'event-log.malformed',
  'event-log.differs',
  'policy.malformed',
  'reference-value.malformed',
  'simulated.malformed',
] as const

/** One of those. */
export type AttestationErrorCode = (typeof ATTESTATION_ERROR_CODES)[number]

/**
 * Codes after which newer endorsements, or a later time, may give another answer for the same
 * quote.
 */
const RETRYABLE: ReadonlySet<AttestationErrorCode> = new Set([
  'root-crl.not-yet-valid',
  'root-crl.expired',
  'pck-crl.not-yet-valid',
  'pck-crl.expired',
  'tcb-info.not-yet-valid',
  'tcb-info.expired',
  'qe-identity.not-yet-valid',
  'qe-identity.expired',
  'ark-crl.not-yet-valid',
  'ark-crl.expired',
])

/** Raised by every function here; `retryable` says whether fresh endorsements may help. */
export class AttestationError extends Error {
  override readonly name = 'AttestationError'
  readonly code: AttestationErrorCode
  readonly retryable: boolean

  constructor(code: AttestationErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}

/** Runs `read` and gives an AttestationError out of it the code of the place it happened in. */
export function within<T>(code: AttestationErrorCode, what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof AttestationError)) throw cause
    throw new AttestationError(code, `${what}: ${cause.message}`, { cause })
  }
}
