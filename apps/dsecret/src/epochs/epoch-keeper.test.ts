// Nodes through the epochs on a chain in memory: the key is made, handed on, and survives crashes, lost files and full disks.
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { sameBytes } from '../session/place.ts'
import { EpochPeople } from '../testing/epoch-people.ts'
import { blockOf } from '../testing/memory-view.ts'
import { nameOf } from './epoch-keys.ts'
import { OVERLAP_SECONDS } from './epoch-shares.ts'

let people: EpochPeople | undefined
afterEach(() => {
  people?.close()
  people = undefined
})

async function start(size: number): Promise<EpochPeople> {
  people = await EpochPeople.start(size)
  return people
}

/** Four nodes with the key of epoch 1; `size` run. */
async function withKey(size = 4): Promise<EpochPeople> {
  const all = await start(size)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 1', () => all.isActive(1n))
  await all.block()
  return all
}

const sharesOf = (all: EpochPeople, n: number) => join(all.person(n).stateDir, 'shares')
const codesOf = (all: EpochPeople, n: number) =>
  all.person(n).keeper?.conditions.map(({ code }) => code)
const sessionFilesOf = (all: EpochPeople, n: number) => {
  const folder = join(all.person(n).stateDir, 'sessions')
  return existsSync(folder) ? readdirSync(folder) : []
}
const count = (all: EpochPeople, call: string) =>
  all.chain.taken.filter((taken) => taken === call).length
const heldBy = (all: EpochPeople, nodes: readonly number[]) => nodes.map((n) => all.heldBy(n))

test('four nodes make a key, and each holds the share that belongs to it', async () => {
  const all = await withKey()
  const { group, world } = all
  for (const n of [1, 2, 3, 4]) {
    const held = all.person(n).keeper?.holder.current()
    expect(held).toMatchObject({ epoch: 1n, index: n, threshold: 3 })
    const expected = held?.key.publicShares[n - 1]
    expect(sameBytes(group.multiplyBase(held!.share), expected!)).toBe(true)
    expect(Buffer.from(group.encode(held!.key.encryptionKey)).toString('hex')).toBe(
      world.networkKey?.Y.slice(2),
    )
    expect(codesOf(all, n)).toEqual([])
  }
  // One of each, though all four could have sent it.
  const { taken } = all.chain
  for (const call of ['open', 'confirm', 'activate'])
    expect(taken.filter((name) => name === call)).toHaveLength(1)
})

test('an epoch begins in the block of its confirmation, and a node that had not come so far is part of it all the same', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('dealings', () => all.world.sessions.get(1n)?.phase === 'complain')
  const behind = all.person(4)
  const { keeper } = behind
  behind.keeper = undefined
  await all.until('confirmed', () => all.world.confirmations.has(1n))
  expect(all.isActive(1n)).toBe(true)
  behind.keeper = keeper
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([1n, 1n, 1n, 1n])
  expect(codesOf(all, 4)).toEqual([])
  expect(behind.logged.join('\n')).not.toContain('share.restored-older')
})

test('nothing that is secret is logged, and no file shows a share', async () => {
  const all = await withKey()
  for (const n of [1, 2, 3, 4]) {
    const { logged, stateDir, keeper } = all.person(n)
    const share = Buffer.from(keeper!.holder.current()!.share)
    expect(logged.join('\n')).not.toContain(share.toString('hex'))
    for (const name of readdirSync(stateDir, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(sealed|db|json)|epochs\//.test(name)) continue
      const bytes = readFileSync(join(stateDir, name))
      expect(bytes.includes(share) || bytes.includes(share.toString('hex'))).toBe(false)
    }
  }
})

test('a node that crashes after any block, and starts again, is part of the same key', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  for (let block = 0; !all.isActive(1n); block++) {
    await all.block()
    all.up((block % 4) + 1)
    expect(block).toBeLessThan(40)
  }
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([1n, 1n, 1n, 1n])
})

test('all nodes may crash at once, after every third block, and hand the key on all the same', async () => {
  const all = await start(4)
  for (const epoch of [1n, 2n]) {
    all.chain.name([1n, 2n, 3n, 4n], 3)
    for (let block = 0; !all.isActive(epoch); block++) {
      await all.block()
      if (block % 3 === 2) for (const n of [1, 2, 3, 4]) all.up(n)
      expect(block).toBeLessThan(40)
    }
  }
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([2n, 2n, 2n, 2n])
})

test('another member takes over: the key stays, the shares do not, and old ones are erased in time', async () => {
  const all = await withKey(5)
  const before = all.person(1).keeper!.holder.current()!
  const key = all.world.networkKey
  all.chain.name([1n, 2n, 3n, 5n], 3)
  await all.until('epoch 2', () => all.isActive(2n))
  await all.block()
  expect(heldBy(all, [1, 2, 3, 5])).toEqual([2n, 2n, 2n, 2n])
  expect(all.world.networkKey).toEqual(key)
  expect(all.person(1).keeper?.holder.previous()?.epoch).toBe(1n)
  expect(before.share.some((byte) => byte !== 0)).toBe(true)
  expect(codesOf(all, 4)).toEqual(['node.not-seated'])
  all.chain.mine(Number(OVERLAP_SECONDS) + 1)
  await all.block()
  expect(before.share.every((byte) => byte === 0)).toBe(true)
  expect(all.person(1).keeper?.holder.previous()).toBeUndefined()
  expect(all.person(4).keeper?.holder.previous()).toBeUndefined()
  for (const n of [1, 2, 3, 5]) expect(readdirSync(sharesOf(all, n))).toEqual(['epoch-2.sealed'])
  expect(readdirSync(sharesOf(all, 4))).toEqual([])
})

test('within the overlap a restart finds both shares again', async () => {
  const all = await withKey()
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 2', () => all.isActive(2n))
  await all.block()
  all.up(2)
  await all.block()
  const holder = all.person(2).keeper?.holder
  expect([holder?.current()?.epoch, holder?.previous()?.epoch]).toEqual([2n, 1n])
})

test('a node that is down while the others register gets no share, says so, and has one in the next epoch', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('a session', () => all.world.sessions.size === 1)
  all.down(1)
  await all.until('epoch 1', () => all.isActive(1n))
  all.up(1)
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([undefined, 1n, 1n, 1n])
  expect(codesOf(all, 1)).toContain('share.restored-older')
  expect(sessionFilesOf(all, 1)).toEqual([])
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 2', () => all.isActive(2n))
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([2n, 2n, 2n, 2n])
  expect(codesOf(all, 1)).toEqual([])
})

test('a node that is down once it has registered stops nothing, and has its share once it is back', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('four keys', () => count(all, 'register') === 4)
  all.down(1)
  await all.until('epoch 1', () => all.isActive(1n))
  await all.block()
  expect(heldBy(all, [2, 3, 4])).toEqual([1n, 1n, 1n])
  expect(sessionFilesOf(all, 1)).toEqual(['1.sealed'])
  all.up(1)
  await all.block()
  expect(all.heldBy(1)).toBe(1n)
  await all.block()
  expect(sessionFilesOf(all, 1)).toEqual([])
})

test('a key that still owes its node a share outlives the opening of the next session, and no other does', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('four keys', () => count(all, 'register') === 4)
  all.down(1)
  await all.until('epoch 1', () => all.isActive(1n))
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('four more', () => count(all, 'register') === 7)
  // Its RPC has no history for a while.
  const history = new Map(all.world.calldata)
  all.world.calldata.clear()
  all.up(1)
  await all.block()
  expect(sessionFilesOf(all, 1)).toContain('1.sealed')
  for (const [hash, data] of history) all.world.calldata.set(hash, data)
  await all.until('its share', () => all.heldBy(1) === 1n)
  await all.block()
  expect(sessionFilesOf(all, 1)).not.toContain('1.sealed')
})

test('a dealer who is silent after its dealing is part of the key all the same', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('four dealings', () => count(all, 'deal') === 4)
  all.down(4)
  await all.until('epoch 1', () => all.isActive(1n))
  expect(all.chain.taken.filter((call) => call === 'reveal')).toHaveLength(3)
  expect(all.chain.taken).toContain('recover')
  all.up(4)
  await all.block()
  expect(all.heldBy(4)).toBe(1n)
})

test('with too few alive the session expires and nothing else breaks; it goes on by itself when they are back', async () => {
  const all = await withKey()
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('a session', () => all.world.sessions.size === 2)
  all.down(3)
  all.down(4)
  await all.until('the end', () => all.world.sessions.get(2n)?.phase === 'expired')
  await all.block()
  expect(heldBy(all, [1, 2])).toEqual([1n, 1n])
  expect(all.isActive(1n)).toBe(true)
  expect(codesOf(all, 1)).not.toEqual([])
  all.up(3)
  all.up(4)
  await all.until('the next epoch', () => all.isActive(3n), 120)
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([3n, 3n, 3n, 3n])
  expect(codesOf(all, 1)).toEqual([])
})

test('an old backup of the state folder is noticed; what was dealt to the node cannot be opened again', async () => {
  const all = await withKey()
  const { stateDir } = all.person(2)
  cpSync(stateDir, `${stateDir}-backup`, { recursive: true })
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 2', () => all.isActive(2n))
  await all.block()
  all.down(2)
  rmSync(stateDir, { recursive: true })
  renameSync(`${stateDir}-backup`, stateDir)
  all.up(2)
  await all.block()
  expect(all.person(2).logged.join('\n')).toContain('share.restored-older')
  expect(all.heldBy(2)).toBeUndefined()
  expect(codesOf(all, 2)).toContain('share.restored-older')
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 3', () => all.isActive(3n))
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([3n, 3n, 3n, 3n])
  expect(codesOf(all, 2)).toEqual([])
})

test.each([
  ['changed', (file: string) => writeFileSync(file, flipped(readFileSync(file)))],
  ['cut', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 20))],
  [
    "another epoch's, renamed",
    (file: string) => renameSync(file.replace('epoch-2', 'epoch-1'), file),
  ],
])(
  'a share file that is %s is never used: the node says so and releases nothing until the next epoch',
  async (_, spoil) => {
    const all = await withKey()
    all.chain.name([1n, 2n, 3n, 4n], 3)
    await all.until('epoch 2', () => all.isActive(2n))
    await all.block()
    all.down(3)
    spoil(join(sharesOf(all, 3), 'epoch-2.sealed'))
    all.up(3)
    await all.block()
    expect(all.heldBy(3)).toBeUndefined()
    expect(codesOf(all, 3)?.length).toBeGreaterThan(0)
    expect(all.person(3).logged.join('\n')).toContain('share.unreadable')
    all.chain.name([1n, 2n, 3n, 4n], 3)
    await all.until('epoch 3', () => all.isActive(3n))
    await all.block()
    expect(heldBy(all, [1, 2, 3, 4])).toEqual([3n, 3n, 3n, 3n])
    expect(codesOf(all, 3)).toEqual([])
  },
)

test('a full disk: nothing is signed without a share on it, and the others go on', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('four dealings', () => count(all, 'deal') === 4)
  all.person(2).disk = {
    write: () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    },
  }
  await all.until('epoch 1', () => all.isActive(1n))
  await expect(all.person(2).confirmer!.sign(1n)).rejects.toThrow(
    expect.objectContaining({ code: 'session.not-final', status: 409 }),
  )
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([1n, undefined, 1n, 1n])
  expect(codesOf(all, 2)).toContain('state.disk-full')
  all.person(2).disk = undefined
  await all.until('room on the disk', () => all.heldBy(2) === 1n, 10)
})

test('a disk that is full from the beginning registers no key, and so deals nothing', async () => {
  const all = await start(4)
  const full = () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  all.person(2).disk = { write: full }
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 1', () => all.isActive(1n))
  expect([count(all, 'register'), count(all, 'deal')]).toEqual([3, 3])
})

test('a view that is more than 5 minutes old opens, signs, sends and erases nothing', async () => {
  const all = await start(4)
  all.chain.name([1n, 2n, 3n, 4n], 3)
  all.viewAgeMs = 300_001
  for (let block = 0; block < 10; block++) await all.block()
  expect(all.chain.taken).toEqual([])
  const { head } = all.chain
  const round = all.person(1).keeper!.round(head)
  await expect(round).rejects.toMatchObject({ code: 'view.stale', retryable: true })
  all.viewAgeMs = 300_000
  await all.until('epoch 1', () => all.isActive(1n))
  await all.block()
  const session = all.world.confirmations.get(1n)!.session
  const confirmation = () => all.person(1).confirmer!.sign(session)
  expect((await confirmation()).epoch).toBe(1n)
  all.viewAgeMs = 300_001
  await expect(confirmation()).rejects.toMatchObject({ code: 'view.stale' })
  const { share } = all.person(1).keeper!.holder.current()!
  all.world.head += 10n * OVERLAP_SECONDS
  await all.block()
  expect(share.some((byte) => byte !== 0)).toBe(true)
})

test('what was signed otherwise before is not signed again', async () => {
  const all = await start(4)
  const db = new DatabaseSync(join(all.person(3).stateDir, 'signed.db'))
  db.exec("INSERT INTO signed VALUES ('message deal/1/3/0', 'another', 9000000000000)")
  db.close()
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 1', () => all.isActive(1n))
  expect(all.chain.taken.filter((call) => call === 'deal')).toHaveLength(3)
  expect(all.person(3).logged.join('\n')).toContain('statement.conflict')
})

test('a node that has confirmed another result of an epoch before confirms none', async () => {
  const all = await start(4)
  const db = new DatabaseSync(join(all.person(3).stateDir, 'signed.db'))
  db.exec("INSERT INTO signed VALUES ('confirmed epoch 1', 'another', 9000000000000)")
  db.close()
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 1', () => all.isActive(1n))
  await expect(all.person(3).confirmer!.sign(1n)).rejects.toThrow(
    expect.objectContaining({ code: 'statement.conflict' }),
  )
})

test('a share that is sealed as it should be and does not belong to the public key is not used', async () => {
  const all = await withKey()
  const { store } = all.person(2)
  const name = nameOf(1n, all.world.confirmations.get(1n)!)
  const other = await all.person(3).store.readShare(name)
  if (other === undefined || other === 'unreadable') throw new Error('node 3 has a share')
  await store.writeShare(name, { index: 2, share: other.share })
  all.up(2)
  await all.block()
  expect(heldBy(all, [1, 2, 3, 4])).toEqual([1n, undefined, 1n, 1n])
  expect(codesOf(all, 2)).toEqual(['share.unreadable'])
})

test('a peer with another public part is not believed, one with the right one is', async () => {
  const all = await withKey(5)
  const confirmation = all.world.confirmations.get(1n)!
  const right = all.person(1).keys!.document(nameOf(1n, confirmation))
  const lie = JSON.parse(right) as { publicShares: string[] }
  lie.publicShares.reverse()
  for (const n of [1, 2, 3]) all.person(n).liesAs = { epoch: () => Promise.resolve(lie) }
  const name = nameOf(1n, confirmation)
  const found = await all.person(5).keys!.find(name, all.world.head)
  expect(all.person(5).keys!.document(name)).toBe(right)
  expect(found?.publicShares).toHaveLength(4)
})

test('whoever asks for an epoch that is about to be known gets it as soon as it is, or is let go', async () => {
  const all = await withKey(5)
  const name = nameOf(1n, all.world.confirmations.get(1n)!)
  const keys = all.person(5).keys!
  const gone = new AbortController()
  const letGo = keys.settled(name, gone.signal)
  const given = keys.settled(name, new AbortController().signal).then(() => keys.document(name))
  gone.abort()
  await letGo
  expect(() => keys.document(name)).toThrow(expect.objectContaining({ code: 'epoch.not-here' }))
  await keys.find(name, all.world.head)
  expect(await given).toBe(all.person(1).keys!.document(name))
})

test('a signature of another result is not counted, and does not stop the others', async () => {
  const all = await start(4)
  // Of one whose signature would be among the first three.
  const wrong = { epoch: 1n, expiry: 2n ** 40n, member: 1, signature: `0x${'11'.repeat(65)}` }
  all.person(2).liesAs = { confirmation: () => Promise.resolve(wrong as never) }
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('epoch 1', () => all.isActive(1n))
  const committee = { epoch: 1n, threshold: 3, members: [1n, 2n, 3n, 4n] }
  const head = blockOf(all.world, all.world.head)
  const call = await all.person(1).confirmer!.collect(committee, 1n, head)
  expect(call).toMatchObject({ call: 'confirm', signed: { bitmap: 0b1101n } })
})

test('the key of a session is gone from the disk once the session is over, confirmed or expired', async () => {
  const all = await withKey()
  for (const n of [1, 2, 3, 4]) expect(sessionFilesOf(all, n)).toEqual([])
  all.chain.name([1n, 2n, 3n, 4n], 3)
  await all.until('four keys', () => count(all, 'register') === 8)
  expect(sessionFilesOf(all, 1)).toEqual(['2.sealed'])
  all.down(3)
  all.down(4)
  await all.until('the end', () => all.world.sessions.get(2n)?.phase === 'expired')
  await all.block()
  expect(sessionFilesOf(all, 1)).toEqual([])
  // Whoever comes back later erases it as well.
  expect(sessionFilesOf(all, 4)).toEqual(['2.sealed'])
  all.up(4)
  await all.block()
  expect(sessionFilesOf(all, 4)).not.toContain('2.sealed')
})

test('a node that joins later is asked for nothing, and says that it is not seated', async () => {
  const all = await withKey(5)
  expect(codesOf(all, 5)).toEqual(['node.not-seated'])
  expect(all.heldBy(5)).toBeUndefined()
})

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[40] = (copy[40] ?? 0) ^ 1
  return copy
}
