// AMD's extensions of VCEK and VLEK certificates (publication 57230, section 3.1): which product,
// at which TCB, which chip or which cloud provider. Pure.
import type { SnpProduct, SnpTcb } from '../../appraisal/claims.ts'
import { isZero } from '../../bytes.ts'
import { DerReader, TAG } from '../../der/reader.ts'
import { smallInteger } from '../../der/values.ts'
import { AttestationError, within } from '../../error.ts'
import type { Certificate } from '../../x509/certificate.ts'

/** Kinds of keys that sign reports: a chip's own, and one that AMD lends to a cloud provider. */
export type VekKind = 'VCEK' | 'VLEK'

/** What a certificate says of the key that it is for. */
export type VekExtensions = {
  readonly product: SnpProduct
  readonly tcb: SnpTcb
  /** VCEK: 64 bytes, for Turin 8. */
  readonly hardwareId: Uint8Array | undefined
  /** VLEK: the cloud provider, as AMD names it. */
  readonly cspId: string | undefined
}

/** In AMD's arc; X.509 allows no extension twice, so each is there at most once. */
const OID = {
  structVersion: '1.3.6.1.4.1.3704.1.1',
  product: '1.3.6.1.4.1.3704.1.2',
  hardwareId: '1.3.6.1.4.1.3704.1.4',
  cspId: '1.3.6.1.4.1.3704.1.5',
} as const
/** Before the number of an SPL. */
const SPL_ARC = '1.3.6.1.4.1.3704.1.3.'
const SPL = {
  bootloader: `${SPL_ARC}1`,
  tee: `${SPL_ARC}2`,
  snp: `${SPL_ARC}3`,
  microcode: `${SPL_ARC}8`,
  fmc: `${SPL_ARC}9`,
} as const
const KNOWN_SPLS: readonly string[] = [SPL.bootloader, SPL.tee, SPL.snp, SPL.microcode]
/** SPLs of components that are not in use: they have to be zero. */
const UNUSED_SPLS: readonly string[] = [4, 5, 6, 7].map((number) => `${SPL_ARC}${number}`)
const IA5_STRING = 0x16
const MAX_TEXT_BYTES = 256
/** `Milan`, and in older certificates the stepping after it: `Milan-B0`. */
const PRODUCT = /^(Milan|Genoa|Turin)(?:-[A-Z0-9]{1,8})?$/

/** Reads them all. Throws AttestationError `vek.extension`. */
export function readVekExtensions(certificate: Certificate, kind: VekKind): VekExtensions {
  return within('vek.extension', `${kind} certificate`, () => read(certificate, kind))
}

function read({ extensions }: Certificate, kind: VekKind): VekExtensions {
  const find = (oid: string) => extensions.get(oid)?.value
  const product = readProduct(find(OID.product))
  const isTurin = product === 'Turin'
  const structVersion = readByte(find(OID.structVersion), 'version of the extensions')
  if (structVersion !== (isTurin ? 1 : 0))
    throw malformed(`extensions of version ${structVersion} for ${product}`)
  const spl = (name: keyof typeof SPL) => readByte(find(SPL[name]), `SPL of ${name}`)
  checkOtherSpls(extensions, isTurin)
  const hardwareId = find(OID.hardwareId)
  const cspId = find(OID.cspId)
  if (
    (hardwareId === undefined) !== (kind === 'VLEK') ||
    (cspId === undefined) !== (kind === 'VCEK')
  )
    throw malformed('expected the id of a chip in a VCEK and that of a provider in a VLEK')
  const size = isTurin ? 8 : 64
  if (hardwareId !== undefined && (hardwareId.length !== size || isZero(hardwareId)))
    throw malformed(`expected a chip id of ${size} bytes`)
  const tcb = {
    bootloader: spl('bootloader'),
    tee: spl('tee'),
    snp: spl('snp'),
    microcode: spl('microcode'),
  }
  return {
    product,
    tcb: isTurin ? { fmc: spl('fmc'), ...tcb } : tcb,
    hardwareId,
    cspId: cspId && readText(cspId, 'id of the provider'),
  }
}

/** A component that is not read would not be compared with the report either. */
function checkOtherSpls(extensions: Certificate['extensions'], isTurin: boolean): void {
  for (const [oid, { value }] of extensions) {
    if (!oid.startsWith(SPL_ARC) || KNOWN_SPLS.includes(oid)) continue
    if (isTurin && oid === SPL.fmc) continue
    if (!UNUSED_SPLS.includes(oid) || readByte(value, oid) !== 0)
      throw malformed(`SPL of an unknown component: ${oid}`)
  }
}

function readProduct(value: Uint8Array | undefined): SnpProduct {
  const name = PRODUCT.exec(readText(value, 'product'))?.[1]
  if (name === undefined) throw malformed('product is neither Milan nor Genoa nor Turin')
  return name as SnpProduct
}

function readText(value: Uint8Array | undefined, what: string): string {
  const { content } = readElement(value, IA5_STRING, what)
  if (content.length === 0 || content.length > MAX_TEXT_BYTES)
    throw malformed(`${what}: ${content.length} characters`)
  if (content.some((byte) => byte < 0x20 || byte > 0x7e)) throw malformed(`${what}: not ASCII`)
  return String.fromCharCode(...content)
}

function readByte(value: Uint8Array | undefined, what: string): number {
  const number = smallInteger(readElement(value, TAG.integer, what))
  if (number > 255) throw malformed(`${what}: ${number}, expected 0 to 255`)
  return number
}

function readElement(value: Uint8Array | undefined, tag: number, what: string) {
  if (value === undefined) throw malformed(`no ${what}`)
  const reader = new DerReader(value)
  const element = reader.read(tag)
  reader.end()
  return element
}

function malformed(message: string): AttestationError {
  return new AttestationError('vek.extension', message)
}
