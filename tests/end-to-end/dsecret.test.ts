// Nodes as processes make the network's key on a local chain, are killed in every phase, are too few, hand the key on, and make another one.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { waitFor } from '@wetee/daemon'
import type { SessionPhase } from '@wetee/sdk'
import { EpochNetwork, patientWindows } from './testing/epoch-network.ts'

let network: EpochNetwork
beforeAll(async () => {
  network = await EpochNetwork.start(5)
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 4n], 3])
  for (const n of [1, 2, 3, 4]) await network.prove(n, [1, 2, 3], 1n)
  await network.mine()
})
beforeEach(() => {
  onTestFailed(() => void process.stderr.write(`${network.logs()}\n`))
})
afterAll(() => network.close())

type Epoch = {
  epoch: string
  threshold: number
  encryptionKey: string
  verificationKey: string
  publicShares: string[]
}

const until = <T>(what: string, look: () => Promise<T>, everyMs = 250, timeoutMs = 120_000) =>
  waitFor(look, {
    ...{ signal: AbortSignal.timeout(timeoutMs + 10_000), timeoutMs, everyMs, what },
  })
const activeEpoch = async () => Number(await network.read('quorum', 'activeEpoch'))
const networkKey = () => network.read('keys', 'networkKey')
const epochOf = async (n: number) =>
  (await network.ask(n, '/v1/epochs/active'))?.json as Epoch | undefined
const askKey = (n: number, of: Epoch | undefined) =>
  network.ask(n, `/v1/epochs/${of?.verificationKey}`)
const ofKey = async (n: number, of: Epoch | undefined) => (await askKey(n, of))?.json
const untilHeld = (nodes: readonly number[], epoch: number) =>
  until(`shares of epoch ${epoch}`, async () => {
    const held = await Promise.all(nodes.map((n) => network.heldBy(n)))
    return held.every((one) => one === epoch)
  })
const conditionsOf = async (n: number) => {
  const health = (await network.ask(n, '/health'))?.json as
    | { conditions: { code: string }[] }
    | undefined
  return health?.conditions.map(({ code }) => code) ?? []
}

/** Kills one node in each phase of session `number` and starts it again at once; resolves when the session is confirmed. */
async function killInEachPhase(
  number: bigint,
  victims: Readonly<Partial<Record<SessionPhase, number>>>,
): Promise<void> {
  const left = new Map(Object.entries(victims))
  await until(
    `session ${number}`,
    async () => {
      const session = await network.session()
      if (session.number !== number) return false
      const victim = left.get(session.phase)
      if (victim !== undefined) {
        left.delete(session.phase)
        await network.kill(victim)
        network.run(victim)
      }
      return session.phase === 'confirmed'
    },
    100,
  )
  expect([...left.keys()]).toEqual([])
}

let made: Epoch | undefined

test('four nodes make a key, though every one of them is killed, each in another phase', async () => {
  for (const n of [1, 2, 3, 4]) network.run(n)
  await killInEachPhase(1n, { register: 4, deal: 1, complain: 2, reveal: 3, recover: 4 })
  await until('epoch 1', async () => (await activeEpoch()) === 1)
  await untilHeld([1, 2, 3, 4], 1)
  const told = await Promise.all([1, 2, 3, 4].map(epochOf))
  expect(new Set(told.map((epoch) => JSON.stringify(epoch))).size).toBe(1)
  made = told[0]
  expect(made).toMatchObject({ epoch: '1', threshold: 3 })
  expect(await networkKey()).toEqual([made?.encryptionKey, made?.verificationKey])
})

test('another member takes over, with kills in each phase: the key stays the same, the shares do not', async () => {
  network.run(5)
  await network.prove(5, [1, 2, 3], 1n)
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 5n], 3])
  await killInEachPhase(2n, { register: 2, deal: 3, complain: 5, confirm: 1 })
  await until('epoch 2', async () => (await activeEpoch()) === 2)
  await untilHeld([1, 2, 3, 5], 2)
  const next = await epochOf(5)
  expect(next).toMatchObject({
    ...{ epoch: '2', threshold: 3 },
    ...{ encryptionKey: made?.encryptionKey, verificationKey: made?.verificationKey },
  })
  for (const share of next?.publicShares ?? []) expect(made?.publicShares).not.toContain(share)
})

/** Nobody waits long for nodes that stay away; those that are there answer in time on a busy machine. */
const impatientWindows = {
  ...patientWindows,
  registerSeconds: 20,
  dealSeconds: 20,
  revealSeconds: 20,
}

test('as many as the threshold are enough: the key is handed on without a node that is dead, which gets a share in the next epoch', async () => {
  await network.setWindows(impatientWindows)
  await network.kill(5)
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 5n], 3])
  await until('the next epoch', async () => (await activeEpoch()) > 2)
  const epoch = await activeEpoch()
  await untilHeld([1, 2, 3], epoch)
  network.run(5)
  await until('a node that says so', async () =>
    (await conditionsOf(5)).includes('share.restored-older'),
  )
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 5n], 3])
  await until('the epoch after', async () => (await activeEpoch()) > epoch)
  await untilHeld([1, 2, 3, 5], epoch + 1)
  expect(await networkKey()).toEqual([made?.encryptionKey, made?.verificationKey])
})

test('fewer than the threshold: the session ends with nothing, the epoch before goes on; it is made up for by itself when they are back', async () => {
  const before = await activeEpoch()
  const { number } = await network.session()
  await network.kill(3)
  await network.kill(5)
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 5n], 3])
  await until('a session without result', async () => {
    const session = await network.session()
    return session.number > number && session.phase === 'expired'
  })
  await until('nodes that say so', async () => {
    const all = await Promise.all([1, 2].map(conditionsOf))
    return all.every((codes) => codes.includes('session.expired'))
  })
  expect(await activeEpoch()).toBe(before)
  for (const n of [1, 2]) {
    expect(await epochOf(n)).toMatchObject({ epoch: String(before) })
    expect(await network.heldBy(n)).toBe(before)
  }
  network.run(3)
  network.run(5)
  await until('the next epoch', async () => (await activeEpoch()) > before)
  await untilHeld([1, 2, 3, 5], await activeEpoch())
  expect(await networkKey()).toEqual([made?.encryptionKey, made?.verificationKey])
})

test('a share file that was changed is not used, nor made again: its key in the session is erased; put back it is', async () => {
  const epoch = await activeEpoch()
  const file = join(network.stateDir(3), 'shares', `epoch-${epoch}.sealed`)
  const whole = readFileSync(file)
  await network.kill(3)
  const changed = Buffer.from(whole)
  changed[40] = (changed[40] ?? 0) ^ 1
  writeFileSync(file, changed)
  network.run(3)
  await until('a node that says so', async () =>
    (await conditionsOf(3)).includes('share.unreadable'),
  )
  expect(await network.heldBy(3)).toBeUndefined()
  for (const n of [1, 2, 3, 5])
    expect(readdirSync(join(network.stateDir(n), 'sessions'))).toEqual([])
  await network.kill(3)
  writeFileSync(file, whole)
  network.run(3)
  await untilHeld([3], epoch)
})

test('a new key: the older one stays with the members of its last epoch, over a restart and another committee, until its end erases every share of it', async () => {
  const last = await activeEpoch()
  const older = await epochOf(1)
  await network.send('keys', 'rotate', [3_600n])
  await until('the epoch of the new key', async () => (await activeEpoch()) > last)
  await untilHeld([1, 2, 3, 5], await activeEpoch())
  const newer = await epochOf(1)
  expect(newer?.verificationKey).not.toBe(older?.verificationKey)
  expect(await networkKey()).toEqual([newer?.encryptionKey, newer?.verificationKey])

  const made = await activeEpoch()
  await network.kill(2)
  network.run(2)
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 4n], 3])
  await until('the committee after', async () => (await activeEpoch()) > made)
  const now = await activeEpoch()
  await untilHeld([1, 2, 3, 4], now)
  const held = (n: number) => readdirSync(join(network.stateDir(n), 'shares'))
  const ofFrozen = `epoch-${last}.sealed`
  for (const n of [1, 2, 3, 5]) expect(held(n)).toContain(ofFrozen)
  for (const n of [1, 2, 3]) {
    expect(await ofKey(n, older)).toMatchObject({ epoch: String(last), threshold: 3 })
    expect(await ofKey(n, newer)).toMatchObject({ epoch: String(now) })
  }

  await network.send('keys', 'endKey', [1])
  await until('shares that are erased', () =>
    Promise.resolve([1, 2, 3, 5].every((n) => !held(n).includes(ofFrozen))),
  )
  for (const n of [1, 2, 3]) expect((await askKey(n, older))?.status).toBe(404)
  expect(await ofKey(1, newer)).toMatchObject({ epoch: String(now) })
})

test("no node's long-term secret is in a log or a file, in whatever writing", () => {
  const names = readdirSync(network.folder, { recursive: true, encoding: 'utf8' })
  const files = names
    .map((name) => join(network.folder, name))
    .filter((path) => statSync(path).isFile())
  expect(files.some((path) => path.endsWith('.sealed'))).toBe(true)
  expect(files.some((path) => path.endsWith('.log'))).toBe(true)
  const writings = network
    .secretKeys()
    .map((key) => Buffer.from(key))
    .flatMap((key) => [
      key,
      Buffer.from(key.toString('hex')),
      Buffer.from(key.toString('base64').slice(0, 40)),
      Buffer.from(BigInt(`0x${key.toString('hex')}`).toString()),
    ])
  for (const path of files) {
    const bytes = readFileSync(path)
    expect(
      writings.some((writing) => bytes.includes(writing)),
      path,
    ).toBe(false)
  }
})
