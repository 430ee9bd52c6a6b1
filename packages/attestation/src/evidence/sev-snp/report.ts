// ATTESTATION_REPORT of SEV-SNP (firmware ABI, publication 56860, section 7.3): versions 2, 3 and 5,
// 1184 bytes. Every reserved field is checked. Pure.
import { concatBytes, isZero } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'
import type { SnpCpuid } from './product.ts'

/** A parsed report; nothing in it has been verified. */
export type SnpReport = {
  /**
   * 2 up to revision 1.55 of the ABI, 3 with 1.56, 5 with 1.58. Firmware of version 4 was shipped,
   * but no public revision says what is in its reports.
   */
  readonly version: 2 | 3 | 5
  /** What the signature is over. */
  readonly signed: Uint8Array
  /** r||s, 96 bytes, big-endian. */
  readonly signature: Uint8Array
  /** The key that signed. */
  readonly signingKey: 'VCEK' | 'VLEK'
  readonly guestSvn: number
  /** 8 bytes, big-endian. */
  readonly guestPolicy: Uint8Array
  readonly isDebug: boolean
  readonly mayMigrate: boolean
  /** 16 bytes each. */
  readonly familyId: Uint8Array
  readonly imageId: Uint8Array
  /** 0 to 3. */
  readonly vmpl: number
  /** 8 bytes, big-endian; bits that later firmware adds are no reason to refuse a report. */
  readonly platformInfo: Uint8Array
  /**
   * Whether firmware has looked for memory that has two addresses and found none since the machine
   * was reset (CVE-2024-21944); undefined before version 3, which cannot say so.
   */
  readonly aliasesChecked: boolean | undefined
  /** 64 bytes. */
  readonly reportData: Uint8Array
  /** 48 bytes. */
  readonly measurement: Uint8Array
  /** 32 bytes. */
  readonly hostData: Uint8Array
  /** 48 bytes each. */
  readonly idKeyDigest: Uint8Array
  readonly authorKeyDigest: Uint8Array
  /** 64 bytes; zero where the host masks it. */
  readonly chipId: Uint8Array
  /** TCB versions, 8 bytes each: what is in them depends on the product. */
  readonly reportedTcb: Uint8Array
  readonly currentTcb: Uint8Array
  readonly committedTcb: Uint8Array
  readonly launchTcb: Uint8Array
  /** From version 3 on. */
  readonly cpuid: SnpCpuid | undefined
}

/** Size of a report. */
export const SNP_REPORT_BYTES = 1_184

const SIGNED_BYTES = 0x2a0
const ECDSA_P384_SHA384 = 1
/** r and s are fields of this size, of which P-384 needs this much. */
const SIGNATURE_FIELD_BYTES = 72
const SCALAR_BYTES = 48

const POLICY = { alwaysOne: 17, migrateMa: 18, debug: 19, firstReserved: 26 } as const
/** Bit of the platform information. */
const ALIAS_CHECK_COMPLETE = 5
const SIGNING_KEYS = ['VCEK', 'VLEK'] as const
/** SIGNING_KEY of a report that nobody signed. */
const NO_KEY = 7

/** Must be zero in every version: [first, after the last]. */
const RESERVED = [
  [0x4c, 0x50],
  [0x18b, 0x1a0],
  [0x1eb, 0x1ec],
  [0x1ef, 0x1f0],
  [0x208, 0x2a0],
  [0x330, SNP_REPORT_BYTES],
] as const
/** Taken into use by version 3 (CPUID) and version 5 (vectors of mitigations). */
const RESERVED_BEFORE_3 = [0x188, 0x18b] as const
const RESERVED_BEFORE_5 = [0x1f8, 0x208] as const

/**
 * Reads a report of exactly 1184 bytes. Throws AttestationError `snp-report.malformed`,
 * `snp-report.unsupported` (another version or algorithm, not asked for by a guest, policy bits
 * that no revision defines) or `snp-report.signing-key`.
 */
export function parseSnpReport(bytes: Uint8Array): SnpReport {
  if (bytes.length !== SNP_REPORT_BYTES)
    throw malformed(`${bytes.length} bytes, expected ${SNP_REPORT_BYTES}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = readVersion(view.getUint32(0x00, true))
  const algorithm = view.getUint32(0x34, true)
  if (algorithm !== ECDSA_P384_SHA384)
    throw unsupported(`signature algorithm ${algorithm}, expected 1 (ECDSA P-384 with SHA-384)`)
  checkReserved(bytes, version)
  const vmpl = view.getUint32(0x30, true)
  if (vmpl > 3) throw unsupported(`VMPL ${vmpl}: not asked for by a guest`)
  const policy = view.getBigUint64(0x08, true)
  const at = (start: number, size: number) => bytes.subarray(start, start + size)
  return {
    version,
    signed: at(0, SIGNED_BYTES),
    signature: concatBytes(readScalar(bytes, 0), readScalar(bytes, 1)),
    signingKey: readSigningKey(view.getUint32(0x48, true)),
    guestSvn: view.getUint32(0x04, true),
    guestPolicy: at(0x08, 8).toReversed(),
    ...readPolicy(policy),
    familyId: at(0x10, 16),
    imageId: at(0x20, 16),
    vmpl,
    platformInfo: at(0x40, 8).toReversed(),
    aliasesChecked:
      version === 2 ? undefined : ((bytes[0x40] ?? 0) >> ALIAS_CHECK_COMPLETE) % 2 === 1,
    reportData: at(0x50, 64),
    measurement: at(0x90, 48),
    hostData: at(0xc0, 32),
    idKeyDigest: at(0xe0, 48),
    authorKeyDigest: at(0x110, 48),
    chipId: at(0x1a0, 64),
    reportedTcb: at(0x180, 8),
    currentTcb: at(0x38, 8),
    committedTcb: at(0x1e0, 8),
    launchTcb: at(0x1f0, 8),
    cpuid: version === 2 ? undefined : readCpuid(view),
  }
}

function readVersion(version: number): 2 | 3 | 5 {
  if (version === 2 || version === 3 || version === 5) return version
  throw unsupported(`version ${version}, expected 2, 3 or 5`)
}

function checkReserved(bytes: Uint8Array, version: number): void {
  for (const [start, end] of RESERVED) requireZero(bytes, start, end)
  if (version < 3) requireZero(bytes, ...RESERVED_BEFORE_3)
  if (version < 5) requireZero(bytes, ...RESERVED_BEFORE_5)
}

function requireZero(bytes: Uint8Array, start: number, end: number): void {
  for (let offset = start; offset < end; offset++)
    if (bytes[offset] !== 0) throw malformed(`reserved byte 0x${offset.toString(16)} is not zero`)
}

function readPolicy(policy: bigint): { isDebug: boolean; mayMigrate: boolean } {
  const bit = (number: number) => ((policy >> BigInt(number)) & 1n) === 1n
  if (!bit(POLICY.alwaysOne)) throw malformed('bit 17 of the guest policy is not set')
  // What an unknown bit allows cannot be judged.
  if (policy >> BigInt(POLICY.firstReserved) !== 0n)
    throw unsupported('reserved bits of the guest policy are set')
  return { isDebug: bit(POLICY.debug), mayMigrate: bit(POLICY.migrateMa) }
}

/**
 * Bit 0 says whether there is an author key, bit 1 whether the host masks the chip's key; where it
 * does, firmware writes no signature, which is then not the key's.
 */
function readSigningKey(keyInfo: number): 'VCEK' | 'VLEK' {
  if (keyInfo >>> 5 !== 0) throw malformed('reserved bits of the key information are set')
  const number = (keyInfo >>> 2) & 7
  const key = SIGNING_KEYS[number]
  if (key !== undefined) return key
  const what = number === NO_KEY ? 'not signed' : `signed by a key of unknown kind ${number}`
  throw new AttestationError('snp-report.signing-key', `SEV-SNP report: ${what}`)
}

function readCpuid(view: DataView): SnpCpuid {
  return {
    family: view.getUint8(0x188),
    model: view.getUint8(0x189),
    stepping: view.getUint8(0x18a),
  }
}

/** r (0) or s (1), little-endian in its field. */
function readScalar(bytes: Uint8Array, index: 0 | 1): Uint8Array {
  const start = SIGNED_BYTES + index * SIGNATURE_FIELD_BYTES
  const field = bytes.subarray(start, start + SIGNATURE_FIELD_BYTES)
  if (!isZero(field.subarray(SCALAR_BYTES)))
    throw malformed('signature values are longer than those of P-384')
  return field.subarray(0, SCALAR_BYTES).toReversed()
}

function malformed(message: string): AttestationError {
  return new AttestationError('snp-report.malformed', `SEV-SNP report: ${message}`)
}

function unsupported(message: string): AttestationError {
  return new AttestationError('snp-report.unsupported', `SEV-SNP report: ${message}`)
}
