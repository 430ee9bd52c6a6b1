// What anybody sees of a network: its sizes, workers, nodes, applications, in pages of the Lens contract. Network I/O.
import { hexToString, zeroAddress, type Address } from 'viem'
import { readLeases } from './apps.ts'
import type { ViewResult } from './contracts.ts'
import { lastsSeconds, perDay } from './money.ts'
import type { Network } from './network.ts'
import type {
  AppRecord,
  Asset,
  Block,
  NodeRecord,
  NodeStatus,
  SubnetFacts,
  WorkerRecord,
  WorkerStatus,
} from './reader.ts'

/** A network in numbers, as of a finalized block. */
export type NetworkOverview = {
  readonly kind: SubnetFacts['kind']
  readonly simulated: boolean
  readonly workerCount: number
  readonly nodeCount: number
  /** Ever made, those that have ended included. */
  readonly appCount: number
  /** 0 before there is a committee. */
  readonly activeEpoch: bigint
  readonly members: readonly bigint[]
  readonly threshold: number
  readonly hasNetworkKey: boolean
  readonly block: Block
}

/** An application in a list. Amounts in the smallest unit of `asset`; rents for all replicas together. */
export type AppRow = Pick<
  AppRecord,
  | 'appId'
  | 'owner'
  | 'state'
  | 'name'
  | 'replicas'
  | 'currentVersion'
  | 'pendingVersion'
  | 'createdAt'
  | 'escrowWei'
  | 'paidWei'
> & {
  readonly asset: Asset
  readonly workerId: bigint
  readonly weiPerDay: bigint
  readonly unsettledWei: bigint
  /** How long the escrow lasts after what is owed; absent when nothing is charged or the application has ended. */
  readonly lastsSeconds?: number
}

/** An application of a worker, with what its lease is worth now. */
export type LeasedApp = AppRow & {
  /** Replicas that hold a live lease there. */
  readonly liveReplicas: number
  /** End of the one that lasts longest, seconds; 0 without one. */
  readonly leaseUntil: bigint
}

/** A worker in a list. */
export type WorkerRow = WorkerRecord & {
  /** Applications that run, are paused or about to arrive there. */
  readonly apps: number
  /** End of its machine's live proof, seconds; 0 without one. */
  readonly provenUntil: bigint
}

/** A dsecret node in a list. */
export type NodeRow = Pick<
  NodeRecord,
  'nodeId' | 'owner' | 'operator' | 'status' | 'stakeWei' | 'endpoint'
> & {
  readonly vendor: string
  readonly provenUntil: bigint
  /** Whether a committee that counts, or the next one, seats it. */
  readonly seated: boolean
}

/** Lists of one page are asked for at once, and are of one block. */
const headMaxAgeMs = 100
const pageSize = 100
/** Of `Lens.appRows`. */
const rowsPageSize = 200
/** More are not read: who has more looks them up by number. */
const maxEntries = 1_000
const kinds = ['development', 'test', 'live'] as const
const states = ['ended', 'active', 'paused', 'ended'] as const
const workerStates: readonly WorkerStatus[] = ['shutdown', 'active', 'draining', 'shutdown']
const nodeStates: readonly NodeStatus[] = ['slashed', 'active', 'leaving', 'slashed']
const vendors = ['unproven', 'Intel', 'AMD', 'AWS']

/** The network in numbers. Throws `network.contract-missing` where the profile names no Lens, `chain.unreachable`. */
export async function readOverview({ reader }: Network): Promise<NetworkOverview> {
  const block = await reader.finalized(headMaxAgeMs)
  const [facts, committee, keys] = await Promise.all([
    reader.view('lens', 'network', [], block.number),
    reader.committee(block.number),
    reader.liveKeys(block.number),
  ])
  return {
    kind: kinds[facts.kind] ?? 'live',
    simulated: facts.simulated,
    workerCount: Number(facts.workerCount),
    nodeCount: Number(facts.nodeCount),
    appCount: Number(facts.appCount),
    activeEpoch: facts.activeEpoch,
    members: committee.members,
    threshold: committee.threshold,
    hasNetworkKey: keys.length > 0,
    block,
  }
}

/** Applications, newest first, at most 1,000: all of the network, or those of an owner. Throws as `readOverview`. */
export async function listAppRows(network: Network, owner?: Address): Promise<AppRow[]> {
  const views = await (owner === undefined ? newestApps(network) : appsOfOwner(network, owner))
  const rows = await toRows(network, views)
  return rows.sort((a, b) => (a.appId < b.appId ? 1 : -1))
}

/** The first 100 applications of a worker with their leases, newest first; those about to arrive included. Throws as `readOverview`. */
export async function listWorkerApps(network: Network, workerId: bigint): Promise<LeasedApp[]> {
  const { reader } = network
  const { number: at } = await reader.finalized(headMaxAgeMs)
  const views = await reader.view('lens', 'appRowsOn', [workerId, 0n, BigInt(pageSize)], at)
  const rows = await toRows(network, views)
  const leased = await Promise.all(
    rows.map(async (row): Promise<LeasedApp> => {
      const leases = await readLeases(network, row.appId, row.replicas, at)
      const live = leases.filter((lease) => lease.live && lease.workerId === workerId)
      return {
        ...row,
        liveReplicas: new Set(live.map(({ replica }) => replica)).size,
        leaseUntil: live.reduce((end, { notAfter }) => (notAfter > end ? notAfter : end), 0n),
      }
    }),
  )
  return leased.sort((a, b) => (a.appId < b.appId ? 1 : -1))
}

type AppViews = ViewResult<'lens', 'appRows'>

async function toRows({ reader }: Network, views: AppViews): Promise<AppRow[]> {
  const used = new Set(views.map(({ asset }) => asset))
  const assets = new Map<Address, Asset>()
  await Promise.all(
    [...used].map(async (address) => assets.set(address, await reader.asset(address))),
  )
  return views.map((view): AppRow => {
    const { asset: address, weiPerSecond: replicaWeiPerSecond, ...row } = view
    const asset = assets.get(address)
    if (asset === undefined) throw new Error(`the asset ${address} was read`)
    const weiPerSecond = replicaWeiPerSecond * BigInt(row.replicas)
    const state = states[row.state] ?? 'ended'
    const free = row.escrowWei > row.unsettledWei ? row.escrowWei - row.unsettledWei : 0n
    const seconds = state === 'ended' ? undefined : lastsSeconds(free, weiPerSecond)
    return {
      ...row,
      state,
      name: hexToString(row.name, { size: 32 }),
      asset,
      weiPerDay: perDay(weiPerSecond),
      ...(seconds === undefined ? {} : { lastsSeconds: seconds }),
    }
  })
}

/** Every worker with its prices in DOT, by number. Throws as `readOverview`. */
export async function listWorkerRows({ reader }: Network): Promise<WorkerRow[]> {
  const { number: at } = await reader.finalized(headMaxAgeMs)
  const views = await allPages((first) =>
    reader.view('lens', 'workers', [zeroAddress, BigInt(first + 1), BigInt(pageSize)], at),
  )
  return views.map(({ workerId, worker, apps, machineUntil }) => ({
    ...worker,
    workerId,
    status: workerStates[worker.status] ?? 'shutdown',
    region: hexToString(worker.region, { size: 32 }),
    apps: Number(apps),
    provenUntil: machineUntil,
  }))
}

/** Every dsecret node, by number. Throws as `readOverview`. */
export async function listNodeRows({ reader }: Network): Promise<NodeRow[]> {
  const { number: at } = await reader.finalized(headMaxAgeMs)
  const views = await allPages((first) =>
    reader.view('lens', 'nodes', [BigInt(first + 1), BigInt(pageSize)], at),
  )
  return views.map(({ nodeId, node, machineUntil, vendor, seated }) => ({
    ...{ nodeId, owner: node.owner, operator: node.operator, stakeWei: node.stakeWei },
    ...{ endpoint: node.endpoint, seated },
    status: nodeStates[node.status] ?? 'slashed',
    vendor: vendors[vendor] ?? 'unknown',
    provenUntil: machineUntil,
  }))
}

/** All pages at once: how many there are is asked with the block, and may be of the one beside it. */
async function newestApps({ reader }: Network): Promise<AppViews> {
  const [{ number: at }, appCount] = await Promise.all([
    reader.finalized(headMaxAgeMs),
    reader.view('cloud', 'appCount', [], 'finalized'),
  ])
  const oldest = appCount > BigInt(maxEntries) ? appCount - BigInt(maxEntries) : 0n
  const pages = Math.ceil(Number(appCount - oldest) / rowsPageSize)
  const read = Array.from({ length: pages }, (_, page) => {
    const first = oldest + BigInt(page * rowsPageSize + 1)
    return reader.view('lens', 'appRows', [first, BigInt(rowsPageSize)], at)
  })
  return (await Promise.all(read)).flat()
}

async function appsOfOwner({ reader }: Network, owner: Address): Promise<AppViews> {
  const { number: at } = await reader.finalized(headMaxAgeMs)
  return allPages((first) =>
    reader.view('lens', 'appRowsOf', [owner, BigInt(first), BigInt(pageSize)], at),
  )
}

/** Pages from place 0 on, until one is short. */
async function allPages<T>(page: (first: number) => Promise<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for (let first = 0; first < maxEntries; first += pageSize) {
    const found = await page(first)
    all.push(...found)
    if (found.length < pageSize) break
  }
  return all
}
