// The event log of a dstack guest (JSON), replayed before it is read. Pure.
import { sha384 } from '@noble/hashes/sha2.js'
import { concatBytes, parseBareHex, toHex, utf8, type Hex } from '../../bytes.ts'
import { parseJson } from '../../json.ts'
import {
  bootEvent,
  differs,
  HASHED_TYPES,
  malformedLog,
  MAX_EVENT_BYTES,
  MAX_LOG_BYTES,
  MAX_LOG_EVENTS,
  replay,
  requireRtmrs,
  type BootEvent,
  type Rtmrs,
} from './boot-event.ts'

/** An event of the guest's own in RTMR3: the digest covers all of it. */
export type DstackEvent = {
  readonly register: 3
  /** Name, e.g. `compose-hash`; without a colon. */
  readonly event: string
  readonly payload: Uint8Array
  /** 48 bytes, computed here. */
  readonly digest: Hex
}

/** The type of every event that dstack itself extends RTMR3 by. */
export const DSTACK_EVENT_TYPE = 0x0800_0001

const FIELDS = ['imr', 'event_type', 'digest', 'event', 'event_payload']
const MAX_NAME_CHARACTERS = 256
const COLON = utf8(':')

type Entry = {
  readonly register: 0 | 1 | 2 | 3
  readonly type: number
  /** What the log says; empty when it leaves it out. */
  readonly digest: Uint8Array
  readonly event: string
  readonly payload: Uint8Array
}

/**
 * The events of a log in the JSON of dstack's guest agent (`event_log`), after its replay has given
 * exactly the registers of a quote that has been verified: boot events of RTMR0 to 2, and dstack's
 * own of RTMR3. Digests of the latter are computed, SHA-384(type u32 little-endian ":" name ":"
 * payload); one in the log must agree or be empty. Names with a colon are refused, as another name
 * and payload would have the same digest. At most 1 MiB, 4,096 events, 64 KiB of payload each.
 * Throws AttestationError `event-log.malformed` or `event-log.differs`, naming the register.
 */
export function readDstackLog(
  text: string,
  rtmr: Rtmrs,
): readonly (DstackEvent | (BootEvent & { readonly register: 0 | 1 | 2 }))[] {
  const entries = parseDstackLog(text)
  requireRtmrs(replay(entries.map(extension)), rtmr)
  return entries.map((entry) => {
    const { register, type, event, payload, digest } = entry
    if (register === 3) return { register, event, payload, digest: extension(entry).digest }
    // Newer guests leave payloads of the boot out.
    const isLeftOut = payload.length === 0 && HASHED_TYPES.has(type)
    const read = isLeftOut
      ? { type, digest: toHex(digest), data: undefined, unprovenData: undefined }
      : bootEvent(register, type, digest, payload)
    return { ...read, register }
  })
}

/**
 * RTMR0 to 3 as a log says they are: to compare, never to believe. Throws AttestationError
 * `event-log.malformed` or `event-log.differs`.
 */
export function replayDstackLog(text: string): Rtmrs {
  return replay(parseDstackLog(text).map(extension))
}

/** The digest of an event of dstack's own, 48 bytes. */
export function dstackEventDigest(event: string, payload: Uint8Array): Hex {
  const type = new Uint8Array(4)
  new DataView(type.buffer).setUint32(0, DSTACK_EVENT_TYPE, true)
  return toHex(sha384(concatBytes(type, COLON, utf8(event), COLON, payload)))
}

function extension({ register, digest, event, payload }: Entry) {
  return { register, digest: register === 3 ? dstackEventDigest(event, payload) : toHex(digest) }
}

function parseDstackLog(text: string): Entry[] {
  if (text.length > MAX_LOG_BYTES || utf8(text).length > MAX_LOG_BYTES)
    throw malformedLog(`more than ${MAX_LOG_BYTES} bytes`)
  const list = parseJson(text, 'event-log.malformed')
  if (!Array.isArray(list) || list.length > MAX_LOG_EVENTS)
    throw malformedLog(`expected a list of at most ${MAX_LOG_EVENTS} events`)
  return list.map((value: unknown, index) => parseEntry(value, `event ${index}`))
}

function parseEntry(value: unknown, where: string): Entry {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformedLog(`${where}: expected an object`)
  for (const field of Object.keys(value))
    if (!FIELDS.includes(field))
      throw malformedLog(`${where}: unknown field ${JSON.stringify(field.slice(0, 64))}`)
  const fields = value as Record<string, unknown>
  const { imr: register, event_type: type, event } = fields
  if (register !== 0 && register !== 1 && register !== 2 && register !== 3)
    throw malformedLog(`${where}.imr: expected 0 to 3`)
  if (typeof type !== 'number' || !Number.isInteger(type) || type < 0 || type > 0xffff_ffff)
    throw malformedLog(`${where}.event_type: expected an unsigned 32-bit integer`)
  if (typeof event !== 'string' || event.length > MAX_NAME_CHARACTERS || !event.isWellFormed())
    throw malformedLog(`${where}.event: expected at most ${MAX_NAME_CHARACTERS} characters`)
  const payload = parseHexField(fields['event_payload'], MAX_EVENT_BYTES, `${where}.event_payload`)
  const digest = parseHexField(fields['digest'] ?? '', 48, `${where}.digest`)
  const entry = { register, type, digest, event, payload } as const
  checkDigest(entry, where)
  return entry
}

function checkDigest(entry: Entry, where: string): void {
  const { register, type, digest, event, payload } = entry
  if (register !== 3) {
    if (digest.length !== 48) throw malformedLog(`${where}.digest: expected 96 hex digits`)
    if (event !== '') throw malformedLog(`${where}.event: expected none for a boot event`)
    return
  }
  if (type !== DSTACK_EVENT_TYPE)
    throw malformedLog(`${where}.event_type: expected ${DSTACK_EVENT_TYPE} in RTMR3`)
  if (event === '' || event.includes(':'))
    throw malformedLog(`${where}.event: expected a name without colon`)
  if (digest.length === 0) return
  if (toHex(digest) !== dstackEventDigest(event, payload))
    throw differs(`RTMR3, ${where}: the digest is not that of name and payload`)
}

function parseHexField(value: unknown, most: number, where: string): Uint8Array {
  const bytes =
    typeof value === 'string' && value.length <= 2 * most ? parseBareHex(value) : undefined
  if (bytes === undefined) throw malformedLog(`${where}: expected hex of at most ${most} bytes`)
  return bytes
}
