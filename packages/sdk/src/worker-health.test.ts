// Health of a worker for its provider: each lack is found, with what a provider does about it.
import { expect, test } from 'vitest'
import {
  emptyWorld,
  genesisSeconds,
  jsonAnswer,
  memoryNetwork,
  testOperator,
  testOwner,
  testWorker,
  zeroDigest,
} from './testing/memory-network.ts'
import { workerFindings } from './worker-health.ts'

const dot = 10n ** 18n
const now = genesisSeconds + 100n
const answers = {
  'http://worker-3.test/v1/worker': jsonAnswer({ workerId: '3', endpoint: '', runtime: 'sandbox' }),
}
const complaint = {
  ...{ appId: 7n, workerId: 3n, version: 1, status: 1, complainant: testOwner, filedAt: now },
  ...{ answeredAt: 0n, bondWei: dot, claimedWei: dot, lockedBondedWei: dot },
  ...{ lockedUnbondingWei: 0n, answerBy: now + 60n, decideBy: now + 600n },
  ...{ evidenceDigest: zeroDigest, answerDigest: zeroDigest },
}

type Setting = {
  proven?: boolean
  balanceWei?: bigint
  bondedWei?: bigint
  complaints?: readonly object[]
  reached?: boolean
  worker?: Parameters<typeof testWorker>[1]
}

function look(setting: Setting) {
  const world = emptyWorld()
  if (setting.proven !== false) world.proofs.set('1/3', now + 60n)
  world.balances.set(testOperator, setting.balanceWei ?? dot)
  world.views.set('complaints.complaints(1,100)', setting.complaints ?? [])
  const stake = {
    ...{ bondedWei: setting.bondedWei ?? dot, requiredWei: dot, freeWei: 0n },
    ...{ unbondingWei: 0n, lockedWei: 0n, availableAt: 0n },
  }
  return workerFindings(memoryNetwork(world, setting.reached === false ? {} : answers), {
    ...testWorker(3n, setting.worker),
    ...{ provenUntil: 0n, stake, apps: [] },
  })
}
const found = async (setting: Setting = {}) =>
  (await look(setting)).filter(({ severity }) => severity !== 'ok').map(({ code }) => code)

test('a worker that is proven, answers, is staked and paid for needs nothing', async () => {
  expect(await found()).toEqual([])
})

test.each([
  ['its machine is not proven', { proven: false }, 'worker.unproven'],
  ['it does not answer', { reached: false }, 'worker.unreachable'],
  ['it is closed', { worker: { open: false } }, 'worker.closed'],
  ['its stake is too low by one wei', { bondedWei: dot - 1n }, 'stake.below-required'],
  ['its operator runs out of gas', { balanceWei: dot / 10n - 1n }, 'operator.balance-low'],
  ['a complaint is open', { complaints: [complaint] }, 'worker.complaint-open'],
] as const)('%s', async (_what, setting, code) => {
  expect(await found(setting)).toEqual([code])
})

test('complaints that are closed, or about others, are not its business', async () => {
  const others = [
    { ...complaint, workerId: 4n },
    { ...complaint, status: 4 },
  ]
  expect(await found({ complaints: others })).toEqual([])
})

test('its provider is told to look at the daemon, not to choose another worker', async () => {
  const [reach] = await look({ reached: false })
  expect(reach?.remedy).toContain('wetee worker doctor')
})

test('one that was shut down is left alone', async () => {
  const findings = await look({ worker: { status: 'shutdown' }, proven: false, balanceWei: 0n })
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
    ['worker.shutdown', 'ok'],
  ])
})
