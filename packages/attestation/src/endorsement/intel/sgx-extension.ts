// Intel's SGX extension of PCK certificates: which platform, at which TCB. Pure.
import { readWhole, TAG, type DerElement, type DerReader } from '../../der/reader.ts'
import { smallInteger } from '../../der/values.ts'
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
/** Content of the OBJECT IDENTIFIER 1.2.840.113741.1.13.1, which is `EXTENSION.sgx`. */
const SGX_PREFIX = [0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01]
/** From here on an arc has two bytes. */
const MAX_ARC = 128

/** Reads the extension. Throws AttestationError `pck.extension` or `der.malformed`. */
export function readPckPlatform(certificate: Certificate): PckPlatform {
  const extension = certificate.extensions.get(EXTENSION.sgx)
  if (extension === undefined) throw malformed('no SGX extension')
  const entries = readEntries(readWhole(extension.value), SGX_PREFIX)
  const tcb = readEntries(find(entries, 2, TAG.sequence).open(), [...SGX_PREFIX, 2])
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

/**
 * Entries { OBJECT IDENTIFIER prefix.n, value } by n, none twice. The last arc has one byte, so that
 * identifiers need not be spelled out.
 */
function readEntries(list: DerReader, prefix: readonly number[]): ReadonlyMap<number, DerElement> {
  const entries = new Map<number, DerElement>()
  while (!list.done) {
    const entry = list.enter()
    const { content } = entry.read(TAG.objectIdentifier)
    const value = entry.readAny()
    entry.end()
    const number = content[prefix.length] ?? MAX_ARC
    const known =
      content.length === prefix.length + 1 && prefix.every((byte, i) => byte === content[i])
    if (!known || number >= MAX_ARC || entries.has(number) || entries.size === 32)
      throw malformed('unexpected entry')
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
