// TCB_VERSION of SEV-SNP (firmware ABI, section 2.2): which byte is which component. Pure.
import type { SnpProduct, SnpTcb } from '../../appraisal/claims.ts'
import { bareHex } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'

/** Bytes of a TCB version in a report. */
const TCB_VERSION_BYTES = 8

/**
 * Reads 8 bytes; Turin has its FMC first. Throws AttestationError `snp-report.malformed` for a
 * reserved byte that is set: a component that would not be compared with the certificate.
 */
export function readTcbVersion(bytes: Uint8Array, product: SnpProduct): SnpTcb {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0] = bytes
  const microcode = bytes[7] ?? 0
  const isTurin = product === 'Turin'
  const reserved = isTurin ? [fifth, sixth, seventh] : [third, fourth, fifth, sixth]
  if (bytes.length !== TCB_VERSION_BYTES || reserved.some((byte) => byte !== 0))
    throw new AttestationError(
      'snp-report.malformed',
      `TCB version ${bareHex(bytes)}: reserved bytes`,
    )
  return isTurin
    ? { fmc: first, bootloader: second, tee: third, snp: fourth, microcode }
    : { bootloader: first, tee: second, snp: seventh, microcode }
}

/** True when every component is the same. */
export function equalTcb(a: SnpTcb, b: SnpTcb): boolean {
  return (
    a.fmc === b.fmc &&
    a.bootloader === b.bootloader &&
    a.tee === b.tee &&
    a.snp === b.snp &&
    a.microcode === b.microcode
  )
}

/** For messages: `bootloader 4, tee 0, snp 24, microcode 219`. */
export function tcbText({ fmc, bootloader, tee, snp, microcode }: SnpTcb): string {
  const front = fmc === undefined ? '' : `fmc ${fmc}, `
  return `${front}bootloader ${bootloader}, tee ${tee}, snp ${snp}, microcode ${microcode}`
}
