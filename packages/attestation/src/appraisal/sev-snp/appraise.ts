// Appraisal of SEV-SNP reports. Pure but for the crypto back end.
import { snpMeasurementId } from '../../binding/identity.ts'
import { concatBytes, equalBytes, isZero, toHex, type Hex } from '../../bytes.ts'
import type { AmdEndorsements } from '../../endorsement/amd/endorsements.ts'
import { AttestationError } from '../../error.ts'
import { productOf } from '../../evidence/sev-snp/product.ts'
import { parseSnpReport, type SnpReport } from '../../evidence/sev-snp/report.ts'
import { equalTcb, readTcbVersion, tcbText } from '../../evidence/sev-snp/tcb-version.ts'
import type { AppraisalContext } from '../cache.ts'
import type { SevSnpClaims, SnpProduct, SnpTcb } from '../claims.ts'
import type { CheckedTrustStore } from '../trust-store.ts'
import { requireNotRevoked } from './ark-list.ts'
import { readFlags } from './flags.ts'
import { verifyVekChain, type VekChain } from './vek-chain.ts'

const CHIP_ID_BYTES = 64

/**
 * Appraises a report: its form, the chain, the list where there is one, whether the certificate is
 * for this key, product, TCB and chip, then the signature. Throws AttestationError with the code of
 * the first check that fails.
 */
export async function appraiseSevSnp(
  bytes: Uint8Array,
  endorsements: AmdEndorsements,
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
): Promise<SevSnpClaims> {
  const report = parseSnpReport(bytes)
  const chain = await verifyVekChain(endorsements, trustStore, context)
  const { crl } = endorsements
  const collateralIssuedAtMs =
    crl === undefined ? undefined : await requireNotRevoked(crl, chain, context)

  if (report.signingKey !== chain.kind)
    throw new AttestationError(
      'snp-report.signing-key',
      `SEV-SNP report: signed by a ${report.signingKey}, the certificate is a ${chain.kind}`,
    )
  requireProduct(report, chain.product)
  const tcb = readTcbs(report, chain.product)
  if (!equalTcb(tcb.reportedTcb, chain.tcb))
    throw new AttestationError(
      'vek.tcb-mismatch',
      `${chain.kind} for ${tcbText(chain.tcb)}, the report has ${tcbText(tcb.reportedTcb)}`,
    )
  const chipId = requireChip(report, chain)
  const { publicKey } = chain.leaf
  context.checks.verify(
    publicKey,
    report.signed,
    report.signature,
    () =>
      new AttestationError(
        'snp-report.signature',
        `SEV-SNP report: signature is not the ${chain.kind}’s`,
      ),
  )
  return {
    platform: 'sev-snp',
    product: chain.product,
    signedBy: chain.kind,
    ...tcb,
    ...describe(report),
    chipId,
    collateralIssuedAtMs,
    trustRoot: chain.root.name,
    simulated: chain.root.simulated,
  }
}

/** Version 2 does not say which processor it is from: the certificate has to. */
function requireProduct({ version, cpuid }: SnpReport, product: SnpProduct): void {
  if (cpuid === undefined) {
    // No revision of the ABI with reports of version 2 knows the TCB of Turin.
    if (product === 'Turin')
      throw new AttestationError(
        'snp-report.unsupported',
        `SEV-SNP report: version ${version} of Turin`,
      )
    return
  }
  const actual = productOf(cpuid)
  const { family, model } = cpuid
  const name = `family 0x${family.toString(16)}, model 0x${model.toString(16)}`
  if (actual === undefined)
    throw new AttestationError('snp-report.unsupported', `SEV-SNP report: of ${name}`)
  if (actual !== product)
    throw new AttestationError(
      'vek.chip-mismatch',
      `certificate for ${product}, the report is of ${actual} (${name})`,
    )
}

function readTcbs(report: SnpReport, product: SnpProduct) {
  const read = (bytes: Uint8Array): SnpTcb => readTcbVersion(bytes, product)
  return {
    reportedTcb: read(report.reportedTcb),
    currentTcb: read(report.currentTcb),
    committedTcb: read(report.committedTcb),
    launchTcb: read(report.launchTcb),
  }
}

/**
 * The chip that signed. A host may mask it in the report but not in the VCEK, which has the same
 * id; a VLEK is of no chip, so that the report's word, where there is one, is all that is known.
 */
function requireChip({ chipId }: SnpReport, { hardwareId }: VekChain): Hex | undefined {
  const isMasked = isZero(chipId)
  if (hardwareId === undefined) return isMasked ? undefined : toHex(chipId)
  const padding = new Uint8Array(CHIP_ID_BYTES - hardwareId.length)
  const certified = concatBytes(hardwareId, padding)
  if (!isMasked && !equalBytes(chipId, certified))
    throw new AttestationError('vek.chip-mismatch', 'VCEK of another chip than the report’s')
  return toHex(certified)
}

function describe(report: SnpReport) {
  const measurement = toHex(report.measurement)
  return {
    flags: readFlags(report),
    vmpl: report.vmpl,
    guestSvn: report.guestSvn,
    guestPolicy: toHex(report.guestPolicy),
    measurement,
    measurementId: snpMeasurementId({ measurement }),
    hostData: toHex(report.hostData),
    reportData: toHex(report.reportData),
    familyId: toHex(report.familyId),
    imageId: toHex(report.imageId),
    idKeyDigest: toHex(report.idKeyDigest),
    authorKeyDigest: toHex(report.authorKeyDigest),
    ...(report.cpuid === undefined ? {} : { cpuid: report.cpuid }),
  }
}
