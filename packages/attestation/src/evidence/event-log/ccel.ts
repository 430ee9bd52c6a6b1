// The boot event log of a TD (CCEL): TCG2 crypto-agile records, replayed before they are read.
// Pure.
import { toHex } from '../../bytes.ts'
import {
  bootEvent,
  malformedLog,
  MAX_EVENT_BYTES,
  MAX_LOG_BYTES,
  MAX_LOG_EVENTS,
  replay,
  requireRtmrs,
  type BootEvent,
  type Rtmrs,
} from './boot-event.ts'

const EV_NO_ACTION = 3
const SHA1_BYTES = 20
const SHA384 = 0x0c
const SHA384_BYTES = 48
const MAX_DIGESTS = 8
const MAX_DIGEST_BYTES = 64
/** "Spec ID Event03" and a zero byte. */
const SIGNATURE = '53706563204944204576656e74303300'
/** Digest sizes of the algorithms in the TCG registry; others may be declared with any size. */
const DIGEST_BYTES: ReadonlyMap<number, number> = new Map([
  [0x04, 20],
  [0x0b, 32],
  [SHA384, SHA384_BYTES],
  [0x0d, 64],
  [0x12, 32],
  [0x27, 32],
  [0x28, 48],
  [0x29, 64],
])

/** An event as it stands in the log. */
type LogRecord = {
  readonly register: 0 | 1 | 2 | 3
  readonly type: number
  readonly digest: Uint8Array
  readonly data: Uint8Array
}

/**
 * The events of a CCEL, after its replay has given exactly the registers of a quote that has been
 * verified. Records that extend no RTMR (EV_NO_ACTION, and those of MRTD) are left out: nothing
 * vouches for them. At most 1 MiB, 4,096 events, 8 digests and 64 KiB of data each; a tail of only
 * 0x00 or only 0xFF is padding. Throws AttestationError `event-log.malformed` or
 * `event-log.differs`, the latter naming the register.
 *
 * Format: TCG PC Client Platform Firmware Profile, section "Event Logging"; the register numbers
 * (0 = MRTD, 1 to 4 = RTMR0 to 3) are those of the UEFI confidential computing protocol.
 */
export function readCcel(bytes: Uint8Array, rtmr: Rtmrs): readonly BootEvent[] {
  const records = parseCcel(bytes)
  requireRtmrs(replayRecords(records), rtmr)
  return records.map(({ register, type, digest, data }) => bootEvent(register, type, digest, data))
}

/**
 * RTMR0 to 3 as a CCEL says they are: to compare, never to believe. Throws AttestationError
 * `event-log.malformed`.
 */
export function replayCcel(bytes: Uint8Array): Rtmrs {
  return replayRecords(parseCcel(bytes))
}

function replayRecords(records: readonly LogRecord[]): Rtmrs {
  return replay(records.map(({ register, digest }) => ({ register, digest: toHex(digest) })))
}

/** Takes little-endian values from the front; ends in an error where there are too few bytes. */
class LogReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** True when nothing is left but padding: bytes that are all 0x00 or all 0xFF. */
  get atEnd(): boolean {
    const first = this.#bytes[this.#offset]
    if (first !== undefined && first !== 0x00 && first !== 0xff) return false
    return this.rest.every((byte) => byte === first)
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset)
  }

  take(size: number, what: string): Uint8Array {
    if (size > this.#bytes.length - this.#offset) throw malformedLog(`ends inside ${what}`)
    this.#offset += size
    return this.#bytes.subarray(this.#offset - size, this.#offset)
  }

  unsigned(size: 1 | 2 | 4, what: string): number {
    return this.take(size, what).reduceRight((value, byte) => value * 256 + byte, 0)
  }

  /** A number that must be from `least` to `most`. */
  within(least: number, most: number, what: string): number {
    const value = this.unsigned(4, what)
    if (value < least || value > most)
      throw malformedLog(`${what}: expected ${least} to ${most}, got ${value}`)
    return value
  }
}

/** The records that extend an RTMR. */
function parseCcel(given: Uint8Array): LogRecord[] {
  if (given.length > MAX_LOG_BYTES) throw malformedLog(`more than ${MAX_LOG_BYTES} bytes`)
  // A copy: what is handed out must stay what was replayed.
  const reader = new LogReader(new Uint8Array(given))
  const sizes = readHeader(reader)
  const records: LogRecord[] = []
  for (let count = 0; !reader.atEnd; count++) {
    if (count === MAX_LOG_EVENTS) throw malformedLog(`more than ${MAX_LOG_EVENTS} events`)
    const record = readRecord(reader, sizes)
    if (record !== undefined) records.push(record)
  }
  return records
}

/** The first record, in the older format; gives digest sizes by algorithm. */
function readHeader(reader: LogReader): ReadonlyMap<number, number> {
  reader.within(0, 4, 'register of the header')
  if (reader.unsigned(4, 'the header') !== EV_NO_ACTION)
    throw malformedLog('expected a header of type EV_NO_ACTION')
  if (reader.take(SHA1_BYTES, 'the header').some((byte) => byte !== 0))
    throw malformedLog('expected a header without digest')
  const size = reader.within(0, MAX_EVENT_BYTES, 'size of the header')
  const event = new LogReader(reader.take(size, 'the header'))
  if (toHex(event.take(16, 'the header')) !== `0x${SIGNATURE}`)
    throw malformedLog('expected a Spec ID event 03')
  event.take(4, 'the header')
  const minor = event.unsigned(1, 'the header')
  const major = event.unsigned(1, 'the header')
  if (major !== 2 || minor !== 0) throw malformedLog(`unknown version ${major}.${minor}`)
  event.take(2, 'the header')
  const sizes = readDigestSizes(event)
  event.take(event.unsigned(1, 'vendor information'), 'vendor information')
  if (event.rest.length > 0) throw malformedLog('bytes left over in the header')
  return sizes
}

function readDigestSizes(event: LogReader): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>()
  const count = event.within(1, MAX_DIGESTS, 'number of algorithms')
  for (let index = 0; index < count; index++) {
    const algorithm = event.unsigned(2, 'an algorithm')
    const size = event.unsigned(2, 'an algorithm')
    const known = DIGEST_BYTES.get(algorithm)
    if (sizes.has(algorithm)) throw malformedLog(`algorithm ${algorithm} declared twice`)
    if (size === 0 || size > MAX_DIGEST_BYTES || (known !== undefined && size !== known))
      throw malformedLog(`algorithm ${algorithm} cannot have digests of ${size} bytes`)
    sizes.set(algorithm, size)
  }
  if (!sizes.has(SHA384)) throw malformedLog('SHA-384 is not declared')
  return sizes
}

/** The next record; undefined when it extends no RTMR. */
function readRecord(reader: LogReader, sizes: ReadonlyMap<number, number>): LogRecord | undefined {
  const index = reader.within(0, 4, 'register')
  const type = reader.unsigned(4, 'a type')
  const digest = readDigests(reader, sizes)
  const size = reader.within(0, MAX_EVENT_BYTES, 'size of an event')
  const data = reader.take(size, 'an event')
  if (index === 0 || type === EV_NO_ACTION) return undefined
  if (digest === undefined) throw malformedLog('event without a SHA-384 digest')
  return { register: (index - 1) as 0 | 1 | 2 | 3, type, digest, data }
}

/** The SHA-384 digest among those of a record. */
function readDigests(
  reader: LogReader,
  sizes: ReadonlyMap<number, number>,
): Uint8Array | undefined {
  const seen = new Map<number, Uint8Array>()
  const count = reader.within(1, MAX_DIGESTS, 'number of digests')
  for (let index = 0; index < count; index++) {
    const algorithm = reader.unsigned(2, 'a digest')
    const size = sizes.get(algorithm)
    if (size === undefined) throw malformedLog(`digest of undeclared algorithm ${algorithm}`)
    if (seen.has(algorithm)) throw malformedLog(`two digests of algorithm ${algorithm}`)
    seen.set(algorithm, reader.take(size, 'a digest'))
  }
  return seen.get(SHA384)
}
