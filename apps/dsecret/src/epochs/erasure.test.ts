// What is left of a key session once it is over: whoever takes machines afterwards, with the keys of their TEEs and all calldata.
import {
  checkDealing,
  lagrangeAtZero,
  openShare,
  ownShare,
  type SecretScalar,
} from '@wetee/threshold'
import { copiesOf, masked } from '@wetee/threshold/memory-scan'
import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { ChainBoards } from '../board/chain-board.ts'
import { placeOf } from '../session/place.ts'
import { EpochPeople } from '../testing/epoch-people.ts'
import { memoryView } from '../testing/memory-view.ts'
import { openDealings, plunder, scalarsIn, type Loot, type Recorded } from '../testing/plunder.ts'
import { nameOf } from './epoch-keys.ts'
import { OVERLAP_SECONDS } from './epoch-shares.ts'

let people: EpochPeople | undefined
afterEach(() => {
  people?.close()
  people = undefined
})

const nodes = [1, 2, 3, 4]

/** Four nodes that are named; `erases: false` takes erasing away from them. */
async function start({ erases = true } = {}): Promise<EpochPeople> {
  people = await EpochPeople.start(nodes.length)
  if (!erases) for (const { store } of people.people) store.removeSessionKey = () => undefined
  return people
}

async function makeEpoch(all: EpochPeople, epoch: bigint): Promise<void> {
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until(`epoch ${epoch}`, () => all.isActive(epoch))
  await all.block()
}

/** A session as anybody reads it from the chain for ever. */
async function recorded({ world, chain, group }: EpochPeople, number: bigint): Promise<Recorded> {
  const facts = world.sessions.get(number)!
  const old = world.confirmations.get(facts.dealersEpoch)!
  const previous = facts.dealersEpoch === facts.epoch ? undefined : nameOf(facts.dealersEpoch, old)
  const board = await new ChainBoards(memoryView(world)).read(facts, chain.head, previous)
  const { session } = placeOf(group, board, { account: new Uint8Array(20) }, undefined)!
  return { session, board }
}

/** Everything on the disks of these nodes, opened, and the shares that they hold in memory. */
async function takeAll(all: EpochPeople, some = nodes): Promise<Loot[]> {
  const loot: Loot[] = []
  for (const n of some) {
    const { stateDir, device, keeper } = all.person(n)
    loot.push(...(await plunder(stateDir, device)))
    for (const held of [keeper?.holder.current(), keeper?.holder.previous()])
      if (held !== undefined) loot.push({ where: `memory of node ${n}`, bytes: held.share })
  }
  return loot
}

test(
  'with everything that all nodes have afterwards no dealing in calldata can be opened',
  { timeout: 240_000 },
  async () => {
    const all = await start()
    await makeEpoch(all, 1n)
    const made = await recorded(all, 1n)
    expect(made.board.dealings.size).toBe(4)
    const after = scalarsIn(all.group, await takeAll(all))
    // What is looked for would be found: the shares that the nodes have are among the numbers.
    const { share } = all.person(1).keeper!.holder.current()!
    expect(after.some((scalar) => Buffer.compare(scalar, share) === 0)).toBe(true)
    expect(openDealings(all.group, made, after)).toEqual([])

    await makeEpoch(all, 2n)
    const handedOn = await recorded(all, 2n)
    all.chain.mine(Number(OVERLAP_SECONDS) + 1)
    await all.block()
    const later = scalarsIn(all.group, await takeAll(all))
    for (const session of [made, handedOn])
      expect(openDealings(all.group, session, later)).toEqual([])
  },
)

test(
  'nor while the next session runs, nor after one that expired',
  { timeout: 240_000 },
  async () => {
    const all = await start()
    await makeEpoch(all, 1n)
    all.chain.name([1n, 2n, 3n, 4n], 3)
    await all.until(
      'keys of the next',
      () => all.chain.taken.filter((c) => c === 'deal').length > 5,
    )
    for (const n of [3, 4]) all.down(n)
    await all.until('its end', () => all.world.sessions.get(2n)?.phase === 'expired')
    for (const n of [3, 4]) all.up(n)
    await all.block()
    const scalars = scalarsIn(all.group, await takeAll(all))
    expect(openDealings(all.group, await recorded(all, 1n), scalars)).toEqual([])
    const opened = openDealings(all.group, await recorded(all, 2n), scalars)
    // The old epoch goes on, so its shares are there: that each dealer dealt its own is all that they say.
    expect(opened.filter((what) => !/^a_[01] of dealer/.test(what))).toEqual([])
  },
)

test(
  'were the keys not erased, whoever takes t machines would have the key',
  { timeout: 240_000 },
  async () => {
    const all = await start({ erases: false })
    await makeEpoch(all, 1n)
    const { session, board } = await recorded(all, 1n)
    const { key } = all.person(1).keeper!.holder.current()!
    const taken = [1, 2, 4]
    const loot = (await takeAll(all, taken)).filter(({ where }) => !where.includes('epoch-'))
    const scalars = scalarsIn(all.group, loot)
    const opened = openDealings(all.group, { session, board }, scalars)
    for (const n of taken) expect(opened).toContain(`the key of member ${n}`)
    expect(opened).not.toContain('the key of member 3')
    const secretOf = (n: number): SecretScalar =>
      scalars.find((scalar) => {
        const point = String(all.group.multiplyBase(scalar))
        return point === String(session.members[n - 1]!.encryptionKey)
      })!
    const shares = taken.map((n) => {
      const dealt = new Map(
        [...board.dealings.keys()].map((dealer) => {
          const dealing = checkDealing(all.group, session, dealer, board.dealings.get(dealer)!)
          return [dealer, openShare(all.group, session, dealing, n, secretOf(n))!] as const
        }),
      )
      return ownShare(all.group, key, n, dealt, randomBytes)
    })
    const points = shares.map((share) => all.group.multiplyBase(share))
    expect(all.group.multiplyMany(points, lagrangeAtZero(taken))).toEqual(key.verificationKey)
  },
)

test.runIf(process.platform === 'linux')(
  'no copy of a session key is left in the memory of the process',
  { timeout: 240_000 },
  async () => {
    const all = await start()
    const needles: Buffer[] = []
    for (const { store } of all.people) {
      const write = store.writeSessionKey.bind(store)
      store.writeSessionKey = (session, secret) => {
        needles.push(masked(secret))
        return write(session, secret)
      }
    }
    all.chain.name([1n, 2n, 3n, 4n], 3)
    await all.until('four dealings', () => all.chain.taken.filter((c) => c === 'deal').length === 4)
    expect(needles).toHaveLength(4)
    // The control: the keys of the session that runs are found.
    expect(copiesOf(needles[0]!)).toBeGreaterThan(0)
    await all.until('epoch 1', () => all.isActive(1n))
    await all.block()
    expect(copiesOf(needles[0]!)).toBe(0)
  },
)
