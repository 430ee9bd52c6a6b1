// AMD's extensions of the certificates that simulated chips have. Node only.
import type { SnpProduct, SnpTcb } from '../../appraisal/claims.ts'
import { element, integer, octets } from '../der-writer.ts'
import type { VekExtension } from './certificates.ts'
import type { SnpEndorsementFault } from './endorsements.ts'

/** What a certificate is for. */
export type VekSubject = {
  readonly product: SnpProduct
  readonly tcb: SnpTcb
  /** VCEK: the chip's id, 64 bytes. */
  readonly chipId: Uint8Array | undefined
}

const ARC = '1.3.6.1.4.1.3704.1'
const IA5_STRING = 0x16
const SPLS = { bootloader: 1, tee: 2, snp: 3, microcode: 8, fmc: 9 } as const
const CSP = 'CN=simulated.example'
/** The stepping that AMD used to write behind the product. */
const NAMES: Readonly<Record<SnpProduct, string>> = {
  Milan: 'Milan-B0',
  Genoa: 'Genoa',
  Turin: 'Turin',
}

/** All extensions, in AMD's order but for the faults. */
export function vekExtensions(
  { product, tcb, chipId }: VekSubject,
  has: (fault: SnpEndorsementFault) => boolean,
): VekExtension[] {
  const isTurin = product === 'Turin'
  const unused = isTurin ? [5, 6, 7] : [4, 5, 6, 7]
  const snp = has('vek-of-another-tcb') ? tcb.snp + 1 : tcb.snp
  const spls = { ...tcb, snp }
  const names = (Object.keys(SPLS) as (keyof typeof SPLS)[]).filter(
    (name) => spls[name] !== undefined && !(name === 'snp' && has('vek-without-spl')),
  )
  const named = has('vek-of-another-product')
    ? product === 'Genoa'
      ? 'Milan'
      : 'Genoa'
    : NAMES[product]
  return [
    [`${ARC}.1`, integer(isTurin !== has('vek-struct-version') ? 1 : 0)],
    [`${ARC}.2`, element(IA5_STRING, Buffer.from(named, 'ascii'))],
    ...names.map((name): VekExtension => [`${ARC}.3.${SPLS[name]}`, integer(spls[name] ?? 0)]),
    ...unused.map((number): VekExtension => [`${ARC}.3.${number}`, integer(0)]),
    ...(has('vek-unknown-spl') ? [[`${ARC}.3.10`, integer(1)] as const] : []),
    ...identity({ product, tcb, chipId }, has),
  ]
}

function identity(
  { product, chipId }: VekSubject,
  has: (fault: SnpEndorsementFault) => boolean,
): VekExtension[] {
  if (has('vek-without-id')) return []
  if (chipId === undefined) return [[`${ARC}.5`, element(IA5_STRING, Buffer.from(CSP, 'ascii'))]]
  const id = chipId.subarray(0, product === 'Turin' ? 8 : 64)
  if (has('vek-id-encoded')) return [[`${ARC}.4`, octets(id)]]
  const other = id.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
  return [[`${ARC}.4`, has('vek-of-another-chip') ? other : id]]
}
