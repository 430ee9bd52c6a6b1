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

/** AMD's arc; X.509 allows no extension twice, so each is there at most once. */
const ARC = '1.3.6.1.4.1.3704.1'
const SPL_ARC = `${ARC}.3`
const SPL = { bootloader: 1, tee: 2, snp: 3, microcode: 8, fmc: 9 } as const
/** SPLs of components that are not in use: they have to be zero. */
const UNUSED_SPLS = [4, 5, 6, 7]
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
  const product = readProduct(find(`${ARC}.2`))
  const isTurin = product === 'Turin'
  const structVersion = readByte(find(`${ARC}.1`), 'version of the extensions')
  if (structVersion !== (isTurin ? 1 : 0))
    throw malformed(`extensions of version ${structVersion} for ${product}`)
  const spl = (name: keyof typeof SPL) =>
    readByte(find(`${SPL_ARC}.${SPL[name]}`), `SPL of ${name}`)
  checkOtherSpls(extensions.keys(), find, isTurin)
  const hardwareId = find(`${ARC}.4`)
  const cspId = find(`${ARC}.5`)
  if (
    (hardwareId === undefined) !== (kind === 'VLEK') ||
    (cspId === undefined) !== (kind === 'VCEK')
  )
    throw malformed('expected the id of a chip in a VCEK and that of a provider in a VLEK')
  const size = isTurin ? 8 : 64
  if (hardwareId !== undefined && (hardwareId.length !== size || isZero(hardwareId)))
    throw malformed(`expected a chip id of ${size} bytes`)
  return {
    product,
    tcb: {
      ...(isTurin ? { fmc: spl('fmc') } : {}),
      bootloader: spl('bootloader'),
      tee: spl('tee'),
      snp: spl('snp'),
      microcode: spl('microcode'),
    },
    hardwareId,
    cspId: cspId && readText(cspId, 'id of the provider'),
  }
}

/** A component that is not read would not be compared with the report either. */
function checkOtherSpls(
  oids: Iterable<string>,
  find: (oid: string) => Uint8Array | undefined,
  isTurin: boolean,
): void {
  const known: number[] = Object.values(SPL).filter((number) => isTurin || number !== SPL.fmc)
  for (const oid of oids) {
    if (!oid.startsWith(`${SPL_ARC}.`)) continue
    const number = Number(oid.slice(SPL_ARC.length + 1))
    if (known.includes(number)) continue
    if (!UNUSED_SPLS.includes(number) || readByte(find(oid), oid) !== 0)
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
