// Snapshots as an instance seals them, and as whoever keeps or passes them on would like to change them.
import {
  makeReaderKeys,
  makeStoredReaderKeys,
  readReaderKeys,
  sealRequest,
  AnswerSealer,
  type ReaderKeys,
} from '@wetee/sealing'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, expect, test } from 'vitest'
import { openSnapshot, SnapshotSealer, type SnapshotHeader } from './snapshot.ts'

const instance = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const stranger = privateKeyToAccount(`0x${'43'.repeat(32)}`)
const header: Omit<SnapshotHeader, 'format'> = {
  chainId: '31337',
  cloud: `0x${'0c'.repeat(20)}`,
  appId: '7',
  version: 1,
  replica: 0,
  instanceKey: instance.address.toLowerCase() as `0x${string}`,
  volume: 'data',
  atMs: 1_700_000_000_000,
}
const content = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251)
let keys: ReaderKeys
let key: Uint8Array
beforeAll(async () => {
  const stored = await makeStoredReaderKeys()
  keys = await readReaderKeys(stored)
  key = stored.publicKey
})

/** Head, then one part for each call, then the end. */
async function sealed(parts: readonly Uint8Array[], signer = instance): Promise<Uint8Array[]> {
  const sealer = await SnapshotSealer.open(header, key)
  const bodies = parts.map((part) => sealer.seal(part))
  return [sealer.head, ...bodies, await sealer.end((hash) => signer.sign({ hash }))]
}

async function opened(wire: Iterable<Uint8Array>, by = keys) {
  const source = (async function* () {
    for (const one of wire) yield await Promise.resolve(one)
  })()
  const found = {
    bytes: [] as Uint8Array[],
    end: undefined as unknown,
    header: undefined as unknown,
  }
  for await (const part of openSnapshot(by, source))
    if ('bytes' in part) found.bytes.push(part.bytes)
    else Object.assign(found, part)
  return { ...found, bytes: Buffer.concat(found.bytes) }
}
const cut = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )

test('what was sealed comes back whole, in whatever parts it arrives, and can be read by the owner alone', async () => {
  const wire = await sealed(cut(content, 70_001))
  const all = new Uint8Array(Buffer.concat(wire))
  expect(Buffer.from(all).includes('"volume"')).toBe(false)
  for (const size of [all.length, 1_000, 65_537]) {
    const found = await opened(cut(all, size))
    expect(found.header).toMatchObject({ volume: 'data', appId: '7' })
    expect(found.bytes.equals(content)).toBe(true)
    expect(found.end).toMatchObject({ bytes: content.length })
  }
  const other = await makeReaderKeys()
  await expect(opened([all], other)).rejects.toMatchObject({ code: 'record.unauthentic' })
  expect((await opened(await sealed([]))).bytes).toHaveLength(0)
})

test('ATTACK one that is cut short, at any piece and within one, is not taken for whole', async () => {
  const wire = await sealed(cut(content, 65_536))
  for (let left = 1; left < wire.length; left++)
    await expect(opened(wire.slice(0, left)), String(left)).rejects.toMatchObject({
      code: 'record.unauthentic',
    })
  const all = new Uint8Array(Buffer.concat(wire))
  for (const size of [0, 3, 60, all.length - 1])
    await expect(opened([all.subarray(0, size)])).rejects.toMatchObject({ name: 'SealedLogError' })
})

test('ATTACK pieces that are moved, repeated, left out, or of another snapshot do not open', async () => {
  const [head, a, b, c, end] = (await sealed(cut(content, 65_536).slice(0, 3))) as [
    Uint8Array,
    ...Uint8Array[],
  ]
  const [, other] = await sealed([content])
  for (const wire of [
    [head, b!, a!, c!, end!],
    [head, a!, a!, b!, c!, end!],
    [head, a!, c!, end!],
    [head, other!, b!, c!, end!],
    [head, a!, b!, c!, end!, end!],
    [head, a!, b!, c!, end!, Uint8Array.of(0)],
  ])
    await expect(opened(wire)).rejects.toMatchObject({ code: 'record.unauthentic' })
})

test('ATTACK no byte can be changed', async () => {
  const all = new Uint8Array(Buffer.concat(await sealed([content.subarray(0, 300)])))
  for (let at = 0; at < all.length; at += 5) {
    const changed = Uint8Array.from(all)
    changed[at]! ^= 1
    await expect(opened([changed]), String(at)).rejects.toMatchObject({ name: 'SealedLogError' })
  }
})

test('ATTACK anybody can seal to a public key: what the named instance has not signed does not count', async () => {
  await expect(opened(await sealed([content], stranger))).rejects.toMatchObject({
    code: 'record.unauthentic',
    message: expect.stringContaining('not signed') as string,
  })
})

test('ATTACK the owner is not shown the archive of one header under another: both are signed', async () => {
  const signatures: `0x${string}`[] = []
  const sealer = await SnapshotSealer.open(header, key)
  sealer.seal(content)
  await sealer.end(async (hash) => {
    signatures.push(await instance.sign({ hash }))
    return signatures[0]!
  })
  const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const info = new TextEncoder().encode('wetee/volume-snapshot/v1')
  const moved = { format: 'wetee/volume-snapshot/v1', ...header, volume: 'other' }
  const { bytes, answerKey } = await sealRequest(key, info, utf8(moved))
  const answer = new AnswerSealer(answerKey)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.length)
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', content)).toString('hex')
  const end = { bytes: content.length, sha256: digest, signature: signatures[0] }
  const pieces = cut(content, 65_536).map((piece) => answer.seal(piece, false))
  await expect(
    opened([length, bytes, ...pieces, answer.seal(utf8(end), true)]),
  ).rejects.toMatchObject({ code: 'record.unauthentic' })
})

test('an archive that could not be made says why, and is not taken for one', async () => {
  const sealer = await SnapshotSealer.open(header, key)
  const wire = [sealer.head, sealer.seal(content), sealer.fail('snapshot.changed', 'written to')]
  await expect(opened(wire)).rejects.toMatchObject({
    code: 'snapshot.failed',
    reason: 'snapshot.changed',
  })
})

test('bytes that are no snapshot are refused as such', async () => {
  for (const bytes of [Uint8Array.of(), Uint8Array.of(0, 0, 0, 0), new Uint8Array(5_000).fill(255)])
    await expect(opened([bytes])).rejects.toMatchObject({ code: 'record.invalid' })
})
