// Records as an instance seals them, and as a worker would like to change them.
import {
  makeReaderKeys,
  makeStoredReaderKeys,
  readReaderKeys,
  type ReaderKeys,
} from '@wetee/sealing'
import fc from 'fast-check'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, expect, test } from 'vitest'
import { chainRecords } from './chain.ts'
import { decodeLines, encodeLines, type SealedLine } from './log-content.ts'
import {
  MAX_CONTENT_BYTES,
  NO_RECORD,
  openRecord,
  parseRecord,
  sealRecord,
  type ParsedRecord,
  type SealedRecord,
} from './record.ts'

const instance = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const other = privateKeyToAccount(`0x${'43'.repeat(32)}`)
const place = {
  chainId: '31337',
  cloud: `0x${'0c'.repeat(20)}`,
  appId: '7',
  version: 1,
  replica: 0,
  instanceKey: instance.address.toLowerCase() as `0x${string}`,
} as const
const utf8 = (text: string) => new TextEncoder().encode(text)
let keys: ReaderKeys
let logKey: Uint8Array
beforeAll(async () => {
  const stored = await makeStoredReaderKeys()
  keys = await readReaderKeys(stored)
  logKey = stored.publicKey
})

async function chain(count: number, account = instance): Promise<ParsedRecord[]> {
  const records: ParsedRecord[] = []
  for (let index = 0; index < count; index++) {
    const previous = records.at(-1)?.digest ?? NO_RECORD
    const instanceKey = account.address.toLowerCase() as `0x${string}`
    const header = { ...place, instanceKey, kind: 'logs', index, previous } as const
    const sign = (hash: `0x${string}`) => account.sign({ hash })
    const { bytes } = await sealRecord(header, utf8(`record ${index}`), { logKey, sign })
    records.push(await parseRecord(bytes))
  }
  return records
}

test('the owner opens what the instance has sealed, and nobody else does', async () => {
  const [record] = await chain(1)
  expect(record?.header).toMatchObject({ appId: '7', kind: 'logs', index: 0 })
  expect(new TextDecoder().decode(await openRecord(record!, keys))).toBe('record 0')
  const stranger = await makeReaderKeys()
  await expect(openRecord(record!, stranger)).rejects.toMatchObject({ code: 'record.unauthentic' })
  expect(Buffer.from(record!.bytes).includes('record 0')).toBe(false)
})

test('ATTACK no byte of a record can be changed, left out or added', async () => {
  const [record] = await chain(1)
  const { bytes } = record!
  const refused = async (changed: Uint8Array) => {
    const outcome = await parseRecord(changed)
      .then(
        (parsed) => openRecord(parsed, keys),
        (error: unknown) => Promise.reject(error as Error),
      )
      .then(
        () => 'taken',
        (error: { code: string }) => error.code,
      )
    expect(['record.invalid', 'record.unauthentic']).toContain(outcome)
  }
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Uint8Array.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    await refused(changed)
  }
  for (const size of [0, 1, 2, 50, bytes.length - 1]) await refused(bytes.subarray(0, size))
  await refused(Uint8Array.of(...bytes, 0))
})

test('ATTACK a host that seals lines of its own cannot sign them as the instance', async () => {
  const header = { ...place, kind: 'logs', index: 0, previous: NO_RECORD } as const
  const sign = (hash: `0x${string}`) => other.sign({ hash })
  const { bytes } = await sealRecord(header, utf8('forged'), { logKey, sign })
  await expect(parseRecord(bytes)).rejects.toMatchObject({ code: 'record.unauthentic' })
})

test('a chain that is whole says so, in whatever order and however often its records come', async () => {
  const records = await chain(4)
  const [found] = chainRecords([records[2]!, records[0]!, records[2]!, records[3]!, records[1]!])
  expect(found).toMatchObject({ missingBefore: 0, gaps: [], broken: [] })
  expect(found?.records.map(({ header }) => header.index)).toEqual([0, 1, 2, 3])
})

test('ATTACK a record that is taken out shows; only the newest ones can be held back unseen', async () => {
  const records = await chain(4)
  const without = (...left: number[]) =>
    chainRecords(records.filter((_, at) => !left.includes(at)))[0]
  expect(without(1)).toMatchObject({ gaps: [2], broken: [], missingBefore: 0 })
  expect(without(0, 1)).toMatchObject({ gaps: [], missingBefore: 2 })
  expect(without(3)).toMatchObject({ gaps: [], broken: [], missingBefore: 0 })
})

test('ATTACK a record of another history of the same instance key does not fit in', async () => {
  const [first, second] = await chain(2)
  const again = await chain(2)
  // Sealed anew, so its digest is another one.
  expect(again[0]?.digest).not.toBe(first?.digest)
  expect(chainRecords([again[0]!, second!])[0]).toMatchObject({ broken: [1] })
  expect(chainRecords([first!, again[0]!])[0]).toMatchObject({ broken: [0] })
})

test('chains of several instances are apart', async () => {
  const all: SealedRecord[] = [...(await chain(2)), ...(await chain(1, other))]
  expect(chainRecords(all).map(({ records }) => records.length)).toEqual([2, 1])
  expect(chainRecords([])).toEqual([])
})

test('content has a bound', async () => {
  const header = { ...place, kind: 'logs', index: 0, previous: NO_RECORD } as const
  const sign = (hash: `0x${string}`) => instance.sign({ hash })
  const large = new Uint8Array(MAX_CONTENT_BYTES)
  const { bytes } = await sealRecord(header, large, { logKey, sign })
  expect((await parseRecord(bytes)).header.index).toBe(0)
  const larger = new Uint8Array(MAX_CONTENT_BYTES + 1)
  await expect(sealRecord(header, larger, { logKey, sign })).rejects.toMatchObject({
    code: 'record.too-large',
  })
})

test('lines come back as they went, and nothing else is taken for lines', () => {
  const line = fc.record({
    service: fc.stringMatching(/^[a-z]{1,8}$/),
    stream: fc.constantFrom('stdout', 'stderr'),
    atMs: fc.nat(),
    number: fc.integer({ min: 1, max: 1e9 }),
    text: fc.string({ unit: 'grapheme', maxLength: 50 }),
  }) satisfies fc.Arbitrary<SealedLine>
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      expect(decodeLines(encodeLines(lines))).toEqual(lines)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
      try {
        decodeLines(bytes)
      } catch (error) {
        expect(error).toMatchObject({ code: 'record.invalid' })
      }
    }),
  )
})

test('whatever bytes are taken for a record, the error is one of three', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      await expect(parseRecord(bytes)).rejects.toMatchObject({ name: 'SealedLogError' })
    }),
  )
})
