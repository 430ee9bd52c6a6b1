// Nitro documents: AWS's rules for each field, at and across their bounds.
import { encode } from 'cborg'
import { describe, expect, test } from 'vitest'
import { AttestationError } from '../../error.ts'
import { concatBytes, utf8 } from '../../bytes.ts'
import { createSimulatedNitro, type NitroBend } from '../../simulated/nitro.ts'
import { parseNitroDocument } from './document.ts'

const atMs = Date.UTC(2026, 0, 15)
const nitro = createSimulatedNitro({ seed: new Uint8Array(32).fill(1), atMs })
const pcrs = { 0: new Uint8Array(48).fill(1) }
const bent = (bend: NitroBend = {}) => nitro.document({ pcrs, timestampMs: atMs, bend })
const codeOf = (bytes: Uint8Array) => {
  try {
    parseNitroDocument(bytes)
  } catch (error) {
    if (error instanceof AttestationError) return error.code
    throw error
  }
  return 'accepted'
}
/** A document with this field set, or left out. */
const withField = (name: string, value: unknown) =>
  codeOf(
    bent({
      entries: (all) =>
        value === undefined
          ? all.filter(([key]) => key !== name)
          : all.map(([key, old]) => [key, key === name ? value : old] as const),
    }),
  )
const registers = (...entries: [unknown, Uint8Array][]) => {
  const measured = [0, 1, 2].map((index): [unknown, Uint8Array] => [index, new Uint8Array(48)])
  return new Map([...measured, ...entries])
}
const bytes = (length: number) => new Uint8Array(length)

test('a document is read as it was written', () => {
  const document = parseNitroDocument(bent())
  expect(document).toMatchObject({ moduleId: 'i-0-enc0', timestampMs: atMs, nonce: undefined })
  expect(document.pcrs.get(0)).toEqual(pcrs[0])
  expect(document.cabundle).toHaveLength(4)
  expect(document.cabundle[0]).toEqual(nitro.rootDer)
})

test.each<[string, unknown, unknown]>([
  ['module_id', 'i', ''],
  ['module_id', 'i'.repeat(256), 'i'.repeat(257)],
  ['timestamp', 1, 0],
  ['timestamp', Number.MAX_SAFE_INTEGER, 2n ** 53n],
  ['timestamp', 1, -1],
  ['pcrs', registers([31, bytes(48)]), registers([32, bytes(48)])],
  ['pcrs', registers(), registers(['3', bytes(48)])],
  ['pcrs', registers(), registers([3, bytes(47)])],
  ['pcrs', registers(), registers([3, bytes(49)])],
  ['pcrs', registers(), registers([3, bytes(32)])],
  ['pcrs', registers(), registers([3, bytes(64)])],
  ['pcrs', registers(), new Map([...registers()].slice(1))],
  ['pcrs', registers(), new Map([...registers()].slice(0, 2))],
  ['pcrs', registers(), new Map()],
  ['pcrs', registers(), [bytes(48), bytes(48), bytes(48)]],
  ['certificate', bytes(1), bytes(0)],
  ['certificate', bytes(1024), bytes(1025)],
  ['cabundle', [bytes(1)], []],
  ['cabundle', Array(8).fill(bytes(1)), Array(9).fill(bytes(1))],
  ['cabundle', [bytes(1024)], [bytes(1025)]],
  ['cabundle', [bytes(1)], [bytes(1), bytes(0)]],
  ['cabundle', [bytes(1)], [null]],
  ['cabundle', [bytes(1)], bytes(1)],
  ['public_key', bytes(1), bytes(0)],
  ['public_key', bytes(1024), bytes(1025)],
  ['user_data', bytes(0), 'text'],
  ['user_data', bytes(512), bytes(513)],
  ['nonce', bytes(0), [1]],
  ['nonce', bytes(512), bytes(513)],
])('%s is read at its bound and refused across it (%#)', (name, good, bad) => {
  expect(withField(name, good)).toBe('accepted')
  expect(withField(name, bad)).toBe('nitro.malformed')
})

test.each(['module_id', 'timestamp', 'pcrs', 'certificate', 'cabundle'])(
  '%s must be there, and is not null',
  (name) => {
    expect(withField(name, undefined)).toBe('nitro.malformed')
    expect(withField(name, null)).toBe('nitro.malformed')
  },
)

test.each(['SHA256', 'sha384', '', null, undefined, 1])('digest %s is refused', (digest) => {
  expect(withField('digest', digest)).toBe('nitro.unsupported')
})

describe('refused:', () => {
  test('a field that nobody knows', () => {
    expect(codeOf(bent({ entries: (all) => [...all, ['nitrotpm_pcrs', registers()]] }))).toBe(
      'nitro.malformed',
    )
    const numbered = (payload: Uint8Array) =>
      concatBytes(payload.subarray(0, -1), utf8('\u0001\u0001'), Uint8Array.of(0xff))
    expect(codeOf(bent({ payload: numbered }))).toBe('nitro.malformed')
  })

  test.each<[string, NonNullable<NitroBend['entries']>]>([
    ['a field twice', (all) => [...all, ['module_id', 'i-1']]],
    ['a field twice, the first of them null', (all) => [['nonce', bytes(1)], ...all]],
  ])('%s', (_what, entries) => {
    expect(codeOf(bent({ entries }))).toBe('nitro.malformed')
  })

  test('a register twice', () => {
    const once = encode(registers([3, bytes(48)]))
    const twice = concatBytes(
      Uint8Array.of(0xa5),
      once.subarray(1),
      Uint8Array.of(3),
      encode(bytes(48)),
    )
    const replace = (payload: Uint8Array) => {
      const at = Buffer.from(payload).indexOf(encode('pcrs')) + 5
      const after = Buffer.from(payload).indexOf(encode('certificate'))
      return concatBytes(payload.subarray(0, at), twice, payload.subarray(after))
    }
    expect(codeOf(bent({ payload: replace }))).toBe('nitro.malformed')
  })

  test.each<[string, (payload: Uint8Array) => Uint8Array]>([
    ['a payload that is no map', () => encode([1])],
    ['no payload', () => bytes(0)],
    ['bytes after the map', (payload) => concatBytes(payload, Uint8Array.of(0))],
    ['a map without its end', (payload) => payload.subarray(0, -1)],
    ['a tag around the map', (payload) => concatBytes(Uint8Array.of(0xd2), payload)],
    ['nesting', () => concatBytes(bytes(10_000).fill(0x81), bytes(1))],
    ['a map of 4 GiB', () => Uint8Array.of(0xba, 0xff, 0xff, 0xff, 0xff)],
  ])('%s', (_what, payload) => {
    expect(codeOf(bent({ payload }))).toBe('nitro.malformed')
  })

  test.each<[string, Uint8Array]>([
    ['a list of three', encode([bytes(1), new Map(), bytes(1)])],
    ['a list of five', encode([bytes(1), new Map(), bytes(1), bytes(96), 1])],
    ['a map', encode(new Map())],
    ['a header that is a map', encode([new Map([[1, -35]]), new Map(), bytes(1), bytes(96)])],
    [
      'a payload that is absent',
      encode([Uint8Array.of(0xa1, 1, 0x38, 0x22), new Map(), null, bytes(96)]),
    ],
    ['a tag alone', Uint8Array.of(0xd2)],
    ['nothing', bytes(0)],
  ])('%s in place of COSE_Sign1', (_what, document) => {
    expect(codeOf(document)).toBe('nitro.malformed')
  })
})

test('what is signed is the Sig_structure of RFC 9052', () => {
  const { signed } = parseNitroDocument(bent({ payload: (payload) => payload }))
  const head = Buffer.from('846a5369676e61747572653144a101382240' + '59', 'hex')
  expect(signed.subarray(0, head.length)).toEqual(new Uint8Array(head))
})
