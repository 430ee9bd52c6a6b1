// Snapshots as an owner's machine takes, checks and puts them back: from an instance that seals, and through whoever changes what it gives.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SnapshotSealer } from '@wetee/sealed-log'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Network } from '../network.ts'
import type { OwnerSession } from '../owner/session.ts'
import { emptyWorld, memoryNetwork } from '../testing/memory-network.ts'
import { makeLogKey, readLogKey, type LogKeys } from './sealed-records.ts'
import { checkSnapshot, restoreVolume, snapshotVolume } from './volume-snapshots.ts'

const instance = privateKeyToAccount(`0x${'43'.repeat(32)}`)
const archive = Buffer.alloc(150_000, 'archive ')
let folder: string
let file: string
let keys: LogKeys
let network: Network
let world: ReturnType<typeof emptyWorld>
/** What the instance gives, one for each time that it is asked. */
let given: (() => Promise<Uint8Array[]>)[]
let asked: [string, unknown][]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-vs-'))
  file = join(folder, 'data.snapshot')
  keys = await readLogKey((await makeLogKey()).file)
  world = emptyWorld()
  const lease = { eventName: 'LeaseRenewed', blockNumber: 1n, transactionHash: '0x' as const }
  const args = { appId: 7n, version: 1, replica: 0, instanceKey: instance.address }
  world.events.set('cloud.LeaseRenewed', [{ ...lease, args }])
  network = memoryNetwork(world)
  given = []
  asked = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function sealed(appId = '7', failure?: string): Promise<Uint8Array[]> {
  const sealer = await SnapshotSealer.open(
    {
      chainId: String(network.profile.chainId),
      cloud: network.profile.contracts.cloud.toLowerCase() as `0x${string}`,
      ...{ appId, version: 1, replica: 0, volume: 'data', atMs: 1 },
      instanceKey: instance.address.toLowerCase() as `0x${string}`,
    },
    Buffer.from(keys.logKey, 'hex'),
  )
  const body = sealer.seal(archive)
  const end =
    failure === undefined
      ? await sealer.end((hash) => instance.sign({ hash }))
      : sealer.fail(failure, 'why')
  return [sealer.head, body, end]
}

/** An instance: snapshots as given, and whatever goes to it. */
const session = (): OwnerSession =>
  ({
    bytes: async function* (path: string, { body }: { body: unknown }) {
      asked.push([path, body])
      yield* (await given.shift()?.()) ?? []
    },
    lines: async function* (path: string) {
      asked.push([path, undefined])
      yield JSON.stringify({ id: '0123456789abcdef' })
      while (!asked.some(([, body]) => (body as { end?: true } | undefined)?.end))
        await new Promise(setImmediate)
      yield JSON.stringify({ restoredBytes: archive.length })
    },
    post: (path: string, body: unknown) => {
      asked.push([path, body])
      return Promise.resolve()
    },
  }) as unknown as OwnerSession
const options = () => ({ volume: 'data', keys, file, sessions: [session()] })

test('a snapshot is written under its name when all of it has opened, sealed as it came', async () => {
  const wire = await sealed()
  given = [() => Promise.resolve(wire)]
  const info = await snapshotVolume(network, 7n, options())
  expect(info).toMatchObject({ volume: 'data', appId: '7', bytes: archive.length })
  expect(readFileSync(file).equals(Buffer.concat(wire))).toBe(true)
  expect(asked).toEqual([['/v1/volumes/data/snapshot', { key: `0x${keys.logKey}` }]])
  expect(await checkSnapshot(network, 7n, { keys, file })).toEqual(info)
})

test('ATTACK one that is cut short or changed on its way leaves no file', async () => {
  const [head, body, end] = (await sealed()) as [Uint8Array, Uint8Array, Uint8Array]
  const changed = Uint8Array.from(body)
  changed[70_000]! ^= 1
  for (const wire of [[head, body], [head, changed, end], [head, end], [head]]) {
    given = [() => Promise.resolve(wire)]
    await expect(snapshotVolume(network, 7n, options())).rejects.toMatchObject({
      code: 'snapshot.invalid',
    })
    expect(readdirSync(folder)).toEqual([])
  }
})

test('while the volume is written to it is tried again, and then given up; anything else is not', async () => {
  const changed = () => sealed('7', 'snapshot.changed')
  given = [changed, () => sealed()]
  const retries: number[] = []
  await snapshotVolume(network, 7n, { ...options(), onRetry: (left) => retries.push(left) })
  expect(retries).toEqual([4])
  rmSync(file)
  given = [changed]
  await expect(snapshotVolume(network, 7n, { ...options(), tries: 1 })).rejects.toMatchObject({
    code: 'snapshot.changed',
    retryable: true,
  })
  given = [() => sealed('7', 'snapshot.failed'), () => sealed()]
  await expect(snapshotVolume(network, 7n, options())).rejects.toMatchObject({
    code: 'snapshot.failed',
  })
  expect(existsSync(file)).toBe(false)
})

test('all of the archive goes to the instance, and its end last', async () => {
  writeFileSync(file, Buffer.concat(await sealed()))
  expect(await restoreVolume(network, 7n, options())).toMatchObject({ bytes: archive.length })
  const sent = asked.filter(([path]) => path === '/v1/exec/0123456789abcdef/input')
  const bodies = sent.map(([, body]) => body as { data?: string; end?: true })
  expect(Buffer.concat(bodies.map(({ data = '' }) => Buffer.from(data, 'base64')))).toEqual(archive)
  expect(bodies.map(({ end }) => end).indexOf(true)).toBe(bodies.length - 1)
})

test('ATTACK a damaged one, one of another application, and one that anybody has sealed reach no instance', async () => {
  const whole = Buffer.concat(await sealed())
  const refused = async (bytes: Uint8Array) => {
    writeFileSync(file, bytes)
    await expect(restoreVolume(network, 7n, options())).rejects.toMatchObject({
      code: 'snapshot.invalid',
    })
    expect(asked).toEqual([])
  }
  await refused(whole.subarray(0, whole.length - 1))
  await refused(Buffer.concat(await sealed('8')))
  world.events.clear()
  await refused(whole)
  writeFileSync(file, whole)
  const unproven = await checkSnapshot(network, 7n, { keys, file, unproven: true })
  expect(unproven).toMatchObject({ appId: '7' })
})
