// A network in memory behind the NetworkReader port, for tests: the world is plain data that a test changes. No I/O.
import type { Chain, NetworkProfile } from '@wetee/chain'
import { createWalletClient, http, zeroAddress, type Address, type Hex } from 'viem'
import { toAccount } from 'viem/accounts'
import { SdkError } from '../error.ts'
import { nativeAsset } from '../money.ts'
import type { Network } from '../network.ts'
import type {
  AppRecord,
  Asset,
  Block,
  CloudParameters,
  ContractEvent,
  LeaseRecord,
  LiveKey,
  NetworkKey,
  NetworkReader,
  NodeRecord,
  Quote,
  SubnetFacts,
  VersionRecord,
  WorkerRecord,
} from '../reader.ts'
import type { Transport, TransportAnswer } from '../transport.ts'

/** Everything on the chain that the sdk can read. */
export type World = {
  reachable: boolean
  blocks: Map<bigint, Block>
  head: Block
  facts: SubnetFacts
  parameters: CloudParameters
  workers: WorkerRecord[]
  nodes: NodeRecord[]
  committee: { epoch: bigint; members: bigint[]; threshold: number }
  /** The newest; its number is one more than that of `olderKey`. */
  networkKey: NetworkKey | undefined
  networkKeyMade: bigint
  olderKey: LiveKey | undefined
  /** `role/nodeId` to the end of its live proof. */
  proofs: Map<string, bigint>
  /** `role/nodeId/platformId`. */
  platforms: Set<string>
  /** `role/measurementId`. */
  references: Set<string>
  apps: Map<bigint, AppRecord>
  /** `appId/version`. */
  versions: Map<string, VersionRecord>
  /** `appId/replica/slot`. */
  leases: Map<string, LeaseRecord>
  /** Instance keys below a revocation floor, as in the leases. */
  revokedKeys: Set<string>
  manifests: Map<string, string>
  /** By worker. */
  quotes: Map<bigint, Quote>
  unsettledWei: bigint
  balances: Map<string, bigint>
  /** Native DOT by account, ERC20s by `account/asset`. */
  credits: Map<string, bigint>
  assets: Map<Address, Asset>
  /** Answers of views by `contract.function(arguments)`. */
  views: Map<string, unknown>
  /** By `contract.event`. */
  events: Map<string, ContractEvent[]>
}

export const testOwner: Address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
export const testOperator: Address = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
export const zeroDigest: Hex = `0x${'00'.repeat(32)}`

/** A block of the test chain: one a second from `genesisSeconds`. */
export const genesisSeconds = 1_800_000_000n
export const testBlock = (number: bigint): Block => ({
  number,
  hash: `0x${number.toString(16).padStart(64, '0')}`,
  timestamp: genesisSeconds + number,
})

/** An empty development network with 100 blocks. */
export function emptyWorld(): World {
  const blocks = new Map(Array.from({ length: 101 }, (_, n) => [BigInt(n), testBlock(BigInt(n))]))
  return {
    reachable: true,
    blocks,
    head: testBlock(100n),
    facts: { kind: 'development', simulated: true, trustStoreDigest: zeroDigest },
    parameters: { maxLeaseSeconds: 300n, minEscrowSeconds: 3600n, feeBps: 200 },
    workers: [],
    nodes: [],
    committee: { epoch: 1n, members: [], threshold: 0 },
    networkKey: undefined,
    networkKeyMade: 0n,
    olderKey: undefined,
    proofs: new Map(),
    platforms: new Set(),
    references: new Set(),
    apps: new Map(),
    versions: new Map(),
    leases: new Map(),
    revokedKeys: new Set(),
    manifests: new Map(),
    quotes: new Map(),
    unsettledWei: 0n,
    balances: new Map(),
    credits: new Map(),
    assets: new Map(),
    views: new Map(),
    events: new Map(),
  }
}

/** A worker with room that a test overrides. */
export function testWorker(workerId: bigint, fields: Partial<WorkerRecord> = {}): WorkerRecord {
  return {
    workerId,
    owner: testOwner,
    operator: testOperator,
    status: 'active',
    region: 'eu-1',
    stakeWei: 5n * 10n ** 18n,
    level: 1,
    teeClasses: 1,
    open: true,
    prices: { cpuMilli: 1n, memoryMiB: 1n, diskMiB: 1n, gpu: 1n },
    capacity: { cpuMilli: 4000, memoryMiB: 8192, diskMiB: 10_000, gpu: 0 },
    reserved: { cpuMilli: 0, memoryMiB: 0, diskMiB: 0, gpu: 0 },
    endpoint: `http://worker-${workerId}.test`,
    ...fields,
  }
}

/** An active application that a test overrides. */
export function testApp(appId: bigint, fields: Partial<AppRecord> = {}): AppRecord {
  return {
    appId,
    owner: testOwner,
    state: 'active',
    name: 'hello',
    asset: zeroAddress,
    replicas: 1,
    currentVersion: 1,
    pendingVersion: 0,
    pendingDeadline: 0n,
    createdAt: genesisSeconds,
    pausedAt: 0n,
    noticeUntil: 0n,
    escrowWei: 0n,
    graceDepositWei: 0n,
    paidWei: 0n,
    settledSeconds: 0n,
    ...fields,
  }
}

function liveKeysOf({ networkKey, networkKeyMade, olderKey }: World): LiveKey[] {
  if (networkKey === undefined) return []
  const number = (olderKey?.number ?? 0) + 1
  const newest = { ...networkKey, number, madeBlock: networkKeyMade, lastEpoch: 0n, endsAt: 0n }
  return olderKey === undefined ? [newest] : [olderKey, newest]
}

/** A version that a test overrides. */
export function testVersion(
  version: number,
  fields: Partial<VersionRecord> & Pick<VersionRecord, 'terms'>,
): VersionRecord {
  return {
    version,
    workerId: 1n,
    createdAt: genesisSeconds,
    createdBlock: 1n,
    endedAt: 0n,
    manifestVersion: version,
    security: false,
    manifestDigest: zeroDigest,
    termsDigest: zeroDigest,
    weiPerSecond: 1n,
    ...fields,
  }
}

/** Reads of a world; it may change between reads. */
export function memoryReader(world: World): NetworkReader {
  const give = <T>(value: T): Promise<T> =>
    world.reachable
      ? Promise.resolve(value)
      : Promise.reject(
          new SdkError('chain.unreachable', 'no answer from the chain', { retryable: true }),
        )
  return {
    checkNetwork: () => give(undefined),
    finalized: () => give(world.head),
    latest: () => give(testBlock(world.head.number + 2n)),
    block: (number) => give(world.blocks.get(number)),
    subnet: () => give(world.facts),
    parameters: () => give(world.parameters),
    workers: () => give(world.workers),
    worker: (id) => give(world.workers.find((worker) => worker.workerId === id)),
    nodes: () => give(world.nodes),
    liveProofUntil: (role, id) => give(world.proofs.get(`${role}/${id}`) ?? 0n),
    isPlatformLive: (role, id, platform) => give(world.platforms.has(`${role}/${id}/${platform}`)),
    isReferenceAccepted: (role, id) => give(world.references.has(`${role}/${id}`)),
    liveKeys: () => give(liveKeysOf(world)),
    committee: () => give(world.committee),
    appsOf: (owner) =>
      give([...world.apps.values()].filter((a) => a.owner === owner).map((a) => a.appId)),
    appByName: (owner, name) =>
      give([...world.apps.values()].find((a) => a.owner === owner && a.name === name)?.appId),
    app: (appId) => give(world.apps.get(appId)),
    version: (appId, version) => give(world.versions.get(`${appId}/${version}`)),
    lease: (appId, replica, slot) => give(world.leases.get(`${appId}/${replica}/${slot}`)),
    isLeaseLive: (appId, key, at) =>
      give(
        [...world.leases].some(
          ([slot, { instanceKey, notAfter }]) =>
            slot.startsWith(`${appId}/`) &&
            instanceKey.toLowerCase() === key.toLowerCase() &&
            notAfter > (world.blocks.get(at) ?? world.head).timestamp &&
            !world.revokedKeys.has(instanceKey),
        ),
      ),
    unsettled: () => give({ seconds: 0n, rentWei: world.unsettledWei }),
    quote: (workerId) => {
      const quote = world.quotes.get(workerId)
      return quote === undefined
        ? Promise.reject(new SdkError('contract.WorkerUnfit', `no quote of worker ${workerId}`))
        : give(quote)
    },
    creditWei: (account, asset) =>
      give(world.credits.get(asset === zeroAddress ? account : `${account}/${asset}`) ?? 0n),
    asset: (asset) => {
      const known = asset === zeroAddress ? nativeAsset : world.assets.get(asset)
      return known === undefined
        ? Promise.reject(new SdkError('asset.invalid', `${asset} is no ERC20`))
        : give(known)
    },
    view: (contract, functionName, args) => {
      const key = `${contract}.${functionName}(${(args as readonly unknown[]).map(String).join(',')})`
      return world.views.has(key)
        ? (give(world.views.get(key)) as never)
        : Promise.reject(new SdkError('contract.Reverted', `the test world has no ${key}`))
    },
    events: (contract, eventName, indexed, at, from = 0n) =>
      give(
        (world.events.get(`${contract}.${eventName}`) ?? []).filter(
          ({ args, blockNumber }) =>
            blockNumber >= from &&
            blockNumber <= at &&
            Object.entries(indexed).every(([name, value]) => args[name] === value),
        ),
      ),
    balanceWei: (account) => give(world.balances.get(account) ?? 0n),
    manifestText: (appId, version) => {
      const text = world.manifests.get(`${appId}/${version}`)
      return text === undefined
        ? Promise.reject(new SdkError('chain.refused', 'the calldata is pruned'))
        : give(text)
    },
  }
}

/** What a URL answers; a function may change its mind and sees what was put there, an error is thrown. */
export type Answers = Record<
  string,
  | TransportAnswer
  | ((put?: Uint8Array) => TransportAnswer | SdkError | Promise<TransportAnswer | SdkError>)
  | SdkError
>

/** A transport that knows these URLs and nothing else. */
function memoryTransport(answers: Answers): Transport {
  const answerOf = async (url: string, put?: Uint8Array) => {
    const known = answers[url]
    const answer = typeof known === 'function' ? await known(put) : known
    if (answer === undefined)
      throw new SdkError('transport.failed', `no answer from ${url}: refused`, { retryable: true })
    if (answer instanceof SdkError) throw answer
    return answer
  }
  return { get: (url) => answerOf(url), put: (url, body) => answerOf(url, body) }
}

/** A JSON answer with status 200. */
export function jsonAnswer(value: unknown, tlsKeyHash?: Hex): TransportAnswer {
  const body = new TextEncoder().encode(JSON.stringify(value))
  return tlsKeyHash === undefined ? { status: 200, body } : { status: 200, body, tlsKeyHash }
}

/** Bytes in the shape of a root certificate: digests are over bytes, whatever they say. */
export const testRootDer = Uint8Array.of(1, 2, 3)
const testRootPem = '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n'

/** A network of a world and a transport; `chain` is absent, so nothing can be sent. */
export function memoryNetwork(world: World, answers: Answers = {}, owner = true): Network {
  const profile = {
    name: 'memory',
    kind: world.facts.kind,
    simulated: world.facts.simulated,
    chainId: 31337,
    rpcUrls: ['http://127.0.0.1:1'],
    contracts: {
      subnet: `0x${'01'.repeat(20)}`,
      quorum: `0x${'02'.repeat(20)}`,
      cloud: `0x${'03'.repeat(20)}`,
      complaints: `0x${'04'.repeat(20)}`,
      misconduct: `0x${'05'.repeat(20)}`,
      members: `0x${'06'.repeat(20)}`,
      token: `0x${'07'.repeat(20)}`,
      governor: `0x${'08'.repeat(20)}`,
      timelock: `0x${'09'.repeat(20)}`,
      fastGovernor: `0x${'0a'.repeat(20)}`,
      fastTimelock: `0x${'0b'.repeat(20)}`,
      authority: `0x${'0c'.repeat(20)}`,
      keys: `0x${'0d'.repeat(20)}`,
      secrets: `0x${'0e'.repeat(20)}`,
      apis: `0x${'0f'.repeat(20)}`,
      bridge: `0x${'10'.repeat(20)}`,
      forwarder: `0x${'11'.repeat(20)}`,
    },
    deployBlock: 0n,
    trustRoots: [{ name: 'test', pem: testRootPem }],
    finalityBlocks: 2,
  } as unknown as NetworkProfile
  const account = toAccount(testOwner)
  const wallet = createWalletClient({ account, transport: http('http://127.0.0.1:1') })
  return {
    profile,
    chain: undefined as unknown as Chain,
    reader: memoryReader(world),
    transport: memoryTransport(answers),
    ...(owner ? { account, wallet } : {}),
  }
}
