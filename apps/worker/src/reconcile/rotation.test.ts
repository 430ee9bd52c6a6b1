// A new key of the network beside the old one, and what becomes of instances of the old one at its end.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appScope } from '../condition/condition.ts'
import {
  agents,
  chain,
  podId,
  serving,
  startWorker,
  stateDir,
  useReconcileBench,
} from '../testing/reconcile-bench.ts'

useReconcileBench()

const points = (byte: string) =>
  ({ Y: `0x02${byte.repeat(32)}`, S: `0x03${byte.repeat(32)}` }) as const
/** The version of the bench was created in block 1. */
const first = { ...points('11'), number: 1, madeBlock: 0n, lastEpoch: 0n, endsAt: 0n }
const older = { ...first, lastEpoch: 1n, endsAt: 1_800_000_000n }
const second = { ...points('22'), number: 2, madeBlock: 50n, lastEpoch: 0n, endsAt: 0n }

const launchedUnder = () => {
  const text = readFileSync(join(stateDir, 'instances', podId(1), 'run', 'launch.json'), 'utf8')
  return (JSON.parse(text) as { networkKey: unknown }).networkKey
}

test('a version of before goes on under the older key while that lives, and its owner is told of the end', async () => {
  chain.keys = [first]
  const worker = await startWorker()
  await worker.until(serving(worker))
  const agent = agents.get(podId(1))
  expect(worker.codes()).not.toContain('network-key.ends')
  chain.keys = [older, second]
  for (let round = 0; round < 5; round++) await worker.reconciler.reconcile(7n)
  expect(agents.get(podId(1))).toBe(agent)
  expect(launchedUnder()).toEqual(points('11'))
  const told = worker.board.list(appScope(7n)).find(({ code }) => code === 'network-key.ends')
  expect(told?.text).toContain('key 1 of the network, which ends at 2027-01-15T08:00:00Z')
})

test('what still runs under a key is started anew under the newer one at its end, and nothing is told any more', async () => {
  chain.keys = [older, second]
  const worker = await startWorker()
  await worker.until(serving(worker))
  const agent = agents.get(podId(1))
  expect(launchedUnder()).toEqual(points('11'))
  chain.keys = [second]
  await worker.until(() => agents.get(podId(1)) !== agent && serving(worker)())
  expect(launchedUnder()).toEqual(points('22'))
  expect(worker.codes()).not.toContain('network-key.ends')
})
