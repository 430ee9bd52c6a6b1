// Intel's SGX extension of PCK certificates: which platform, at which TCB. Pure.
import { readWhole, TAG, type DerElement } from '../../der/reader.ts'
import { objectIdentifier, smallInteger } from '../../der/values.ts'
import { AttestationError } from '../../error.ts'
import { EXTENSION } from '../../x509/extensions.ts'
import type { Certificate } from '../../x509/certificate.ts'

/** What a PCK certificate says of its platform. */
export type PckPlatform = {
  /** 16 bytes. */
  readonly ppid: Uint8Array
  /** 6 bytes. */
  readonly fmspc: Uint8Array
  /** 2 bytes. */
  readonly pceId: Uint8Array
  /** SVN of the 16 SGX components. */
  readonly componentSvns: readonly number[]
  readonly pceSvn: number
}

const COMPONENTS = 16

/** Reads the extension. Throws AttestationError `pck.extension` or `der.malformed`. */
export function readPckPlatform(certificate: Certificate): PckPlatform {
  const extension = certificate.extensions.get(EXTENSION.sgx)
  if (extension === undefined) throw malformed('no SGX extension')
  const entries = readEntries(extension.value, EXTENSION.sgx)
  const tcb = readEntries(find(entries, 2, TAG.sequence).bytes, `${EXTENSION.sgx}.2`)
  const componentSvns = Array.from({ length: COMPONENTS }, (_, i) =>
    smallInteger(find(tcb, i + 1, TAG.integer)),
  )
  return {
    ppid: octets(entries, 1, 16),
    fmspc: octets(entries, 4, 6),
    pceId: octets(entries, 3, 2),
    componentSvns,
    pceSvn: smallInteger(find(tcb, 17, TAG.integer)),
  }
}

/** A SEQUENCE of { OBJECT IDENTIFIER prefix.n, value } by n, none twice. */
function readEntries(sequence: Uint8Array, prefix: string): ReadonlyMap<number, DerElement> {
  const list = readWhole(sequence)
  const entries = new Map<number, DerElement>()
  while (!list.done) {
    const entry = list.enter()
    const oid = objectIdentifier(entry.read(TAG.objectIdentifier))
    const value = entry.readAny()
    entry.end()
    const number = oid.startsWith(`${prefix}.`) ? Number(oid.slice(prefix.length + 1)) : Number.NaN
    if (!Number.isInteger(number) || entries.has(number) || entries.size === 32)
      throw malformed(`unexpected entry ${oid}`)
    entries.set(number, value)
  }
  return entries
}

function find(entries: ReadonlyMap<number, DerElement>, number: number, tag: number): DerElement {
  const element = entries.get(number)
  if (element?.tag !== tag) throw malformed(`entry ${number} is missing or of another type`)
  return element
}

function octets(entries: ReadonlyMap<number, DerElement>, number: number, size: number) {
  const { content } = find(entries, number, TAG.octetString)
  if (content.length !== size) throw malformed(`entry ${number}: expected ${size} bytes`)
  return content
}

function malformed(message: string): AttestationError {
  return new AttestationError('pck.extension', `PCK certificate: ${message}`)
}
