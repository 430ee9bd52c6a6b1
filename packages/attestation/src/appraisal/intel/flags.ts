// Facts of a report that are no fault of the evidence but that strict policies refuse. Pure.
import { isZero } from '../../bytes.ts'
import type { EnclaveReport } from '../../evidence/intel/enclave-report.ts'
import type { TdReport } from '../../evidence/intel/td-report.ts'
import type { ClaimFlag } from '../claims.ts'

const SEPT_VE_DISABLE = 0x10
const MIGRATABLE = 0x20
/**
 * Bits of TDATTRIBUTES that are understood, but for the group of debug bits: ICSSD, LASS,
 * SEPT_VE_DISABLE, MIGRATABLE, PKS, KL, PERFMON. Others are reserved, or are for guests with powers
 * that no application needs (TPA).
 */
const GUEST_ATTRIBUTES = Uint8Array.of(0xff, 0, 0x01, 0xf8, 0, 0, 0, 0x80)
/**
 * Flags of an enclave that are understood: INIT, DEBUG, MODE64BIT, PROVISIONKEY, EINITTOKEN_KEY, CET,
 * KSS, AEXNOTIFY.
 */
const ENCLAVE_ATTRIBUTES = Uint8Array.of(0xf7, 0x04, 0, 0, 0, 0, 0, 0)
const ENCLAVE_DEBUG = 0x02
const PROVISION_KEY = 0x10
const LAUNCH_KEY = 0x20

/** Flags of a TD report. */
export function readGuestFlags({
  tdAttributes,
  mrServiceTd,
}: Pick<TdReport, 'tdAttributes' | 'mrServiceTd'>): ClaimFlag[] {
  const flags: ClaimFlag[] = []
  // All of byte 0 is the group of debug bits, of which only bit 0 is in use.
  if (tdAttributes[0] !== 0) flags.push('TD_DEBUG')
  const security = tdAttributes[3] ?? 0
  if ((security & SEPT_VE_DISABLE) === 0) flags.push('NO_SEPT_VE_DISABLE')
  // A migratable TD has a service TD; a TD 1.0 body has no field that would show it.
  const hidden = mrServiceTd === undefined && (security & MIGRATABLE) !== 0
  if (hidden || (mrServiceTd !== undefined && !isZero(mrServiceTd))) flags.push('SERVICE_TD')
  if (hasOthers(tdAttributes, GUEST_ATTRIBUTES)) flags.push('UNKNOWN_ATTRIBUTES')
  return flags
}

/** Flags of the report of an enclave that is attested. */
export function readEnclaveFlags({ attributes }: Pick<EnclaveReport, 'attributes'>): ClaimFlag[] {
  const [bits = 0] = attributes
  const flags: ClaimFlag[] = []
  if ((bits & ENCLAVE_DEBUG) !== 0) flags.push('SGX_DEBUG')
  if ((bits & PROVISION_KEY) !== 0) flags.push('SGX_PROVISION_KEY')
  if ((bits & LAUNCH_KEY) !== 0) flags.push('SGX_LAUNCH_KEY')
  if (hasOthers(attributes.subarray(0, 8), ENCLAVE_ATTRIBUTES)) flags.push('UNKNOWN_ATTRIBUTES')
  return flags
}

/** Whether a bit is set that `known` does not have. */
function hasOthers(bits: Uint8Array, known: Uint8Array): boolean {
  return bits.some((byte, index) => (byte & ~(known[index] ?? 0)) !== 0)
}
