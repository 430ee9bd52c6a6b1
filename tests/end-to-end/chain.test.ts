// Reading, following and sending over a real chain: reorganisations, restarts, crashes, fees, refusals.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  custom,
  parseEther,
  parseEventLogs,
  sha256,
  stringToHex,
  toHex,
  zeroAddress,
  zeroHash,
  type Hex,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  cloudAbi,
  followEvents,
  nodeKeysTypedData,
  openChain,
  parseNetworkProfile,
  readCommittee,
  readManifest,
  subnetAbi,
  TransactionQueue,
  type Chain,
  type NetworkProfile,
  type QueuedCall,
  type TransactionQueueOptions,
} from '@wetee/chain'
import { deployContracts } from '@wetee/contracts/deploy'
import { openStore, type Store } from '@wetee/daemon'
import { anvilAccount, startAnvil, type LocalAnvil } from './testing/local-anvil.ts'

let anvil: LocalAnvil
let profile: NetworkProfile
let folder: string
const stores: Store[] = []
const ended = new AbortController()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-chain-'))
  anvil = await startAnvil()
  const contracts = await deployContracts({
    publicClient: anvil.client as never,
    walletClient: anvil.client as never,
    parameters: {
      kind: 'development',
      simulated: true,
      trustStoreDigest: sha256('0x'),
      treasury: anvilAccount(9).address,
    },
  })
  await anvil.client.mine({ blocks: 10 })
  profile = parseNetworkProfile(
    JSON.stringify({
      name: 'test',
      kind: 'development',
      simulated: true,
      chainId: 31_337,
      rpcUrls: [anvil.rpcUrl],
      contracts,
      deployBlock: '0',
      trustRoots: [],
      finalityBlocks: 6,
    }),
  )
})
afterAll(async () => {
  ended.abort()
  for (const store of stores) store.close()
  rmSync(folder, { recursive: true, force: true })
  await anvil.close()
})

const open = () => openChain(profile, { signal: ended.signal })
function storeIn(file: string): Store {
  const store = openStore(join(folder, file))
  stores.push(store)
  return store
}
/** Enough blocks to make everything final. */
const finalise = () => anvil.client.mine({ blocks: 8 })
const digestOf = (id: number): Hex => toHex(id, { size: 32 })
/** An event of the Subnet that carries `id`. */
const referenceValue = (id: number): QueuedCall => ({
  key: `reference/${id}`,
  address: profile.contracts.subnet,
  abi: subnetAbi,
  functionName: 'setReferenceValue',
  args: [1, digestOf(id), 1, 1, 0n],
})
const idsIn = async (toBlock: bigint, fromBlock = 0n) => {
  const logs = await anvil.client.getLogs({ address: profile.contracts.subnet, fromBlock, toBlock })
  return parseEventLogs({ abi: subnetAbi, eventName: 'ReferenceValueSet', logs }).map(({ args }) =>
    Number(args.measurementId),
  )
}

test('the network is the one of the profile; another chain id or contract is not', async () => {
  await open().checkNetwork()
  const { contracts } = profile
  for (const other of [
    { ...profile, chainId: 1 },
    { ...profile, kind: 'test' as const },
    { ...profile, simulated: false },
    { ...profile, contracts: { ...contracts, cloud: contracts.quorum } },
    { ...profile, contracts: { ...contracts, quorum: anvilAccount(5).address } },
  ])
    await expect(openChain(other).checkNetwork()).rejects.toMatchObject({
      code: 'chain.wrong-network',
      retryable: false,
    })
})

test('a second RPC is asked when the first does not answer', async () => {
  const dead = 'http://127.0.0.1:9'
  await openChain({ ...profile, rpcUrls: [dead, anvil.rpcUrl] }).checkNetwork()
  await expect(openChain({ ...profile, rpcUrls: [dead] }).finalized()).rejects.toMatchObject({
    code: 'chain.unreachable',
    retryable: true,
  })
})

test('a call to an RPC that never answers ends with the signal', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const caller = new AbortController()
  const chain = openChain(
    { ...profile, rpcUrls: [`http://127.0.0.1:${port}`] },
    { signal: caller.signal },
  )
  const called = chain.finalized()
  await once(server, 'request')
  caller.abort()
  await expect(called).rejects.toMatchObject({ code: 'aborted' })
  server.closeAllConnections()
  server.close()
})

test('following over reorganisations and restarts sees every final event once, in order', async () => {
  const { client } = anvil
  const store = storeIn('follow.db')
  const handled: number[] = []
  const { number: from } = await open().finalized()
  /** Follows until the newest finalized block is handled; `isCrash`: the handler fails at the first events. */
  const follow = async (isCrash: boolean) => {
    const stop = new AbortController()
    const chain = openChain(profile, { signal: stop.signal })
    const { number } = await chain.finalized()
    if ((await store.readCursor('test'))?.blockNumber === number) return
    await followEvents({
      chain,
      name: 'test',
      contracts: [{ address: profile.contracts.subnet, abi: subnetAbi }],
      cursor: {
        readCursor: (name) => store.readCursor(name),
        saveCursor: async (name, cursor) => {
          await store.saveCursor(name, cursor)
          if (cursor.blockNumber >= number) stop.abort()
        },
      },
      fromBlock: from,
      pollMs: 10,
      signal: stop.signal,
      onEvents: (events) => {
        if (isCrash) return Promise.reject(new Error('crash'))
        handled.push(...events.map(({ args }) => Number(args['measurementId'])))
        return Promise.resolve()
      },
    }).catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'crash') throw error
    })
  }
  await client.setAutomine(false)
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  let reorganisations = 0
  for (let round = 1; round <= 100; round++) {
    for (let i = random(4); i > 0; i--) {
      const { address, abi, functionName, args } = referenceValue(1_000 + round * 10 + i)
      await client.writeContract({ address, abi, functionName, args: args ?? [], gas: 200_000n })
    }
    await client.mine({ blocks: 1 })
    if (random(3) === 0) {
      await anvil.reorganise(1 + random(4))
      reorganisations++
    }
    if (random(2) === 0) await follow(random(4) === 0)
  }
  await finalise()
  await client.setAutomine(true)
  await follow(false)
  const { number } = await open().finalized()
  expect(reorganisations).toBeGreaterThan(10)
  expect(handled.length).toBeGreaterThan(20)
  expect(handled).toEqual(await idsIn(number, from))
})

test('a chain that was started anew is not followed on', async () => {
  const store = storeIn('reset.db')
  const stop = new AbortController()
  const options = {
    name: 'test',
    contracts: [],
    fromBlock: 0n,
    pollMs: 10,
    signal: stop.signal,
    onEvents: () => Promise.resolve(),
  }
  const cursor = {
    ...store,
    saveCursor: (...saved: Parameters<Store['saveCursor']>) => (
      stop.abort(),
      store.saveCursor(...saved)
    ),
  }
  await followEvents({ ...options, chain: open(), cursor })
  const other = await startAnvil()
  try {
    const chain = openChain({ ...profile, rpcUrls: [other.rpcUrl] })
    const signal = ended.signal
    await expect(followEvents({ ...options, chain, cursor: store, signal })).rejects.toMatchObject({
      code: 'chain.reset',
    })
  } finally {
    await other.close()
  }
})

/** A run with a queue of the admin's account; after `steps` requests it is as if the process had been killed. */
function startQueue(
  store: Store,
  options: TransactionQueueOptions = {},
  steps = Number.POSITIVE_INFINITY,
) {
  const stop = new AbortController()
  let left = steps
  const step = <T>(act: () => Promise<T>): Promise<T> =>
    left-- > 0 ? act() : new Promise<never>(() => undefined)
  const transport = custom(
    { request: (request) => step(() => anvil.client.request(request as never)) },
    { retryCount: 0 },
  )
  const chain = openChain(profile, { transport, signal: stop.signal })
  const outbox = {
    ...store,
    saveEntry: (entry: Parameters<Store['saveEntry']>[0]) => step(() => store.saveEntry(entry)),
  }
  const queue = new TransactionQueue(
    { pollMs: 20, ...options },
    { chain, account: anvilAccount(0), outbox },
  )
  return { queue, stop: () => stop.abort(), isDead: () => left <= 0 }
}

test('a process killed at any step sends each call once', async () => {
  const store = storeIn('crash.db')
  const before = await anvil.client.getTransactionCount({ address: anvilAccount(0).address })
  const ids: number[] = []
  for (let steps = 1; steps <= 24; steps++) {
    const id = 20_000 + steps
    ids.push(id)
    const { queue, stop, isDead } = startQueue(store, {}, steps)
    const sent = queue.send(referenceValue(id)).catch(() => undefined)
    const dead = (async () => {
      while (!isDead()) await new Promise(setImmediate)
    })()
    await Promise.race([sent, dead])
    stop()
  }
  const { queue, stop } = startQueue(store)
  for (const id of ids) await queue.send(referenceValue(id))
  await finalise()
  await queue.idle()
  stop()
  const address = anvilAccount(0).address
  expect(await anvil.client.getTransactionCount({ address })).toBe(before + ids.length)
  const seen = (await idsIn(await anvil.client.getBlockNumber())).filter((id) => id >= 20_000)
  expect(seen.sort()).toEqual(ids)
})

test('a transaction that is reorganised away is mined again', async () => {
  const store = storeIn('reorganised.db')
  const { queue, stop } = startQueue(store)
  const id = 30_001
  await queue.send(referenceValue(id))
  await anvil.reorganise(2)
  let found: number[] = []
  while (!found.includes(id)) found = await idsIn(await anvil.client.getBlockNumber())
  await finalise()
  await queue.idle()
  stop()
  expect((await idsIn(await anvil.client.getBlockNumber())).filter((one) => one === id)).toEqual([
    id,
  ])
})

test('a transaction that is stuck because fees have risen is replaced', async () => {
  const { client } = anvil
  const { queue, stop } = startQueue(storeIn('stuck.db'), { stuckMs: 300 })
  await client.setAutomine(false)
  const sent = queue.send(referenceValue(40_001))
  const pending = async () =>
    await client.getTransactionCount({ address: anvilAccount(0).address, blockTag: 'pending' })
  const before = await client.getTransactionCount({ address: anvilAccount(0).address })
  while ((await pending()) === before) await new Promise(setImmediate)
  const { baseFeePerGas } = await client.getBlock()
  let isMined = false
  void sent.then(() => (isMined = true))
  while (!isMined) {
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: (baseFeePerGas ?? 1n) * 3n })
    await client.mine({ blocks: 1 })
  }
  await client.setAutomine(true)
  await finalise()
  await queue.idle()
  stop()
  expect((await idsIn(await client.getBlockNumber())).filter((id) => id === 40_001)).toEqual([
    40_001,
  ])
})

/** The registration of a node by `owner`, the only one who can send it: the statement key has signed for it. */
async function node(
  keys: PrivateKeyAccount,
  key: string,
  owner = anvilAccount(0).address,
): Promise<QueuedCall> {
  const operator = anvilAccount(1).address
  const encryptionKey: Hex = `0x${'02'.repeat(33)}`
  const tlsKeyHash = sha256('0x')
  const claim = { owner, operator, encryptionKey, tlsKeyHash }
  const possession = await keys.signTypedData(nodeKeysTypedData(profile, claim))
  const made = { statementKey: keys.address, tlsKeyHash, encryptionKey, possession }
  return {
    key,
    address: profile.contracts.subnet,
    abi: subnetAbi,
    functionName: 'registerNode',
    args: [operator, made, 'https://node.test:1'],
    valueWei: parseEther('1'),
  }
}
const newKeys = () => privateKeyToAccount(generatePrivateKey())

test('refusals have the name of the contract error, before sending and after', async () => {
  const { client } = anvil
  const { queue, stop } = startQueue(storeIn('refused.db'))
  const keys = newKeys()
  const unpaid = { ...(await node(keys, 'unpaid')), valueWei: 0n }
  await expect(queue.send(unpaid)).rejects.toMatchObject({ code: 'contract.StakeTooLow' })
  const copied = await node(keys, 'copied', anvilAccount(2).address)
  await expect(queue.send(copied)).rejects.toMatchObject({ code: 'contract.PossessionWrong' })
  await client.setAutomine(false)
  const call = await node(keys, 'late')
  const other = await node(keys, 'other', anvilAccount(2).address)
  // On the block before, the key will still have been free: the reason cannot be known.
  const late = expect(queue.send(call)).rejects.toMatchObject({ code: 'contract.Reverted' })
  const address = anvilAccount(0).address
  const latest = await client.getTransactionCount({ address })
  while ((await client.getTransactionCount({ address, blockTag: 'pending' })) === latest)
    await new Promise(setImmediate)
  // Another account pays more and is first in the same block.
  await client.writeContract({
    ...(other as unknown as { abi: typeof subnetAbi; functionName: 'registerNode'; args: never }),
    address: other.address,
    account: anvilAccount(2),
    value: parseEther('1'),
    gas: 1_000_000n,
    maxPriorityFeePerGas: 10n ** 11n,
    maxFeePerGas: 10n ** 12n,
  })
  await client.mine({ blocks: 1 })
  await client.setAutomine(true)
  await late
  await expect(queue.send(await node(keys, 'third'))).rejects.toMatchObject({
    code: 'contract.StatementKeyTaken',
  })
  await finalise()
  await queue.idle()
  stop()
})

test('committees and manifests are read as they are on chain', async () => {
  const { queue, stop } = startQueue(storeIn('reads.db'))
  const keys = newKeys()
  const { subnet, quorum, cloud } = profile.contracts
  const receipt = await queue.send(await node(keys, 'node'))
  const [registered] = parseEventLogs({
    abi: subnetAbi,
    eventName: 'NodeRegistered',
    logs: receipt.logs,
  })
  const nodeId = registered!.args.nodeId
  const { quorumAbi } = await import('@wetee/chain')
  await queue.send({
    key: 'name',
    address: quorum,
    abi: quorumAbi,
    functionName: 'nameCommittee',
    args: [[nodeId], 1],
  })
  const resources = { cpuMilli: 4_000, memoryMiB: 4_096, diskMiB: 4_096, gpu: 0 }
  await queue.send({
    key: 'worker',
    address: subnet,
    abi: subnetAbi,
    functionName: 'registerWorker',
    args: [
      anvilAccount(1).address,
      { level: 0, teeClasses: 1, region: zeroHash, endpoint: 'https://worker.test' },
      { cpuMilli: 1n, memoryMiB: 1n, diskMiB: 1n, gpu: 1n },
      resources,
    ],
    valueWei: parseEther('1'),
  })
  const text = '{"format":"wetee/manifest/v1","name":"grüezi"}'
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
  await queue.send({
    key: 'create',
    address: cloud,
    abi: cloudAbi,
    functionName: 'create',
    args: [
      stringToHex('hello', { size: 32 }),
      1n,
      zeroAddress,
      parseEther('1'),
      terms,
      stringToHex(text),
      10n ** 18n,
    ],
    valueWei: parseEther('1'),
  })
  await finalise()
  await queue.idle()
  stop()
  const chain: Chain = open()
  expect(await readManifest(chain, 1n, 1)).toEqual({ text, digest: sha256(stringToHex(text)) })
  await expect(readManifest(chain, 1n, 2)).rejects.toMatchObject({ code: 'manifest.not-found' })
  await expect(readManifest(chain, 2n, 1)).rejects.toMatchObject({ code: 'manifest.not-found' })
  const { number } = await chain.finalized()
  expect(await readCommittee(chain, number, 1n)).toEqual({
    epoch: 1n,
    threshold: 1,
    members: [
      {
        nodeId,
        index: 0,
        statementKey: keys.address,
        tlsKeyHash: sha256('0x'),
        endpoint: 'https://node.test:1',
      },
    ],
  })
  await expect(readCommittee(chain, number)).rejects.toMatchObject({ code: 'committee.none' })
  await expect(readCommittee(chain, number, 2n)).rejects.toMatchObject({
    code: 'contract.EpochUnknown',
  })
})
