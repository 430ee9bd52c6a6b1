// dstack's event logs: digests computed, registers compared, then read; and ways to bend one.
import { sha384 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { extendRtmr } from '../../binding/image-event.ts'
import { bareHex, toHex, utf8, type Hex } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'
import type { Rtmrs } from './boot-event.ts'
import {
  DSTACK_EVENT_TYPE,
  dstackEventDigest,
  readDstackLog,
  replayDstackLog,
} from './dstack-log.ts'

type Entry = {
  imr: unknown
  event_type: unknown
  digest?: unknown
  event: unknown
  event_payload: unknown
}

const EV_SEPARATOR = 4
const EV_EVENT_TAG = 6
const hash = (bytes: Uint8Array) => bareHex(sha384(bytes))
const own = (event: string, payload: string, digest?: string): Entry => ({
  imr: 3,
  event_type: DSTACK_EVENT_TYPE,
  digest: digest ?? dstackEventDigest(event, utf8(payload)).slice(2),
  event,
  event_payload: bareHex(utf8(payload)),
})
const separator: Entry = {
  imr: 0,
  event_type: EV_SEPARATOR,
  digest: hash(new Uint8Array(4)),
  event: '',
  event_payload: '00000000',
}
const initrd: Entry = {
  imr: 2,
  event_type: EV_EVENT_TAG,
  digest: hash(utf8('initrd')),
  event: '',
  event_payload: bareHex(utf8('Linux initrd')),
}
const entries: readonly Entry[] = [
  separator,
  initrd,
  own('app-id', 'app'),
  own('compose-hash', 'hash'),
  own('system-ready', ''),
]
const text = (list: readonly unknown[]) => JSON.stringify(list)
const registersOf = (list: readonly Entry[]): Rtmrs => {
  const zero: Hex = `0x${'00'.repeat(48)}`
  const rtmr: [Hex, Hex, Hex, Hex] = [zero, zero, zero, zero]
  for (const { imr, digest } of list) {
    const at = imr as 0 | 1 | 2 | 3
    rtmr[at] = extendRtmr(rtmr[at], `0x${String(digest)}`)
  }
  return rtmr
}
const rtmr = registersOf(entries)

const failure = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (error instanceof AttestationError) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}
const read = (list: readonly unknown[], expected = rtmr) =>
  failure(() => readDstackLog(text(list), expected))

test('the digest is that of type, name and payload', () => {
  const bytes = Uint8Array.of(1, 0, 0, 8, ...utf8(':app-id:'), 1, 2, 3)
  expect(dstackEventDigest('app-id', Uint8Array.of(1, 2, 3))).toBe(toHex(sha384(bytes)))
})

describe('a log that replays to the registers of the quote', () => {
  test('is read', () => {
    expect(replayDstackLog(text(entries))).toEqual(rtmr)
    const events = readDstackLog(text(entries), rtmr)
    expect(events).toEqual([
      {
        register: 0,
        type: EV_SEPARATOR,
        digest: `0x${String(separator.digest)}`,
        data: new Uint8Array(4),
        unprovenData: undefined,
      },
      {
        register: 2,
        type: EV_EVENT_TAG,
        digest: `0x${String(initrd.digest)}`,
        data: undefined,
        unprovenData: utf8('Linux initrd'),
      },
      ...['app-id', 'compose-hash', 'system-ready'].map((event, index) => {
        const payload = utf8(['app', 'hash', ''][index] ?? '')
        return { register: 3, event, payload, digest: dstackEventDigest(event, payload) }
      }),
    ])
  })

  test('may leave digests of RTMR3 out, or empty', () => {
    const empty = entries.map((entry) => (entry.imr === 3 ? { ...entry, digest: '' } : entry))
    const absent = entries.map((entry) =>
      entry.imr === 3 ? { ...entry, digest: undefined } : entry,
    )
    expect(readDstackLog(text(empty), rtmr)).toEqual(readDstackLog(text(entries), rtmr))
    expect(readDstackLog(text(absent), rtmr)).toEqual(readDstackLog(text(entries), rtmr))
  })

  test('may leave payloads of the boot out: then there is no data', () => {
    const [event] = readDstackLog(text(entries.with(0, { ...separator, event_payload: '' })), rtmr)
    expect(event).toMatchObject({ register: 0, data: undefined, unprovenData: undefined })
  })
})

describe('a log that does not', () => {
  test.each([
    ['with an event dropped', entries.toSpliced(3, 1), 'RTMR3'],
    ['with events reordered', entries.with(2, entries[3]!).with(3, entries[2]!), 'RTMR3'],
    ['with an event twice', entries.toSpliced(0, 0, separator), 'RTMR0'],
    ['with an event added', [...entries, own('compose-hash', 'mine')], 'RTMR3'],
    ['with another payload and its digest', entries.with(3, own('compose-hash', 'mine')), 'RTMR3'],
    ['with another payload and no digest', entries.with(3, own('compose-hash', 'x', '')), 'RTMR3'],
    [
      'with another digest of the boot',
      entries.with(1, { ...initrd, digest: '00'.repeat(48) }),
      'RTMR2',
    ],
  ])('%s is refused, and the register named', (_what, list, register) => {
    expect(read(list)).toMatch(`event-log.differs event log: ${register}: the log replays to`)
  })

  test('and lies about a digest is found out, though its digests replay', () => {
    const honest = dstackEventDigest('compose-hash', utf8('hash')).slice(2)
    expect(read(entries.with(3, own('compose-hash', 'mine', honest)))).toMatch(
      /^event-log.differs .*digest is not that of name and payload/,
    )
    expect(read(entries.with(0, { ...separator, event_payload: '00000001' }))).toMatch(
      /^event-log.differs .*data is not its own/,
    )
  })

  test('moves the end of a name into the payload', () => {
    const list = [...entries, own('note', 'compose-hash:mine')]
    const moved = own('note:compose-hash', 'mine')
    expect(moved.digest).toBe(list.at(-1)?.digest)
    expect(read(list, registersOf(list))).toBe('accepted')
    expect(read(list.with(-1, moved), registersOf(list))).toMatch('without colon')
  })
})

describe('a log that is not well formed is refused', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['no list', '{}'],
    ['a list of lists', '[[]]'],
    ['a list of null', '[null]'],
    ['a key twice', text([separator]).replace('{', '{"imr":1,')],
    ['nested too deep', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['cut', text(entries).slice(0, -1)],
    ['more than 1 MiB', text(entries) + ' '.repeat(1_048_576)],
    ['4097 events', text(Array(4097).fill(separator))],
  ])('%s', (_what, given) => {
    expect(failure(() => readDstackLog(given, rtmr))).toMatch(/^event-log.malformed /)
  })

  test.each<[string, Partial<Entry> & Record<string, unknown>]>([
    ['imr 4', { imr: 4 }],
    ['imr -1', { imr: -1 }],
    ['imr as text', { imr: '0' }],
    ['event_type of 33 bits', { event_type: 2 ** 32 }],
    ['negative event_type', { event_type: -1 }],
    ['fractional event_type', { event_type: 1.5 }],
    ['no event_type', { event_type: undefined }],
    ['a short digest', { digest: '00'.repeat(47) }],
    ['a long digest', { digest: '00'.repeat(49) }],
    ['no digest', { digest: '' }],
    ['a digest that is no text', { digest: 7 }],
    ['a digest that is no hex', { digest: 'zz'.repeat(48) }],
    ['a name', { event: 'compose-hash' }],
    ['no name field', { event: undefined }],
    ['no payload', { event_payload: undefined }],
    ['half a byte of payload', { event_payload: '0' }],
    ['a payload of 64 KiB and one byte', { event_payload: '00'.repeat(65_537) }],
    ['another version', { version: 'V2' }],
  ])('a boot event with %s', (_what, change) => {
    expect(read([{ ...separator, ...change }])).toMatch(/^event-log.malformed /)
  })

  test.each<[string, Partial<Entry>]>([
    ['another type', { event_type: EV_SEPARATOR }],
    ['no name', { event: '' }],
    ['a name of 257 characters', { event: 'a'.repeat(257), digest: '' }],
    ['half a surrogate in its name', { event: '\ud800', digest: '' }],
  ])('an event of RTMR3 with %s', (_what, change) => {
    expect(read([{ ...own('app-id', 'app'), ...change }])).toMatch(/^event-log.malformed /)
  })
})
