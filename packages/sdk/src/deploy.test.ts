// Deploying and ending over a node in memory: what is sent, what comes back, and what a refusal costs.
import { cloudAbi, type Chain } from '@wetee/chain'
import type { Manifest } from '@wetee/manifest'
import {
  createPublicClient,
  createWalletClient,
  custom,
  decodeFunctionData,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  numberToHex,
  type Abi,
  type Hex,
} from 'viem'
import { toAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { terminate } from './billing.ts'
import { applyPlan } from './deploy.ts'
import type { DeployPlan } from './plan.ts'
import {
  emptyWorld,
  memoryNetwork,
  testBlock,
  testOwner,
  testWorker,
  type World,
} from './testing/memory-network.ts'

const dot = 10n ** 18n
/** Names and arguments of the tables are checked by encoding, not by the compiler. */
const abi: Abi = cloudAbi
const digest: Hex = `0x${'aa'.repeat(32)}`
const txHash: Hex = `0x${'bb'.repeat(32)}`
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
  manifest: manifest as unknown as Manifest,
  worker: testWorker(3n),
  changes: [],
  depositWei: 2n * dot,
  maxWeiPerSecond: 100_000_000n,
  warnings: [],
} as unknown as DeployPlan

type Call = { functionName: string; args: readonly unknown[]; value: bigint }
type Refusal = { errorName: string; args: readonly unknown[] }

/** Logs of the Cloud contract by event name. */
const log = (
  eventName: string,
  indexed: Record<string, unknown>,
  types: string[],
  values: readonly unknown[],
) => ({
  address: `0x${'03'.repeat(20)}`,
  topics: encodeEventTopics({ abi, eventName, args: indexed }),
  data: encodeAbiParameters(
    types.map((type) => ({ type })),
    values as never,
  ),
})
const versionCreated = log(
  'VersionCreated',
  { appId: 7n, version: 1, workerId: 3n },
  ['bytes32', 'bytes32', 'uint256'],
  [digest, digest, 100n],
)

/** A network whose node answers from memory; `logs` by function name. */
function network(
  world: World,
  options: { refuse?: Refusal; status?: '0x0'; logs?: Record<string, unknown[]> } = {},
) {
  const sent: Call[] = []
  const block = testBlock(98n)
  const request = ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
    if (method === 'eth_call') {
      if (options.refuse === undefined) return Promise.resolve(`0x${'00'.repeat(31)}07`)
      const data = encodeErrorResult({ abi, ...options.refuse })
      return Promise.reject(Object.assign(new Error('execution reverted'), { code: 3, data }))
    }
    if (method === 'eth_sendTransaction') {
      const [tx] = params as [{ data: Hex; value?: Hex }]
      const { functionName, args } = decodeFunctionData({ abi: cloudAbi, data: tx.data })
      sent.push({ functionName, args: args ?? [], value: BigInt(tx.value ?? '0x0') })
      return Promise.resolve(txHash)
    }
    if (method === 'eth_getTransactionReceipt') {
      const logs = options.logs?.[sent.at(-1)?.functionName ?? ''] ?? []
      return Promise.resolve({
        transactionHash: txHash,
        blockHash: block.hash,
        blockNumber: numberToHex(block.number),
        status: options.status ?? '0x1',
        logs: logs.map((entry, index) => ({
          ...(entry as object),
          blockHash: block.hash,
          blockNumber: numberToHex(block.number),
          transactionHash: txHash,
          logIndex: numberToHex(index),
          transactionIndex: '0x0',
        })),
      })
    }
    const simple: Record<string, unknown> = {
      eth_chainId: '0x7a69',
      eth_blockNumber: numberToHex(98n),
      eth_getTransactionByHash: { hash: txHash, blockNumber: numberToHex(98n) },
    }
    return Promise.resolve(simple[method] ?? null)
  }
  const base = memoryNetwork(world)
  const transport = custom({ request })
  const client = createPublicClient({ transport, pollingInterval: 10 })
  const account = toAccount(testOwner)
  const wallet = createWalletClient({ account, transport })
  const chain = { profile: base.profile, client } as unknown as Chain
  return { sent, opened: { ...base, chain, account, wallet } }
}
function funded(): World {
  const world = emptyWorld()
  world.balances.set(testOwner, 10n * dot)
  return world
}

test('a plan is sent as it was shown and ends when its block is final', async () => {
  const { sent, opened } = network(funded(), { logs: { create: [versionCreated] } })
  const steps: string[] = []
  const result = await applyPlan(opened, plan, { onStep: (step) => steps.push(step.id) })
  expect(result).toMatchObject({ action: 'create', appId: 7n, version: 1, workerId: 3n, txHash })
  expect(steps).toEqual(['plan', 'sent', 'final'])
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ functionName: 'create', value: 2n * dot })
  expect(sent[0]?.args).toEqual([
    `0x${Buffer.from('hello').toString('hex').padEnd(64, '0')}`,
    3n,
    terms,
    `0x${Buffer.from('{"a":1}').toString('hex')}`,
    100_000_000n,
  ])
})

test('a refusal of the contract is found before anything is sent', async () => {
  const refuse = { errorName: 'DepositTooLow', args: [dot, 2n * dot] }
  const { sent, opened } = network(funded(), { refuse })
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({
    code: 'contract.DepositTooLow',
    message: expect.stringContaining('below the minimum of 2 DOT') as string,
  })
  expect(sent).toEqual([])
})

test('an account without enough DOT is told both amounts before anything is sent', async () => {
  const world = funded()
  world.balances.set(testOwner, dot)
  const { sent, opened } = network(world)
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({
    code: 'account.funds',
    message: expect.stringContaining('it needs 2 DOT') as string,
  })
  expect(sent).toEqual([])
})

test('a transaction that fails when it is executed is named', async () => {
  const { opened } = network(funded(), { status: '0x0' })
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({
    code: 'contract.Reverted',
    details: { txHash },
  })
})

test('a transaction whose block the chain dropped is no success', async () => {
  const world = funded()
  world.blocks.set(98n, { ...testBlock(98n), hash: `0x${'cc'.repeat(32)}` })
  const { opened } = network(world, { logs: { create: [versionCreated] } })
  await expect(applyPlan(opened, plan)).rejects.toMatchObject({ code: 'chain.reorganised' })
})

test('a value that looks like a credential is published only when that is confirmed', async () => {
  const warnings = [{ code: 'credential.suspected', message: 'looks like a key', line: 4 }]
  const risky = { ...plan, warnings }
  const { sent, opened } = network(funded(), { logs: { create: [versionCreated] } })
  await expect(applyPlan(opened, risky)).rejects.toMatchObject({ code: 'deploy.credentials' })
  expect(sent).toEqual([])
  expect(await applyPlan(opened, risky, { allowCredentials: true })).toMatchObject({ appId: 7n })
})

test('ending reports every amount from the receipts and withdraws the refund', async () => {
  const world = funded()
  world.credits.set(testOwner, 3n * dot)
  const { sent, opened } = network(world, {
    logs: {
      terminate: [
        log(
          'Settled',
          { appId: 7n, workerId: 3n },
          ['uint64', 'uint256', 'uint256'],
          [60n, 1000n, 20n],
        ),
        log('AppEnded', { appId: 7n }, ['uint256'], [2n * dot]),
      ],
      withdraw: [log('Withdrawn', { account: testOwner }, ['uint256'], [3n * dot])],
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
