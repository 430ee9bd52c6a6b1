// Deploying and ending over a node in memory: what is sent, what comes back, and what a refusal costs.
import { cloudAbi } from '@wetee/chain'
import type { Manifest } from '@wetee/manifest'
import { erc20Abi, encodeFunctionData, zeroAddress, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { planTermination, planTopUp, terminate, topUp } from './billing.ts'
import { applyPlan } from './deploy.ts'
import { nativeAsset } from './money.ts'
import type { DeployPlan } from './plan.ts'
import { testApp, testBlock, testOwner, testVersion, testWorker } from './testing/memory-network.ts'
import {
  fundedWorld,
  signingNetwork,
  testLog,
  testTxHash as txHash,
} from './testing/memory-wallet.ts'

const dot = 10n ** 18n
const digest: Hex = `0x${'aa'.repeat(32)}`
const terms = {
  replicas: 1,
  cpuMilli: 1,
  memoryMiB: 1,
  diskMiB: 1,
  gpu: 0,
  teeClasses: 1,
  level: 0,
  upgradeDelaySeconds: 0,
  graceSeconds: 0,
}
const manifest = { text: '{"a":1}', digest, termsDigest: digest, terms, warnings: [] }
const plan = {
  action: 'create',
  name: 'hello',
  owner: testOwner,
  asset: nativeAsset,
  security: false,
  manifest: manifest as unknown as Manifest,
  worker: testWorker(3n),
  changes: [],
  depositWei: 2n * dot,
  maxWeiPerSecond: 100_000_000n,
  warnings: [],
} as unknown as DeployPlan

const versionCreated = testLog('cloud', 'VersionCreated', { appId: 7n, version: 1, workerId: 3n }, [
  5,
  digest,
  digest,
  100n,
])

test('a plan is sent as it was shown and ends when its block is final', async () => {
  const { sent, opened } = signingNetwork(fundedWorld(), { logs: { create: [versionCreated] } })
  const steps: string[] = []
  const result = await applyPlan(opened, plan, { onStep: (step) => steps.push(step.id) })
  expect(result).toMatchObject({ action: 'create', appId: 7n, version: 1, workerId: 3n, txHash })
  expect(steps).toEqual(['plan', 'sent', 'final'])
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ functionName: 'create', value: 2n * dot })
  expect(sent[0]?.args).toEqual([
    `0x${Buffer.from('hello').toString('hex').padEnd(64, '0')}`,
    3n,
    zeroAddress,
    2n * dot,
    terms,
    `0x${Buffer.from('{"a":1}').toString('hex')}`,
    100_000_000n,
  ])
})

test('a refusal of the contract is found before anything is sent', async () => {
  const refuse = { abi: cloudAbi, errorName: 'DepositTooLow', args: [dot, 2n * dot] }
  const { sent, opened } = signingNetwork(fundedWorld(), { refuse })
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({
    code: 'contract.DepositTooLow',
    message: expect.stringContaining('below the minimum of 2 DOT') as string,
  })
  expect(sent).toEqual([])
})

test('an account without enough DOT is told both amounts before anything is sent', async () => {
  const world = fundedWorld()
  world.balances.set(testOwner, dot)
  const { sent, opened } = signingNetwork(world)
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({
    code: 'account.funds',
    message: expect.stringContaining('it needs 2 DOT') as string,
  })
  expect(sent).toEqual([])
})

test('a transaction that fails when it is executed is named', async () => {
  const { opened } = signingNetwork(fundedWorld(), { status: '0x0' })
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({
    code: 'contract.Reverted',
    details: { txHash },
  })
})

test('a transaction whose block the chain dropped is no success', async () => {
  const world = fundedWorld()
  world.blocks.set(98n, { ...testBlock(98n), hash: `0x${'cc'.repeat(32)}` })
  const { opened } = signingNetwork(world, { logs: { create: [versionCreated] } })
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({ code: 'chain.reorganised' })
})

test('a value that looks like a credential is published only when that is confirmed', async () => {
  const warnings = [{ code: 'credential.suspected', message: 'looks like a key', line: 4 }]
  const risky = { ...plan, warnings }
  const { sent, opened } = signingNetwork(fundedWorld(), { logs: { create: [versionCreated] } })
  await expect(applyPlan(opened, risky)).rejects.toMatchObject({ code: 'deploy.credentials' })
  expect(sent).toEqual([])
  expect(await applyPlan(opened, risky, { allowCredentials: true })).toMatchObject({ appId: 7n })
})

test('ending reports every amount from the receipts and withdraws the refund', async () => {
  const world = fundedWorld()
  world.apps.set(7n, testApp(7n))
  world.credits.set(testOwner, 3n * dot)
  const { sent, opened } = signingNetwork(world, {
    logs: {
      terminate: [
        testLog('cloud', 'Settled', { appId: 7n, workerId: 3n }, [1, 60n, 1000n, 20n]),
        testLog('cloud', 'AppEnded', { appId: 7n }, [1, 2n * dot]),
      ],
      withdraw: [
        testLog('cloud', 'Withdrawn', { account: testOwner, asset: zeroAddress }, [3n * dot]),
      ],
    },
  })
  expect(await terminate(opened, 7n)).toMatchObject({
    attestedSeconds: 60n,
    rentWei: 1000n,
    feeWei: 20n,
    paidToWorkerWei: 980n,
    refundWei: 2n * dot,
    withdrawnWei: 3n * dot,
  })
  expect(sent.map((call) => call.functionName)).toEqual(['terminate', 'withdraw'])
})

test('topping up and ending are shown before they are signed: what there is, what comes, what is lost', async () => {
  const world = fundedWorld()
  world.apps.set(7n, testApp(7n, { escrowWei: 3n * dot, graceDepositWei: dot }))
  world.versions.set('7/1', testVersion(1, { terms, weiPerSecond: dot / 10n }))
  world.unsettledWei = dot
  const { opened } = signingNetwork(world, {})
  const recharge = await planTopUp(opened, 7n, 8n * dot)
  expect(recharge.facts).toContainEqual(['Escrow', '2 DOT -> 10 DOT'])
  expect(recharge.facts).toContainEqual(['Lasts', '1 min 40 s'])
  expect(recharge.calls.map(({ valueWei }) => valueWei)).toEqual([8n * dot])
  const end = await planTermination(opened, 7n)
  expect(end.facts).toContainEqual(['Back to you', 'about 3 DOT of escrow and deposit'])
  expect(end.calls).toHaveLength(2)
  world.apps.set(7n, testApp(7n, { state: 'ended' }))
  await expect(planTermination(opened, 7n)).rejects.toMatchObject({ code: 'app.ended' })
  await expect(planTopUp(opened, 7n, dot)).rejects.toMatchObject({ code: 'app.ended' })
})

const token: Hex = `0x${'99'.repeat(20)}`
const allowance = encodeFunctionData({
  abi: erc20Abi,
  functionName: 'allowance',
  args: [testOwner, `0x${'03'.repeat(20)}`],
})
const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`

test.each([
  ['is approved first', 4n, ['approve', 'recharge']],
  ['that is approved already is only paid', 5n, ['recharge']],
])('an ERC20 %s', async (_, allowed, expected) => {
  const world = fundedWorld()
  world.workers = [testWorker(1n)]
  world.apps.set(7n, testApp(7n, { asset: token }))
  world.versions.set('7/1', testVersion(1, { terms }))
  world.assets.set(token, { address: token, symbol: 'USDT', decimals: 6 })
  const { sent, opened } = signingNetwork(world, { calls: { [allowance]: word(allowed) } })
  await topUp(opened, 7n, 5n)
  expect(sent.map((call) => call.functionName)).toEqual(expected)
  expect(sent.at(-1)).toMatchObject({ args: [7n, 5n], value: 0n })
})
