// The chain behind the NetworkReader port: reads of the contracts at a named block. Network I/O through viem.
import { hexToString, stringToHex, zeroAddress, type Address, type Hex } from 'viem'
import {
  cloudAbi,
  quorumAbi,
  readLiveKeys,
  readManifest,
  subnetAbi,
  type Chain,
} from '@wetee/chain'
import { contractReads } from './contract-reader.ts'
import { chainError, revertName } from './contract-error.ts'
import { SdkError } from './error.ts'
import type {
  AppRecord,
  AppState,
  Block,
  LeaseRecord,
  NetworkReader,
  NodeRecord,
  NodeStatus,
  SubnetFacts,
  VersionRecord,
  WorkerRecord,
  WorkerStatus,
} from './reader.ts'

/** Pages of 100 are what the contracts give; more than this many entries are not read. */
const pageSize = 100n
const maxEntries = 10_000n

const kinds: readonly SubnetFacts['kind'][] = ['development', 'test', 'live']
const states: readonly (AppState | undefined)[] = [undefined, 'active', 'paused', 'ended']
const workerStates: readonly WorkerStatus[] = ['shutdown', 'active', 'draining', 'shutdown']
const nodeStates: readonly NodeStatus[] = ['slashed', 'active', 'leaving', 'slashed']

/** bytes32 of an application's name; throws `app.name-invalid` unless 1 to 32 bytes. */
export function encodeName(name: string): Hex {
  const size = new TextEncoder().encode(name).length
  if (size < 1 || size > 32)
    throw new SdkError(
      'app.name-invalid',
      `the application name "${name}" has ${size} bytes, 1 to 32 are allowed: give another with --name`,
    )
  return stringToHex(name, { size: 32 })
}

/** Reads of `chain`; errors come as SdkError, absence as undefined. */
export function chainReader(chain: Chain): NetworkReader {
  return {
    ...headReads(chain),
    ...subnetReads(chain),
    ...cloudReads(chain),
    ...contractReads(chain),
  }
}

type HeadReads = Pick<
  NetworkReader,
  'checkNetwork' | 'finalized' | 'latest' | 'block' | 'balanceWei' | 'manifestText'
>
type SubnetReads = Pick<
  NetworkReader,
  | 'subnet'
  | 'workers'
  | 'worker'
  | 'nodes'
  | 'liveProofUntil'
  | 'isPlatformLive'
  | 'isReferenceAccepted'
  | 'liveKeys'
  | 'committee'
>
type CloudReads = Omit<
  NetworkReader,
  keyof HeadReads | keyof SubnetReads | keyof ReturnType<typeof contractReads>
>

async function read<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw chainError(cause, doing)
  }
}

/** Like `read`, but the named contract error means: there is no such thing. */
async function readOptional<T>(
  doing: string,
  absent: string,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call()
  } catch (cause) {
    if (revertName(cause) === absent) return undefined
    throw chainError(cause, doing)
  }
}

function headReads(chain: Chain): HeadReads {
  return {
    checkNetwork: () => read('check the network', () => chain.checkNetwork()),
    finalized: (maxAgeMs) =>
      read('read the newest finalized block', () => chain.finalized(maxAgeMs)),
    latest: () =>
      read('read the newest block', async () => {
        const { number, hash, timestamp } = await chain.client.getBlock({ blockTag: 'latest' })
        return { number, hash, timestamp }
      }),
    block: (number) => readBlock(chain, number),
    balanceWei: (address) => read('read the balance', () => chain.client.getBalance({ address })),
    manifestText: (appId, version) =>
      read(`read the manifest of application ${appId}`, async () => {
        return (await readManifest(chain, appId, version)).text
      }),
  }
}

async function readBlock(chain: Chain, blockNumber: bigint): Promise<Block | undefined> {
  try {
    const { number, hash, timestamp } = await chain.client.getBlock({ blockNumber })
    return { number, hash, timestamp }
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'BlockNotFoundError') return undefined
    throw chainError(cause, `read block ${blockNumber}`)
  }
}

function subnetReads(chain: Chain): SubnetReads {
  const subnet = { address: chain.profile.contracts.subnet, abi: subnetAbi } as const
  const client = chain.client
  return {
    subnet: (blockNumber) =>
      read('read what the network is', async () => {
        const [kind, simulated, trustStoreDigest] = await Promise.all([
          client.readContract({ ...subnet, functionName: 'kind', blockNumber }),
          client.readContract({ ...subnet, functionName: 'simulated', blockNumber }),
          client.readContract({ ...subnet, functionName: 'trustStoreDigest', blockNumber }),
        ])
        return { kind: kinds[kind] ?? 'live', simulated, trustStoreDigest }
      }),
    workers: (at) => readWorkers(chain, at),
    worker: (workerId, blockNumber) =>
      readOptional(`read worker ${workerId}`, 'WorkerUnknown', async () => {
        const args = [workerId] as const
        const worker = await client.readContract({
          ...subnet,
          functionName: 'worker',
          args,
          blockNumber,
        })
        return worker.owner === zeroAddress ? undefined : toWorker(workerId, worker)
      }),
    nodes: (at) => readNodes(chain, at),
    liveProofUntil: (role, nodeId, blockNumber) =>
      read('read a machine proof', async () => {
        const args = [role, nodeId] as const
        const [until] = await client.readContract({
          ...subnet,
          functionName: 'liveProof',
          args,
          blockNumber,
        })
        return until
      }),
    isPlatformLive: (role, nodeId, platformId, blockNumber) =>
      read('read a platform', () => {
        const args = [role, nodeId, platformId] as const
        return client.readContract({ ...subnet, functionName: 'isPlatformLive', args, blockNumber })
      }),
    isReferenceAccepted: (role, id, blockNumber) =>
      read('read a reference value', () => {
        const args = [role, id] as const
        return client.readContract({
          ...subnet,
          functionName: 'isReferenceAccepted',
          args,
          blockNumber,
        })
      }),
    liveKeys: (at) => read("read the network's keys", () => readLiveKeys(chain, at)),
    committee: (at) => readCommittee(chain, at),
  }
}

function readCommittee(chain: Chain, blockNumber: bigint) {
  const quorum = { address: chain.profile.contracts.quorum, abi: quorumAbi, blockNumber } as const
  return read('read the dsecret committee', async () => {
    const epoch = await chain.client.readContract({ ...quorum, functionName: 'activeEpoch' })
    if (epoch === 0n) return { epoch, members: [], threshold: 0 }
    const args = [epoch] as const
    const [members, threshold] = await chain.client.readContract({
      ...quorum,
      functionName: 'committee',
      args,
    })
    return { epoch, members, threshold }
  })
}

async function readWorkers(chain: Chain, at: bigint): Promise<WorkerRecord[]> {
  const all: WorkerRecord[] = []
  for (let first = 1n; first < maxEntries; first += pageSize) {
    const page = await read('read the workers', () =>
      chain.client.readContract({
        address: chain.profile.contracts.subnet,
        abi: subnetAbi,
        functionName: 'workers',
        args: [first, pageSize],
        blockNumber: at,
      }),
    )
    all.push(...page.map((worker, index) => toWorker(first + BigInt(index), worker)))
    if (BigInt(page.length) < pageSize) break
  }
  return all
}

type RawWorker = Omit<WorkerRecord, 'workerId' | 'status' | 'region'> & {
  readonly status: number
  readonly region: Hex
}

function toWorker(workerId: bigint, worker: RawWorker): WorkerRecord {
  const status = workerStates[worker.status] ?? 'shutdown'
  return { ...worker, workerId, status, region: hexToString(worker.region, { size: 32 }) }
}

async function readNodes(chain: Chain, at: bigint): Promise<NodeRecord[]> {
  const all: NodeRecord[] = []
  for (let first = 1n; first < maxEntries; first += pageSize) {
    const page = await read('read the dsecret nodes', () =>
      chain.client.readContract({
        address: chain.profile.contracts.subnet,
        abi: subnetAbi,
        functionName: 'nodes',
        args: [first, pageSize],
        blockNumber: at,
      }),
    )
    for (const [index, { encryptionKey: _key, ...node }] of page.entries()) {
      const status = nodeStates[node.status] ?? 'slashed'
      all.push({ ...node, status, nodeId: first + BigInt(index) })
    }
    if (BigInt(page.length) < pageSize) break
  }
  return all
}

function cloudReads(chain: Chain): CloudReads {
  const cloud = { address: chain.profile.contracts.cloud, abi: cloudAbi } as const
  const client = chain.client
  return {
    parameters: (blockNumber) =>
      read('read the parameters', () =>
        client.readContract({ ...cloud, functionName: 'parameters', blockNumber }),
      ),
    appsOf: (owner, at) => readAppsOf(chain, owner, at),
    appByName: (owner, name, blockNumber) =>
      read(`look up the application "${name}"`, async () => {
        const args = [owner, encodeName(name)] as const
        const id = await client.readContract({
          ...cloud,
          functionName: 'appByName',
          args,
          blockNumber,
        })
        return id === 0n ? undefined : id
      }),
    app: (appId, at) => readApp(chain, appId, at),
    version: (appId, version, at) => readVersion(chain, appId, version, at),
    lease: (appId, replica, slot, at) => readLease(chain, appId, replica, slot, at),
    isLeaseLive: (appId, instanceKey, blockNumber) =>
      read(`read whether a lease of application ${appId} is live`, () =>
        client.readContract({
          ...cloud,
          functionName: 'isLeaseLive',
          args: [appId, instanceKey],
          blockNumber,
        }),
      ),
    unsettled: (appId, blockNumber) =>
      read('read the unsettled rent', async () => {
        const [seconds, rentWei] = await client.readContract({
          ...cloud,
          functionName: 'unsettled',
          args: [appId],
          blockNumber,
        })
        return { seconds, rentWei }
      }),
    quote: (workerId, asset, terms, blockNumber) =>
      read(`get the price of worker ${workerId}`, async () => {
        const args = [workerId, asset, terms] as const
        const [weiPerSecond, minimumDepositWei, graceDepositWei] = await client.readContract({
          ...cloud,
          functionName: 'quote',
          args,
          blockNumber,
        })
        return { weiPerSecond, minimumDepositWei, graceDepositWei }
      }),
    creditWei: (account, asset, blockNumber) =>
      read('read the credit', () => {
        const args = [account, asset] as const
        return client.readContract({ ...cloud, functionName: 'credit', args, blockNumber })
      }),
  }
}

async function readAppsOf(chain: Chain, owner: Address, at: bigint): Promise<bigint[]> {
  const all: bigint[] = []
  for (let first = 0n; first < maxEntries; first += pageSize) {
    const page = await read('list the applications', () =>
      chain.client.readContract({
        address: chain.profile.contracts.cloud,
        abi: cloudAbi,
        functionName: 'appsOf',
        args: [owner, first, pageSize],
        blockNumber: at,
      }),
    )
    all.push(...page)
    if (BigInt(page.length) < pageSize) break
  }
  return all
}

async function readApp(chain: Chain, appId: bigint, at: bigint): Promise<AppRecord | undefined> {
  const app = await readOptional(`read application ${appId}`, 'AppUnknown', () =>
    chain.client.readContract({
      address: chain.profile.contracts.cloud,
      abi: cloudAbi,
      functionName: 'app',
      args: [appId],
      blockNumber: at,
    }),
  )
  const state = app === undefined ? undefined : states[app.state]
  if (app === undefined || state === undefined) return undefined
  return { ...app, appId, state, name: hexToString(app.name, { size: 32 }) }
}

async function readVersion(
  chain: Chain,
  appId: bigint,
  version: number,
  at: bigint,
): Promise<VersionRecord | undefined> {
  const found = await readOptional(`read version ${version}`, 'AppUnknown', () =>
    chain.client.readContract({
      address: chain.profile.contracts.cloud,
      abi: cloudAbi,
      functionName: 'version',
      args: [appId, version],
      blockNumber: at,
    }),
  )
  return found === undefined || found.createdAt === 0n ? undefined : { version, ...found }
}

async function readLease(
  chain: Chain,
  appId: bigint,
  replica: number,
  slot: 0 | 1,
  at: bigint,
): Promise<LeaseRecord | undefined> {
  const lease = await readOptional(`read a lease of application ${appId}`, 'AppUnknown', () =>
    chain.client.readContract({
      address: chain.profile.contracts.cloud,
      abi: cloudAbi,
      functionName: 'lease',
      args: [appId, replica, slot],
      blockNumber: at,
    }),
  )
  return lease === undefined || lease.notAfter === 0n ? undefined : lease
}
