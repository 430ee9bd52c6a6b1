// The doctor: each thing that can be wrong has its finding, and one broken part hides no other.
import { trustStoreDigest } from '@wetee/attestation'
import { expect, test } from 'vitest'
import { doctor } from './doctor.ts'
import {
  emptyWorld,
  genesisSeconds,
  jsonAnswer,
  memoryNetwork,
  testOwner,
  testRootDer,
  testWorker,
  type Answers,
  type World,
} from './testing/memory-network.ts'

const tlsKey = `0x${'77'.repeat(32)}` as const
const nowMs = Number(genesisSeconds + 102n) * 1000
const workerUrl = 'http://worker-1.test/v1/worker'
const up: Answers = {
  [workerUrl]: jsonAnswer({ workerId: '1', endpoint: 'x', runtime: 'docker', simulated: true }),
  ...Object.fromEntries(
    [1, 2, 3].map((n) => [`https://node-${n}.test/v1/node`, jsonAnswer({}, tlsKey)]),
  ),
}
function world(): World {
  const made = emptyWorld()
  made.facts = { ...made.facts, trustStoreDigest: trustStoreDigest([testRootDer]) }
  made.workers = [testWorker(1n)]
  made.nodes = [1n, 2n, 3n].map((nodeId) => ({
    nodeId,
    owner: testOwner,
    operator: testOwner,
    status: 'active',
    stakeWei: 1n,
    statementKey: testOwner,
    endpoint: `https://node-${nodeId}.test`,
    tlsKeyHash: tlsKey,
  }))
  made.committee = { epoch: 1n, members: [1n, 2n, 3n], threshold: 2 }
  for (const machine of ['1/1', '2/1', '2/2', '2/3'])
    made.proofs.set(machine, genesisSeconds + 500n)
  made.balances.set(testOwner, 10n ** 18n)
  return made
}
async function codes(made: World, answers: Answers = up, more: object = {}) {
  const findings = await doctor(memoryNetwork(made, answers), {
    nowMs,
    nodeVersion: '24.21.0',
    ...more,
  })
  for (const finding of findings)
    if (finding.severity !== 'ok') expect(finding.remedy, finding.code).not.toBe('')
  return Object.fromEntries(findings.map((finding) => [finding.code, finding.severity]))
}

test('a healthy simulated network has one warning: that it is simulated', async () => {
  expect(await codes(world())).toEqual({
    'network.simulated': 'warning',
    'node.version': 'ok',
    'chain.reachable': 'ok',
    'chain.finality-lag': 'ok',
    'network.roots': 'ok',
    'dsecret.reachable': 'ok',
    'worker.healthy': 'ok',
    'account.balance': 'ok',
  })
})

test.each<[string, (w: World) => Answers, object, Record<string, string>]>([
  ['the chain is down', (w) => ((w.reachable = false), up), {}, { 'chain.unreachable': 'error' }],
  [
    'finality stands still',
    () => up,
    { nowMs: nowMs + 400_000 },
    { 'chain.finality-lag': 'error' },
  ],
  ['the clock is wrong', () => up, { nowMs: nowMs - 400_000 }, { 'clock.wrong': 'error' }],
  ['Node is old', () => up, { nodeVersion: '20.18.3' }, { 'node.version': 'error' }],
  [
    'the roots are not those on chain',
    (w) => ((w.facts = { ...w.facts, trustStoreDigest: `0x${'11'.repeat(32)}` }), up),
    {},
    { 'network.roots': 'error', 'worker.healthy': 'ok' },
  ],
  [
    'one dsecret node is away',
    () => ({ ...up, 'https://node-3.test/v1/node': { status: 500, body: new Uint8Array() } }),
    {},
    { 'dsecret.degraded': 'warning' },
  ],
  [
    'a dsecret node has another TLS key',
    () => ({ ...up, 'https://node-3.test/v1/node': jsonAnswer({}, `0x${'66'.repeat(32)}`) }),
    {},
    { 'dsecret.degraded': 'warning' },
  ],
  [
    'two of three dsecret nodes are unproven',
    (w) => (w.proofs.delete('2/1'), w.proofs.delete('2/2'), up),
    {},
    { 'dsecret.no-quorum': 'error' },
  ],
  ['there is no worker', (w) => ((w.workers = []), up), {}, { 'workers.none': 'error' }],
  [
    'the worker does not answer',
    () => ({ ...up, [workerUrl]: { status: 500, body: new Uint8Array() } }),
    {},
    { 'worker.answer-invalid': 'warning' },
  ],
  [
    'the account is empty',
    (w) => (w.balances.clear(), up),
    {},
    { 'account.balance-low': 'warning' },
  ],
])('when %s, it says so', async (_what, change, more, expected) => {
  const made = world()
  const answers = change(made)
  expect(await codes(made, answers, more)).toMatchObject(expected)
})

test('without an account it says how to get one', async () => {
  const findings = await doctor(memoryNetwork(world(), up, false), { nowMs })
  expect(findings.at(-1)).toMatchObject({ code: 'account.none', severity: 'warning' })
})
