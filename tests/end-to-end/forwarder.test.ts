// Transactions of an application from its socket to a contract that takes nobody else's, with the real contracts on a local chain and the
// worker's part in a process that is killed.
import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, parseAbi, parseEther, parseEventLogs, sha256, type Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ChainAccess } from '@wetee/agent/chain-access'
import { openWorkerClient } from '@wetee/agent/worker-client'
import { forwarderAbi, parseNetworkProfile, type NetworkProfile } from '@wetee/chain'
import { storeAccount } from '@wetee/cli/keystore'
import { deployContracts } from '@wetee/contracts/deploy'
import { waitFor } from '@wetee/daemon'
import { openInstance } from '@wetee/sdk/node'
import { requestSocket, serveSocket } from '@wetee/tee-device'
import { anvilAccount, startAnvil, type LocalAnvil } from './testing/local-anvil.ts'
import { oneNodeCommittee, type Committee } from './testing/one-node-committee.ts'

const root = join(import.meta.dirname, '../..')
const cli = join(root, 'apps/cli/bin/wetee.mjs')
const password = 'a test password'
const patienceMs = 400_000
const accounts = { dao: 0, operator: 1, provider: 2, owner: 3, stranger: 4 } as const
const instance = privateKeyToAccount(generatePrivateKey())
const gas = 150_000
const ledgerAbi = parseAbi([
  'constructor(address forwarder, uint64 appId)',
  'function record(uint256 amount)',
  'function sum() view returns (uint256)',
  'function entries() view returns (uint64)',
  'function writer() view returns (address)',
  'error NotFromApp(uint64 appId, uint64 expected)',
])
const ledgerSource = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
import {WeteeOrigin} from "@wetee/contracts/src/bridge/WeteeOrigin.sol";
contract Ledger is WeteeOrigin {
  uint64 private immutable _appId;
  uint256 public sum;
  uint64 public entries;
  address public writer;
  constructor(address forwarder_, uint64 appId) WeteeOrigin(forwarder_) { _appId = appId; }
  function record(uint256 amount) external {
    requireApp(_appId);
    require(amount != 0, "nothing");
    (sum, entries, writer) = (sum + amount, entries + 1, callingInstance());
  }
}`

let anvil: LocalAnvil
let profile: NetworkProfile
let committee: Committee
let folder: string
let forwarder: Hex
let ledger: Hex
let mining: NodeJS.Timeout | undefined
let worker: ChildProcess | undefined
const closers: (() => unknown)[] = []
const registry = createServer((_request, response) => {
  response.setHeader('docker-content-digest', `sha256:${'ab'.repeat(32)}`).end()
})

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-fw-'))
  mkdirSync(join(folder, 'worker'))
  anvil = await startAnvil(1)
  await once(registry.listen(0, '127.0.0.1'), 'listening')
  const contracts = await deployContracts({
    publicClient: anvil.client as never,
    walletClient: anvil.client as never,
    parameters: { kind: 'development', simulated: true, trustStoreDigest: sha256('0x') },
  })
  const place = { name: 'forwarder', kind: 'development', simulated: true, chainId: 31_337 }
  const text = JSON.stringify({
    ...{ ...place, rpcUrls: [anvil.rpcUrl], contracts, deployBlock: '0', trustRoots: [] },
    finalityBlocks: 2,
  })
  profile = parseNetworkProfile(text)
  forwarder = profile.contracts.forwarder as Hex
  writeFileSync(join(folder, 'network.json'), text)
  writeFileSync(join(folder, 'password'), password)
  for (const [name, index] of Object.entries(accounts)) {
    const { privateKey } = anvilAccount(index).getHdKey()
    if (privateKey === null) throw new Error('the development accounts have keys')
    storeAccount(join(folder, 'keystore'), name, bytesToHex(privateKey), password, 1_024)
  }
  committee = await oneNodeCommittee(anvil, profile)
  mine()
  await startApplication()
  ledger = await deployLedger()
  await startWorker()
}, patienceMs)
afterAll(async () => {
  pause()
  worker?.kill('SIGKILL')
  for (const close of closers) await close()
  registry.close()
  await anvil.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await committee.lease(1n, 1, 0, 1n, instance.address)
}, patienceMs)

function mine(): void {
  pause()
  mining = setInterval(() => void anvil.client.mine({ blocks: 1 }).catch(() => undefined), 300)
}
const pause = () => clearInterval(mining)

/** A worker and an application on it; its budget has 1 DOT, of which a day may cost a tenth. */
async function startApplication(): Promise<void> {
  const operator = ['--operator', anvilAccount(accounts.operator).address]
  writeFileSync(join(folder, 'keys.json'), committee.nodeKeys)
  const node = ['--keys', 'keys.json', '--endpoint', 'https://node.test:1']
  await sign('dao', 'dsecret', 'register', ...operator, ...node)
  await committee.start(1n)
  const room = ['--cpus', '8', '--memory', '16GiB', '--disk', '100GiB', '--stake', '20']
  const price = ['--per-cpu', '0.1', '--per-memory', '0.02', '--per-disk', '0.001']
  const place = ['--endpoint', 'http://127.0.0.1:9', '--region', 'eu-1']
  await sign('provider', 'worker', 'register', ...operator, ...place, ...room, ...price)
  await committee.proveWorker(1n, accounts.operator)
  const { port } = registry.address() as AddressInfo
  writeFileSync(
    join(folder, 'compose.yaml'),
    `name: ledger\nservices: { web: { image: "127.0.0.1:${port}/ledger:1", ports: ["8080"] } }\n`,
  )
  await sign('owner', 'deploy', 'compose.yaml', '--deposit', '20')
  await sign('owner', 'app', 'budget', '1', '--fund', '1', '--day-cap', '0.1')
}

async function sign(account: keyof typeof accounts, ...args: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    WETEE_HOME: folder,
    WETEE_NETWORK: join(folder, 'network.json'),
    WETEE_PASSWORD_FILE: join(folder, 'password'),
  }
  const words = [cli, ...args, '--account', account, '--yes', '--json']
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, words, { env, cwd: folder }, (error, out, err) =>
      error === null ? resolve() : reject(new Error(`wetee ${args.join(' ')}: ${out}${err}`)),
    ).stdin?.end()
  })
}

async function deployLedger(): Promise<Hex> {
  const solc = createRequire(join(root, 'contracts/package.json'))('solc') as {
    compile(input: string, callbacks: { import(path: string): unknown }): string
  }
  const outputSelection = { 'Ledger.sol': { Ledger: ['evm.bytecode.object'] } }
  const input = {
    language: 'Solidity',
    sources: { 'Ledger.sol': { content: ledgerSource } },
    settings: { evmVersion: 'cancun', outputSelection },
  }
  const read = (path: string) => {
    const own = join(root, path.replace(/^@wetee\/contracts\//, 'contracts/'))
    return { contents: readFileSync(own, 'utf8') }
  }
  const { contracts } = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as {
    contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>
  }
  const object = contracts['Ledger.sol']?.['Ledger']?.evm.bytecode.object ?? ''
  const hash = await anvil.client.deployContract({
    ...{ abi: ledgerAbi, bytecode: `0x${object}`, args: [forwarder, 1n] },
    account: anvilAccount(accounts.stranger),
  })
  const { contractAddress } = await anvil.client.waitForTransactionReceipt({ hash })
  return contractAddress?.toLowerCase() as Hex
}

async function startWorker(): Promise<void> {
  const program = join(import.meta.dirname, 'testing/forwarder-worker-process.ts')
  const state = join(folder, 'worker')
  const args = [join(folder, 'network.json'), state, join(folder, 'worker.sock')]
  worker = fork(program, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] })
  await once(worker, 'message')
}

async function killWorker(): Promise<void> {
  worker?.kill('SIGKILL')
  if (worker !== undefined) await once(worker, 'exit')
}

let sockets = 0
/** The agent's part, for an instance with this key; the client that its application has. */
async function openAgent(account = instance, contracts: readonly Hex[] = [ledger]) {
  const socketPath = join(folder, `agent-${sockets++}.sock`)
  let seconds = 0
  const now = async () => {
    seconds = Number((await anvil.client.getBlock({ blockTag: 'finalized' })).timestamp)
  }
  const access = new ChainAccess({
    launch: { chainId: 31_337n, appId: 1n },
    ...{ allowed: { contracts }, account, nowSeconds: () => seconds },
    state: {
      refusal: () => undefined,
      answer: () => ({ state: 'attested', leaseNotAfter: String(seconds + 100_000) }),
    },
    worker: openWorkerClient(join(folder, 'worker.sock')),
    monotonicMs: () => performance.now(),
    signal: new AbortController().signal,
  })
  const handle = async (call: Parameters<ChainAccess['answer']>[0]) => {
    await now()
    return access.answer(call)
  }
  const server = await serveSocket({ socketPath, fileMode: 0o600, handle })
  closers.push(() => server.close())
  return { socketPath, ...openInstance(socketPath) }
}

const record = (amount: bigint, key: string, more: { validSeconds?: number } = {}) => ({
  ...({ address: ledger, abi: ledgerAbi, functionName: 'record', args: [amount] } as const),
  ...{ key, gas, ...more },
})
const onLedger = <F extends 'sum' | 'entries' | 'writer'>(functionName: F) =>
  anvil.client.readContract({ address: ledger, abi: ledgerAbi, functionName })
const budgetOf = async () =>
  (
    await anvil.client.readContract({
      abi: forwarderAbi,
      address: forwarder,
      functionName: 'budget',
      args: [1n],
    })
  ).balanceWei
const costOf = () =>
  anvil.client.readContract({
    abi: forwarderAbi,
    address: forwarder,
    functionName: 'gasCostWei',
    args: [gas],
  })
const creditOf = (account: number) =>
  anvil.client.readContract({
    ...({ abi: forwarderAbi, address: forwarder, functionName: 'credit' } as const),
    args: [anvilAccount(account).address],
  })
const until = (what: string, look: () => Promise<boolean>) =>
  waitFor(look, {
    signal: AbortSignal.timeout(patienceMs),
    timeoutMs: patienceMs - 10_000,
    everyMs: 100,
    what,
  })
async function forwarded(): Promise<number> {
  const logs = await anvil.client.getLogs({ address: forwarder, fromBlock: 0n })
  return parseEventLogs({ abi: forwarderAbi, eventName: 'Forwarded', logs }).length
}

test(
  'a transaction of the application is carried out once, in its name, and paid from its budget',
  async () => {
    const { chain, socketPath } = await openAgent()
    const before = await budgetOf()
    const { id } = await chain.transact(record(41n, 'order-41'))
    const done = await chain.waitForTransaction(id, { pollMs: 200 })
    expect(done.transactionHash).toMatch(/^0x/)
    expect(await onLedger('sum')).toBe(41n)
    expect((await onLedger('writer')).toLowerCase()).toBe(instance.address.toLowerCase())
    expect(before - (await budgetOf())).toBe(await costOf())
    expect(await creditOf(accounts.operator)).toBe(await costOf())
    // Another instance, another deadline, the same key: the same transaction.
    expect(await chain.transact(record(41n, 'order-41', { validSeconds: 5 }))).toEqual(done)
    await expect(chain.transact(record(42n, 'order-41'))).rejects.toMatchObject({
      code: 'transaction.key-used',
    })
    expect(await forwarded()).toBe(1)
    // As curl would ask.
    const body = { to: ledger, function: 'sum() returns (uint256)' }
    expect(
      await requestSocket({ socketPath, method: 'POST', path: '/v1/chain/read', body }),
    ).toMatchObject({
      values: ['41'],
      proof: 'none',
    })
    const { value } = await chain.read({ address: ledger, abi: ledgerAbi, functionName: 'entries' })
    expect(value).toBe(1n)
  },
  patienceMs,
)

test(
  'ATTACK nobody else is taken for the application, and what it may not do is not done',
  async () => {
    await expect(
      anvil.client.simulateContract({
        ...{ address: ledger, abi: ledgerAbi, functionName: 'record', args: [1n] },
        account: anvilAccount(accounts.stranger),
      }),
    ).rejects.toThrow(/NotFromApp/)
    const before = await budgetOf()
    const forger = await openAgent(privateKeyToAccount(generatePrivateKey()))
    const forged = await forger.chain.transact(record(1n, 'forged', { validSeconds: 20 }))
    const { chain } = await openAgent()
    const vain = await chain.transact(record(0n, 'vain', { validSeconds: 20 }))
    const reasonOf = async (id: string) => (await chain.transaction(id)).reason
    await until('reasons', async () => (await reasonOf(forged.id)) === 'key-not-live')
    await until('reasons', async () => (await reasonOf(vain.id)) === 'would-revert')
    for (const { id } of [forged, vain])
      await expect(chain.waitForTransaction(id, { pollMs: 200 })).rejects.toMatchObject({
        code: 'transaction.failed',
      })
    const unlisted = await openAgent(instance, [])
    await expect(unlisted.chain.transact(record(1n, 'unlisted'))).rejects.toMatchObject({
      code: 'chain.contract-not-listed',
    })
    expect([await budgetOf(), await forwarded(), await onLedger('entries')]).toEqual([
      before,
      1,
      1n,
    ])
  },
  patienceMs,
)

test(
  'a worker that is killed while the chain stands still sends nothing twice and loses nothing',
  async () => {
    const { chain } = await openAgent()
    await anvil.client.setAutomine(false)
    pause()
    const sent = await chain.transact(record(1n, 'kept'))
    await until('it is relayed', async () => (await chain.transaction(sent.id)).state === 'relayed')
    await until('it is in the pool', async () => {
      const { transactions } = await anvil.client.getBlock({ blockTag: 'pending' })
      return transactions.length > 0
    })
    await killWorker()
    await expect(chain.transaction(sent.id)).rejects.toMatchObject({ retryable: true })
    await startWorker()
    mine()
    await anvil.client.setAutomine(true)
    await chain.waitForTransaction(sent.id, { pollMs: 200 })
    await killWorker()
    await startWorker()
    expect(await chain.transact(record(1n, 'kept'))).toMatchObject({ state: 'finalized' })
    expect([await onLedger('sum'), await forwarded()]).toEqual([42n, 2])
  },
  patienceMs,
)

test(
  'ATTACK whoever takes a signed request from the pool is paid for it, and it counts once',
  async () => {
    const { chain } = await openAgent()
    await anvil.client.setAutomine(false)
    pause()
    const { id } = await chain.transact(record(8n, 'in front'))
    let input: Hex | undefined
    await until('it is in the pool', async () => {
      const pending = await anvil.client.getBlock({
        blockTag: 'pending',
        includeTransactions: true,
      })
      input = pending.transactions.find(({ to }) => to === forwarder.toLowerCase())?.input
      return input !== undefined
    })
    await anvil.client.sendTransaction({
      ...{ to: forwarder, data: input!, account: anvilAccount(accounts.stranger), gas: 600_000n },
      ...{ maxFeePerGas: 50_000_000_000n, maxPriorityFeePerGas: 40_000_000_000n },
    })
    mine()
    await anvil.client.setAutomine(true)
    expect(await chain.waitForTransaction(id, { pollMs: 200 })).toMatchObject({
      state: 'finalized',
    })
    expect([await onLedger('sum'), await forwarded()]).toEqual([50n, 3])
    expect(await creditOf(accounts.stranger)).toBe(await costOf())
  },
  patienceMs,
)

test(
  'ATTACK a day costs no more than its cap, and a lapsed lease forwards nothing',
  async () => {
    const { chain } = await openAgent()
    const from = { account: anvilAccount(accounts.owner), address: forwarder, abi: forwarderAbi }
    const cap = (wei: bigint) =>
      anvil.client.writeContract({ ...from, functionName: 'setDayCap', args: [1n, wei] })
    await cap((await costOf()) * 4n - 1n)
    const { id } = await chain.transact(record(1n, 'beyond', { validSeconds: 3_600 }))
    await until('it waits', async () => (await chain.transaction(id)).reason === 'day-cap-reached')
    await anvil.client.increaseTime({ seconds: 900 })
    await cap(parseEther('1'))
    await until('it waits', async () => (await chain.transaction(id)).reason === 'key-not-live')
    expect(await onLedger('sum')).toBe(50n)
    await committee.lease(1n, 1, 0, 1n, instance.address)
    await chain.waitForTransaction(id, { pollMs: 200 })
    expect(await onLedger('sum')).toBe(51n)
  },
  patienceMs,
)
