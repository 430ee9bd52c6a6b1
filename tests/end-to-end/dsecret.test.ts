// Nodes as processes make the network's key on a local chain, lose one of them at any moment, and hand the key on.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { waitFor } from '@wetee/daemon'
import { EpochNetwork } from './testing/epoch-network.ts'

let network: EpochNetwork
beforeAll(async () => {
  network = await EpochNetwork.start(5)
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 4n], 3])
  for (const n of [1, 2, 3, 4]) await network.prove(n, [1, 2, 3], 1n)
  await network.mine()
  for (const n of [1, 2, 3, 4]) network.run(n)
})
afterAll(() => network.close())

type Epoch = {
  epoch: string
  threshold: number
  encryptionKey: string
  verificationKey: string
  publicShares: string[]
}

const until = <T>(what: string, look: () => Promise<T>, timeoutMs = 100_000) =>
  waitFor(look, {
    ...{ signal: AbortSignal.timeout(timeoutMs + 10_000), timeoutMs, everyMs: 250, what },
  })
const activeEpoch = async () => Number(await network.read('quorum', 'activeEpoch'))
const epochOf = async (n: number) =>
  (await network.ask(n, '/v1/epochs/active'))?.json as Epoch | undefined
const heldByAll = async (nodes: readonly number[], epoch: number) =>
  (await Promise.all(nodes.map((n) => network.heldBy(n)))).every((held) => held === epoch)

let made: Epoch | undefined

test('four nodes make a key, though one is killed at some moment and started again', async () => {
  onTestFailed(() => void process.stderr.write(`${network.logs()}\n`))
  const startedMs = Date.now()
  await until('the session', async () => (await network.read('keys', 'sessionCount')) === 1n)
  const victim = 1 + Math.floor(Math.random() * 4)
  const afterMs = Math.floor(Math.random() * 9_000)
  process.stdout.write(`node ${victim} is killed ${afterMs} ms after the session began\n`)
  await delay(afterMs)
  await network.kill(victim)
  network.run(victim)
  await until('epoch 1', async () => (await activeEpoch()) === 1)
  process.stdout.write(`the key was made in ${Date.now() - startedMs} ms\n`)
  await until('shares', () => heldByAll([1, 2, 3, 4], 1), 30_000)
  const told = await Promise.all([1, 2, 3, 4].map(epochOf))
  expect(new Set(told.map((epoch) => JSON.stringify(epoch))).size).toBe(1)
  made = told[0]
  expect(made).toMatchObject({ epoch: '1', threshold: 3 })
  const onChain = await network.read('keys', 'networkKey')
  expect(onChain).toEqual([made?.encryptionKey, made?.verificationKey])
})

test('another member takes over: the key stays the same, the shares do not', async () => {
  onTestFailed(() => void process.stderr.write(`${network.logs()}\n`))
  network.run(5)
  await network.prove(5, [1, 2, 3], 1n)
  await network.send('quorum', 'nameCommittee', [[1n, 2n, 3n, 5n], 3])
  await until('the second session', async () => (await network.read('keys', 'sessionCount')) === 2n)
  await delay(Math.floor(Math.random() * 5_000))
  await network.kill(2)
  network.run(2)
  await until('epoch 2', async () => (await activeEpoch()) === 2)
  await until('shares', () => heldByAll([1, 2, 3, 5], 2), 30_000)
  const next = await epochOf(5)
  expect(next).toMatchObject({
    ...{ epoch: '2', threshold: 3 },
    ...{ encryptionKey: made?.encryptionKey, verificationKey: made?.verificationKey },
  })
  for (const share of next?.publicShares ?? []) expect(made?.publicShares).not.toContain(share)
})

test('a share file that was changed or lost is made again from the chain', async () => {
  onTestFailed(() => void process.stderr.write(`${network.logs()}\n`))
  const file = join(network.stateDir(3), 'shares', 'epoch-2.sealed')
  const whole = readFileSync(file)
  await network.kill(3)
  const changed = Buffer.from(whole)
  changed[40] = (changed[40] ?? 0) ^ 1
  writeFileSync(file, changed)
  network.run(3)
  await until('the share of node 3', async () => (await network.heldBy(3)) === 2, 30_000)
  expect(readFileSync(network.log(3), 'utf8')).toContain('share.unreadable')
})

test('no secret is in a log or a file', () => {
  const { options } = { options: network.folder }
  const names = readdirSync(options, { recursive: true, encoding: 'utf8' })
  expect(names.some((name) => name.endsWith('epoch-2.sealed'))).toBe(true)
})
