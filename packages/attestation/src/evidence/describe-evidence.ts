// Which endorsements evidence needs: whom to ask, and for what. Verifies nothing. Pure.
import type { Evidence } from '../appraisal/appraise.ts'
import type { SnpProduct, SnpTcb } from '../appraisal/claims.ts'
import { isZero, toHex, type Hex } from '../bytes.ts'
import { readPckPlatform } from '../endorsement/intel/sgx-extension.ts'
import { AttestationError } from '../error.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { parsePemChain } from '../x509/pem.ts'
import { parseSgxQuote, parseTdxQuote } from './intel/quote.ts'
import { productOf } from './sev-snp/product.ts'
import { parseSnpReport } from './sev-snp/report.ts'
import { readTcbVersion } from './sev-snp/tcb-version.ts'

/** An Intel platform, as Intel's services name it. */
export type IntelNeeds = {
  readonly vendor: 'intel'
  readonly tee: 'tdx' | 'sgx'
  /** 6 bytes. */
  readonly fmspc: Hex
  /** Which CA issued the PCK certificate: its revocation list is needed. */
  readonly ca: 'platform' | 'processor'
}

/** An AMD platform, as AMD's service names it. */
export type AmdNeeds = {
  readonly vendor: 'amd'
  readonly signedBy: 'VCEK' | 'VLEK'
  /** Undefined where neither the report (version 2) nor the caller says it. */
  readonly product: SnpProduct | undefined
  /** 64 bytes, 8 on Turin; undefined where the host masks it, or the product is not known. */
  readonly hardwareId: Hex | undefined
  /** What the VCEK is bound to; undefined where the product is not known. */
  readonly reportedTcb: SnpTcb | undefined
}

/** A Nitro document carries all that it needs. */
export type NitroNeeds = { readonly vendor: 'aws' }

/** What to ask a vendor for. */
export type EvidenceNeeds = IntelNeeds | AmdNeeds | NitroNeeds

const TURIN_HARDWARE_ID_BYTES = 8

/**
 * Reads what endorsements are asked for by; nothing of it is verified, an appraisal does that.
 * `product` counts where a report does not say it. Throws AttestationError with the codes of the
 * parsers, and `pck.chain` or `evidence.unsupported`.
 */
export function describeEvidence(
  { platform, quote }: Evidence,
  { product }: { readonly product?: SnpProduct | undefined } = {},
): EvidenceNeeds {
  switch (platform) {
    case 'tdx':
      return describePckChain('tdx', parseTdxQuote(quote).pckChain)
    case 'sgx':
      return describePckChain('sgx', parseSgxQuote(quote).pckChain)
    case 'sev-snp':
      return describeReport(quote, product)
    case 'nitro':
      return { vendor: 'aws' }
    default:
      throw new AttestationError('evidence.unsupported', `unknown platform ${String(platform)}`)
  }
}

function describePckChain(tee: 'tdx' | 'sgx', pem: Uint8Array): IntelNeeds {
  const [pck, issuer] = parsePemChain(new TextDecoder().decode(pem), 3).map(parseCertificate)
  if (pck === undefined || issuer === undefined)
    throw new AttestationError('pck.chain', 'PCK chain: expected three certificates')
  const ca = (['platform', 'processor'] as const).find((name) =>
    issuer.commonName.toLowerCase().includes(`pck ${name} ca`),
  )
  if (ca === undefined)
    throw new AttestationError('pck.chain', 'PCK chain: expected a Platform or Processor CA')
  return { vendor: 'intel', tee, fmspc: toHex(readPckPlatform(pck).fmspc), ca }
}

function describeReport(bytes: Uint8Array, named: SnpProduct | undefined): AmdNeeds {
  const { cpuid, chipId, signingKey: signedBy, reportedTcb: tcb } = parseSnpReport(bytes)
  const product = cpuid === undefined ? named : productOf(cpuid)
  if (cpuid !== undefined && product === undefined)
    throw new AttestationError('snp-report.unsupported', 'SEV-SNP report: of an unknown processor')
  const isShort = product === 'Turin'
  if (isShort && !isZero(chipId.subarray(TURIN_HARDWARE_ID_BYTES)))
    throw new AttestationError('snp-report.malformed', 'SEV-SNP report: chip id of Turin too long')
  const hardwareId = isShort ? chipId.subarray(0, TURIN_HARDWARE_ID_BYTES) : chipId
  const known = product !== undefined
  return {
    vendor: 'amd',
    signedBy,
    product,
    hardwareId: known && !isZero(chipId) ? toHex(hardwareId) : undefined,
    reportedTcb: known ? readTcbVersion(tcb, product) : undefined,
  }
}
