// Writes CCEL event logs, sound ones and, for tests, ones that are not. Pure.
import { sha384 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8 } from '../bytes.ts'

/** A digest in a log: its algorithm's number (0x0c is SHA-384) and its bytes. */
export type SimulatedDigest = readonly [algorithm: number, bytes: Uint8Array]

/** A record of a log. */
export type SimulatedRecord = {
  /** As in the log: 0 = MRTD, 1 to 4 = RTMR0 to 3. */
  readonly index: number
  readonly type: number
  readonly data: Uint8Array
  /** The SHA-384 of the data when left out. */
  readonly digests?: readonly SimulatedDigest[]
  /** In place of the true number of digests. */
  readonly digestCount?: number
  /** In place of the true size of the data. */
  readonly dataSize?: number
}

/** The header; everything left out is as firmware of a TD writes it. */
export type SimulatedHeader = {
  readonly algorithms?: readonly (readonly [algorithm: number, size: number])[]
  readonly algorithmCount?: number
  readonly signature?: string
  readonly version?: readonly [major: number, minor: number]
  readonly index?: number
  readonly type?: number
  readonly digest?: Uint8Array
  readonly size?: number
  readonly vendorInfo?: Uint8Array
  readonly extra?: Uint8Array
}

/** Little-endian, `size` bytes. */
function unsigned(value: number, size: 1 | 2 | 4): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (value >>> (8 * index)) & 0xff)
}

/** The first record of a log. */
export function writeCcelHeader(header: SimulatedHeader = {}): Uint8Array {
  const algorithms = header.algorithms ?? [[0x0c, 48]]
  const [major, minor] = header.version ?? [2, 0]
  const vendorInfo = header.vendorInfo ?? new Uint8Array()
  const event = concatBytes(
    utf8(header.signature ?? 'Spec ID Event03\0'),
    unsigned(0, 4),
    Uint8Array.of(minor, major, 0, 2),
    unsigned(header.algorithmCount ?? algorithms.length, 4),
    ...algorithms.flatMap(([algorithm, size]) => [unsigned(algorithm, 2), unsigned(size, 2)]),
    unsigned(vendorInfo.length, 1),
    vendorInfo,
    header.extra ?? new Uint8Array(),
  )
  return concatBytes(
    unsigned(header.index ?? 1, 4),
    unsigned(header.type ?? 3, 4),
    header.digest ?? new Uint8Array(20),
    unsigned(header.size ?? event.length, 4),
    event,
  )
}

/** One record after the first. */
export function writeCcelRecord(record: SimulatedRecord): Uint8Array {
  const digests = record.digests ?? [[0x0c, sha384(record.data)] as const]
  return concatBytes(
    unsigned(record.index, 4),
    unsigned(record.type, 4),
    unsigned(record.digestCount ?? digests.length, 4),
    ...digests.flatMap(([algorithm, bytes]) => [unsigned(algorithm, 2), bytes]),
    unsigned(record.dataSize ?? record.data.length, 4),
    record.data,
  )
}

/** A whole log, with `padding` bytes of 0xFF after it as in the memory it is read from. */
export function writeCcel(
  records: readonly SimulatedRecord[],
  { header, padding = 0 }: { readonly header?: SimulatedHeader; readonly padding?: number } = {},
): Uint8Array {
  const tail = new Uint8Array(padding).fill(0xff)
  return concatBytes(writeCcelHeader(header), ...records.map(writeCcelRecord), tail)
}
