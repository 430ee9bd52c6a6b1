// CCEL logs: replayed, compared, then read; and every way to bend one.
import { sha384 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extendRtmr } from '../../binding/image-event.ts'
import { concatBytes, toHex, utf8, type Hex } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'
import {
  writeCcel,
  writeCcelHeader,
  writeCcelRecord,
  type SimulatedHeader,
  type SimulatedRecord,
} from '../../simulated/ccel-writer.ts'
import type { Rtmrs } from './boot-event.ts'
import { readCcel, replayCcel } from './ccel.ts'

const EV_NO_ACTION = 3
const EV_SEPARATOR = 4
const EV_IPL = 0x0d
const EV_EFI_ACTION = 0x80000007

const record = (index: number, type: number, text: string): SimulatedRecord => ({
  index,
  type,
  data: utf8(text),
})
const separator = { index: 1, type: EV_SEPARATOR, data: new Uint8Array(4) }
const kernel: SimulatedRecord = {
  index: 3,
  type: EV_IPL,
  data: utf8('kernel_cmdline: root=/dev/dm-0\0'),
  digests: [[0x0c, sha384(utf8('root=/dev/dm-0'))]],
}
const records: readonly SimulatedRecord[] = [
  separator,
  record(2, EV_EFI_ACTION, 'Calling EFI Application from Boot Option'),
  record(2, EV_EFI_ACTION, 'Exit Boot Services Invocation'),
  kernel,
  record(4, EV_IPL, 'application'),
]
const log = writeCcel(records)

const zero: Hex = `0x${'00'.repeat(48)}`
/** Registers by hand, without the code under test but for one extension. */
const registersOf = (list: readonly SimulatedRecord[]): Rtmrs => {
  const rtmr: [Hex, Hex, Hex, Hex] = [zero, zero, zero, zero]
  for (const { index, data, digests } of list) {
    const digest = digests?.find(([algorithm]) => algorithm === 0x0c)?.[1] ?? sha384(data)
    const at = (index - 1) as 0 | 1 | 2 | 3
    rtmr[at] = extendRtmr(rtmr[at], toHex(digest))
  }
  return rtmr
}
const rtmr = registersOf(records)

const codeOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (error instanceof AttestationError) return error.code
    throw error
  }
  return 'accepted'
}
const messageOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (error instanceof AttestationError) return error.message
    throw error
  }
  return 'accepted'
}
const read = (bytes: Uint8Array, expected = rtmr) => codeOf(() => readCcel(bytes, expected))

describe('a log that replays to the registers of the quote', () => {
  test('is read, with data where the digest is of the data', () => {
    expect(replayCcel(log)).toEqual(rtmr)
    const events = readCcel(log, rtmr)
    expect(events).toHaveLength(records.length)
    expect(events[0]).toEqual({
      register: 0,
      type: EV_SEPARATOR,
      digest: toHex(sha384(new Uint8Array(4))),
      data: new Uint8Array(4),
      unprovenData: undefined,
    })
    expect(events[3]).toMatchObject({ register: 2, data: undefined, unprovenData: kernel.data })
    expect(events.map(({ register }) => register)).toEqual([0, 1, 1, 2, 3])
  })

  test('is read in upper-case registers too, and stays as it was when the bytes change', () => {
    const bytes = new Uint8Array(log)
    const upper = rtmr.map((hex) => `0x${hex.slice(2).toUpperCase()}`) as unknown as Rtmrs
    const events = readCcel(bytes, upper)
    bytes.fill(7)
    expect(events[0]?.data).toEqual(new Uint8Array(4))
  })

  test('may be empty when the registers are zero', () => {
    expect(readCcel(writeCcel([]), [zero, zero, zero, zero])).toEqual([])
    expect(read(writeCcel([]))).toBe('event-log.differs')
  })

  test('may have several digests in an event, and algorithms that nobody here knows', () => {
    const algorithms = [
      [0x0b, 32],
      [0x0c, 48],
      [0x77, 10],
    ] as const
    const several: SimulatedRecord = {
      ...separator,
      digests: [
        [0x0b, new Uint8Array(32).fill(1)],
        [0x0c, sha384(separator.data)],
        [0x77, new Uint8Array(10)],
      ],
    }
    const bytes = writeCcel([several, ...records.slice(1)], { header: { algorithms } })
    expect(readCcel(bytes, rtmr)).toHaveLength(records.length)
  })

  test('has events that extend no register left out', () => {
    const idle = [
      record(1, EV_NO_ACTION, 'anybody may add this'),
      record(0, EV_IPL, 'of MRTD'),
      { ...record(2, EV_NO_ACTION, ''), digests: [[0x0c, new Uint8Array(48)]] as const },
    ]
    expect(readCcel(writeCcel([...idle, ...records, ...idle]), rtmr)).toHaveLength(records.length)
  })

  test.each([1, 7, 64, 4096])('may have %i bytes of padding', (padding) => {
    expect(readCcel(writeCcel(records, { padding }), rtmr)).toHaveLength(records.length)
    const zeros = concatBytes(log, new Uint8Array(padding))
    expect(readCcel(zeros, rtmr)).toHaveLength(records.length)
  })
})

describe('a log that does not replay to the registers of the quote', () => {
  test.each([
    ['with an event dropped', records.toSpliced(2, 1), 'RTMR1'],
    ['with events reordered', records.with(1, records[2]!).with(2, records[1]!), 'RTMR1'],
    ['with an event twice', records.toSpliced(0, 0, records[0]!), 'RTMR0'],
    ['with an event in another register', records.with(4, { ...records[4]!, index: 3 }), 'RTMR2'],
    ['with an event added', [...records, record(4, EV_IPL, 'x')], 'RTMR3'],
    ['cut after an event', records.slice(0, -1), 'RTMR3'],
    [
      'with another digest',
      records.with(3, { ...kernel, digests: [[0x0c, new Uint8Array(48)]] }),
      'RTMR2',
    ],
  ])('%s is refused, and the register named', (_what, list, register) => {
    const message = messageOf(() => readCcel(writeCcel(list), rtmr))
    expect(message).toMatch(`event log: ${register}: `)
    expect(read(writeCcel(list))).toBe('event-log.differs')
  })

  test('is refused before any of its data is looked at', () => {
    const lying = { ...separator, data: utf8('lie') }
    const digests = [[0x0c, sha384(separator.data)]] as const
    expect(messageOf(() => readCcel(writeCcel([lying, ...records.slice(1)]), rtmr))).toMatch(
      'the log replays to',
    )
    // With the right digest the replay holds, and the data is found out.
    const bent = writeCcel([{ ...lying, digests }, ...records.slice(1)])
    expect(messageOf(() => readCcel(bent, rtmr))).toMatch('data is not its own')
    expect(read(bent)).toBe('event-log.differs')
  })

  test('cannot be made to by a digest of another algorithm', () => {
    const algorithms = [
      [0x0c, 48],
      [0x28, 48],
    ] as const
    const digests = [
      [0x28, sha384(separator.data)],
      [0x0c, new Uint8Array(48)],
    ] as const
    const bytes = writeCcel([{ ...separator, digests }, ...records.slice(1)], {
      header: { algorithms },
    })
    expect(read(bytes)).toBe('event-log.differs')
  })

  test('is refused for registers that are none', () => {
    expect(codeOf(() => readCcel(log, ['0x'] as unknown as Rtmrs))).toBe('binding.invalid')
  })
})

describe('a log that is not well formed', () => {
  test('is refused when it is cut anywhere but between events', () => {
    let whole = writeCcelHeader().length
    const ends = new Set([whole])
    for (const one of records) ends.add((whole += writeCcelRecord(one).length))
    for (let length = 0; length < log.length; length++)
      expect(read(log.subarray(0, length)), `${length} bytes`).toBe(
        ends.has(length) ? 'event-log.differs' : 'event-log.malformed',
      )
  })

  test.each<[string, SimulatedHeader]>([
    ['of another signature', { signature: 'Spec ID Event02\0' }],
    ['of version 1.2', { version: [1, 2] }],
    ['of version 1.0', { version: [1, 0] }],
    ['of version 2.1', { version: [2, 1] }],
    ['of another type', { type: EV_SEPARATOR }],
    ['of another register', { index: 5 }],
    ['with a digest', { digest: new Uint8Array(20).fill(1) }],
    ['without algorithms', { algorithms: [] }],
    ['without SHA-384', { algorithms: [[0x0b, 32]] }],
    ['that calls SHA-384 32 bytes', { algorithms: [[0x0c, 32]] }],
    [
      'that calls SHA-256 48 bytes',
      {
        algorithms: [
          [0x0b, 48],
          [0x0c, 48],
        ],
      },
    ],
    [
      'with digests of no bytes',
      {
        algorithms: [
          [0x0c, 48],
          [0x77, 0],
        ],
      },
    ],
    [
      'with digests of 65 bytes',
      {
        algorithms: [
          [0x0c, 48],
          [0x77, 65],
        ],
      },
    ],
    [
      'with an algorithm twice',
      {
        algorithms: [
          [0x0c, 48],
          [0x0c, 48],
        ],
      },
    ],
    [
      'with nine algorithms',
      { algorithms: Array.from({ length: 9 }, (_, i) => [i ? 0x70 + i : 0x0c, 48] as const) },
    ],
    ['with more algorithms than there are', { algorithmCount: 2 }],
    ['with 4294967295 algorithms', { algorithmCount: 0xffffffff }],
    ['with bytes left over', { extra: Uint8Array.of(0) }],
    ['of 2 GiB', { size: 0x80000000 }],
    ['of 4294967295 bytes', { size: 0xffffffff }],
    ['of no bytes', { size: 0 }],
  ])('is refused with a header %s', (_what, header) => {
    expect(read(writeCcel(records, { header }))).toBe('event-log.malformed')
  })

  test('is refused without SHA-384 in its header, also when it has no events', () => {
    const bytes = writeCcel([], { header: { algorithms: [[0x0b, 32]] } })
    expect(read(bytes, [zero, zero, zero, zero])).toBe('event-log.malformed')
  })

  test('may have vendor information, which must end where it says', () => {
    const header = { vendorInfo: utf8('firmware') }
    expect(readCcel(writeCcel(records, { header }), rtmr)).toHaveLength(records.length)
  })

  test.each<[string, Partial<SimulatedRecord>]>([
    ['of register 5', { index: 5 }],
    ['of register 4294967295', { index: 0xffffffff }],
    ['without digests', { digests: [] }],
    ['without SHA-384', { digests: [[0x0b, new Uint8Array(32)]] }],
    ['of an undeclared algorithm', { digests: [[0x0d, new Uint8Array(64)]] }],
    [
      'with SHA-384 twice',
      {
        digests: [
          [0x0c, sha384(separator.data)],
          [0x0c, new Uint8Array(48)],
        ],
      },
    ],
    ['with a digest that is short', { digests: [[0x0c, new Uint8Array(47)]], data: utf8('abcd') }],
    ['with a digest that is long', { digests: [[0x0c, new Uint8Array(49)]] }],
    ['with nine digests', { digestCount: 9 }],
    ['with 2147483648 digests', { digestCount: 0x80000000 }],
    ['with 4294967295 digests', { digestCount: 0xffffffff }],
    ['of 2 GiB', { dataSize: 0x80000000 }],
    ['of 4294967295 bytes', { dataSize: 0xffffffff }],
    ['of more bytes than there are', { dataSize: 5 }],
    ['of 64 KiB and one byte', { data: new Uint8Array(65_537) }],
  ])('is refused with an event %s', (_what, change) => {
    const header: SimulatedHeader = {
      algorithms: [
        [0x0c, 48],
        [0x0b, 32],
      ],
    }
    const bytes = writeCcel([{ ...separator, ...change }], { header })
    expect(read(bytes)).toBe('event-log.malformed')
  })

  test('is refused when padding is neither zeros nor ones, or mixed', () => {
    for (const tail of [[0xff, 0xfe], [0xff, 0], [0, 0xff], [1], [0xaa, 0xaa]])
      expect(read(concatBytes(log, Uint8Array.from(tail))), String(tail)).toBe(
        'event-log.malformed',
      )
  })

  test('is refused when an event hides behind padding', () => {
    const behind = concatBytes(writeCcel(records, { padding: 8 }), writeCcelRecord(separator))
    expect(read(behind)).toBe('event-log.malformed')
  })
})

describe('bounds', () => {
  test('1 MiB is read, one byte more is not', () => {
    const most = concatBytes(log, new Uint8Array(1_048_576 - log.length))
    expect(readCcel(most, rtmr)).toHaveLength(records.length)
    expect(read(concatBytes(most, Uint8Array.of(0)))).toBe('event-log.malformed')
  })

  test('4096 events are read, one more is not, also when none extends a register', () => {
    const idle = record(1, EV_NO_ACTION, '')
    const zeros: Rtmrs = [zero, zero, zero, zero]
    expect(readCcel(writeCcel(Array<SimulatedRecord>(4096).fill(idle)), zeros)).toEqual([])
    expect(read(writeCcel(Array<SimulatedRecord>(4097).fill(idle)), zeros)).toBe(
      'event-log.malformed',
    )
  })

  test('64 KiB of data are read', () => {
    const large = { index: 1, type: EV_IPL, data: new Uint8Array(65_536) }
    expect(readCcel(writeCcel([large]), registersOf([large]))).toHaveLength(1)
  })
})

test('whatever is changed, an accepted log has the events of the registers', () => {
  const digests = readCcel(log, rtmr).map(({ register, digest }) => ({ register, digest }))
  fc.assert(
    fc.property(fc.nat(log.length - 1), fc.nat(255), (at, byte) => {
      const bytes = log.slice()
      bytes[at] = byte
      try {
        const events = readCcel(bytes, rtmr)
        expect(events.map(({ register, digest }) => ({ register, digest }))).toEqual(digests)
      } catch (error) {
        if (!(error instanceof AttestationError)) throw error
      }
    }),
    { numRuns: 2000 },
  )
})
