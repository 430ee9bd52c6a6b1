// A new key beside the old one, as nodes make it, keep the old share, and let it go.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { EpochPeople } from '../testing/epoch-people.ts'
import { OVERLAP_SECONDS } from './epoch-shares.ts'

let people: EpochPeople | undefined
afterEach(() => {
  people?.close()
  people = undefined
})

const nodes = [1, 2, 3, 4]
const patient = { timeout: 240_000 }

/** `size` nodes, the first four with the key of epoch 1. */
async function withKey(size = 4): Promise<EpochPeople> {
  people = await EpochPeople.start(size)
  people.chain.name([1n, 2n, 3n, 4n], 3)
  await people.until('epoch 1', () => people!.isActive(1n))
  await people.block()
  return people
}

async function rotated(all: EpochPeople, overlapSeconds: bigint): Promise<void> {
  const epoch = (all.world.committees.latest?.epoch ?? 0n) + 1n
  all.chain.rotate(overlapSeconds)
  await all.until('the new key', () => all.isActive(epoch))
  await all.block()
}

const held = (all: EpochPeople, n: number) => {
  const holder = all.person(n).keeper?.holder
  return [holder?.current()?.epoch, holder?.frozen()?.epoch]
}
const files = (all: EpochPeople, n: number) =>
  readdirSync(join(all.person(n).stateDir, 'shares')).sort()

test(
  'an order names the next committee by itself; its session makes another key; each node holds both shares until the end',
  patient,
  async () => {
    const all = await withKey()
    const first = all.world.networkKey
    const share = all.person(1).keeper!.holder.current()!.share
    await rotated(all, 5_000n)
    expect(all.world.networkKey).not.toEqual(first)
    expect(all.world.olderKey).toMatchObject({ ...first, number: 1, lastEpoch: 1n })
    for (const n of nodes) expect(held(all, n)).toEqual([2n, 1n])
    all.chain.mine(Number(OVERLAP_SECONDS) + 1)
    await all.block()
    // Longer than the epoch before is of use otherwise.
    for (const n of nodes) {
      expect(held(all, n)).toEqual([2n, 1n])
      expect(files(all, n)).toEqual(['epoch-1.sealed', 'epoch-2.sealed'])
    }
    all.up(3)
    await all.block()
    expect(held(all, 3)).toEqual([2n, 1n])
    expect(share.some((byte) => byte !== 0)).toBe(true)
    all.chain.mine(5_000)
    await all.block()
    for (const n of nodes) {
      expect(held(all, n)).toEqual([2n, undefined])
      expect(files(all, n)).toEqual(['epoch-2.sealed'])
    }
    expect(share.every((byte) => byte === 0)).toBe(true)
  },
)

test('the new key is handed on, and the share of the old one stays', patient, async () => {
  const all = await withKey(5)
  await rotated(all, 50_000n)
  const second = all.world.networkKey
  all.chain.name([1n, 2n, 3n, 5n], 3)
  await all.until('epoch 3', () => all.isActive(3n))
  all.chain.mine(Number(OVERLAP_SECONDS) + 1)
  await all.block()
  expect(all.world.networkKey).toEqual(second)
  for (const n of [1, 2, 3]) expect(held(all, n)).toEqual([3n, 1n])
  // One that is no member any more keeps its share of the old key, and has none of the new one.
  expect(held(all, 4)).toEqual([undefined, 1n])
  expect(held(all, 5)).toEqual([3n, undefined])
})

test(
  'an end is kept soon after another committee has begun, also by who is no member any more',
  patient,
  async () => {
    const all = await withKey(5)
    await rotated(all, 50_000n)
    all.chain.name([1n, 2n, 3n, 5n], 3)
    await all.until('epoch 3', () => all.isActive(3n))
    await all.block()
    expect(files(all, 4)).toEqual(['epoch-1.sealed', 'epoch-2.sealed'])
    all.world.olderKey = { ...all.world.olderKey!, endsAt: all.chain.head.timestamp }
    await all.block()
    for (const n of nodes) {
      const holder = all.person(n).keeper?.holder
      expect(holder?.frozen()).toBeUndefined()
      expect(holder?.previous()?.epoch).toBe(2n)
      expect(files(all, n)).not.toContain('epoch-1.sealed')
    }
  },
)

test('of a key that has leaked nothing is left once the new one is made', patient, async () => {
  const all = await withKey()
  const share = all.person(1).keeper!.holder.current()!.share
  await rotated(all, 0n)
  for (const n of nodes) {
    expect(held(all, n)).toEqual([2n, undefined])
    expect(all.person(n).keeper?.holder.previous()).toBeUndefined()
    expect(files(all, n)).toEqual(['epoch-2.sealed'])
  }
  expect(share.every((byte) => byte === 0)).toBe(true)
})

test.each(['register', 'deal', 'complain', 'confirm'] as const)(
  'an order while the key is handed on, in phase %s, lets that end and makes a new key after it',
  patient,
  async (phase) => {
    const all = await withKey()
    const first = all.world.networkKey
    all.chain.name([1n, 2n, 3n, 4n], 3)
    await all.until(phase, () => all.world.sessions.get(2n)?.phase === phase)
    all.chain.rotate(5_000n)
    await all.until('epoch 2', () => all.isActive(2n))
    expect(all.world.networkKey).toEqual(first)
    await all.until('epoch 3', () => all.isActive(3n))
    await all.block()
    expect(all.world.networkKey).not.toEqual(first)
    for (const n of nodes) expect(held(all, n)).toEqual([3n, 2n])
  },
)

test(
  'a session of a new key that comes to nothing leaves the old key as it is, and the next one makes it',
  patient,
  async () => {
    const all = await withKey()
    const first = all.world.networkKey
    all.chain.rotate(5_000n)
    await all.until('its session', () => all.world.sessions.size === 2)
    for (const n of [2, 3, 4]) all.down(n)
    await all.until('its end', () => all.world.sessions.get(2n)?.phase === 'expired')
    expect(all.world.networkKey).toEqual(first)
    expect(all.world.olderKey).toBeUndefined()
    for (const n of [2, 3, 4]) all.up(n)
    await all.until('epoch 3', () => all.isActive(3n))
    await all.block()
    expect(all.world.networkKey).not.toEqual(first)
    for (const n of nodes) expect(held(all, n)).toEqual([3n, 1n])
  },
)
