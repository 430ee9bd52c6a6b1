// Applications as chain and worker show them, with their money. Network I/O.
import type { Address } from 'viem'
import { SdkError } from './error.ts'
import { lastsSeconds, perDay } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import type { AppRecord, Asset, Block, LeaseRecord, VersionRecord, WorkerRecord } from './reader.ts'
import {
  readAppStatus,
  type Condition,
  type InstanceStatus,
  type VersionStatus,
} from './worker-api.ts'

/** One line of a list. Amounts in the smallest unit of `asset`; rents for all replicas together. */
export type AppSummary = {
  readonly appId: bigint
  readonly name: string
  readonly owner: Address
  readonly state: AppRecord['state']
  readonly asset: Asset
  readonly currentVersion: number
  readonly pendingVersion: number
  readonly workerId: bigint
  /** Replicas that hold a live lease now, and how many there should be. */
  readonly liveReplicas: number
  readonly replicas: number
  readonly weiPerDay: bigint
  readonly escrowWei: bigint
  readonly graceDepositWei: bigint
  readonly paidWei: bigint
  /** Rent that is owed but not settled. */
  readonly unsettledWei: bigint
  /** How long the escrow lasts after what is owed; absent when nothing is charged or the application has ended. */
  readonly lastsSeconds?: number
}

/** An application with everything known about it. */
export type AppDetails = AppSummary & {
  readonly version: VersionRecord
  /** The version that is being started beside it. */
  readonly pending?: VersionRecord
  readonly worker: WorkerRecord | undefined
  readonly leases: readonly (LeaseRecord & { readonly live: boolean; readonly slot: 0 | 1 })[]
  /** The host's word; absent when the worker does not answer or does not know the application. */
  readonly instances?: readonly InstanceStatus[]
  /** What the worker has of the versions that it runs; its word. */
  readonly versions?: readonly VersionStatus[]
  readonly conditions: readonly Condition[]
  readonly block: Block
}

/** The number of an application from its number or name; throws `app.not-found`. */
export async function resolveApp(network: Network, idOrName: string | bigint): Promise<bigint> {
  const { number } = await network.reader.finalized()
  if (typeof idOrName === 'bigint' || /^\d{1,19}$/.test(idOrName)) {
    const appId = BigInt(idOrName)
    if ((await network.reader.app(appId, number)) !== undefined) return appId
    throw appNotFound(`application ${appId}`)
  }
  const { account } = requireAccount(network)
  const appId = await network.reader.appByName(account.address, idOrName, number)
  if (appId === undefined)
    throw appNotFound(`application named "${idOrName}" of ${account.address}`)
  return appId
}

/** The applications of an account, newest last; default the network's own account. */
export async function listApps(network: Network, owner?: Address): Promise<AppSummary[]> {
  const address = owner ?? requireAccount(network).account.address
  const block = await network.reader.finalized()
  const ids = await network.reader.appsOf(address, block.number)
  const all: AppSummary[] = []
  for (const appId of ids) all.push((await readApp(network, appId, block)).summary)
  return all
}

/** Chain state, leases, money, and what the worker says. Throws `app.not-found`. */
export async function showApp(
  network: Network,
  appId: bigint,
  options: { signal?: AbortSignal } = {},
): Promise<AppDetails> {
  const block = await network.reader.finalized()
  const { summary, version, pending, leases } = await readApp(network, appId, block)
  const worker = await network.reader.worker(version.workerId, block.number)
  const status = await readStatus(network, worker, appId, summary.state, options.signal)
  return {
    ...summary,
    version,
    worker,
    leases,
    block,
    conditions: status.conditions,
    ...(pending === undefined ? {} : { pending }),
    ...(status.instances === undefined ? {} : { instances: status.instances }),
    ...(status.versions === undefined ? {} : { versions: status.versions }),
  }
}

async function readApp(network: Network, appId: bigint, block: Block) {
  const { reader } = network
  const app = await reader.app(appId, block.number)
  if (app === undefined) throw appNotFound(`application ${appId}`)
  const number = app.currentVersion === 0 ? app.pendingVersion : app.currentVersion
  const version = await reader.version(appId, number, block.number)
  if (version === undefined) throw appNotFound(`version ${number} of application ${appId}`)
  const pending =
    app.pendingVersion === 0 || app.pendingVersion === number
      ? undefined
      : await reader.version(appId, app.pendingVersion, block.number)
  const replicas = Math.max(app.replicas, pending?.terms.replicas ?? 0)
  const leases = await readLeases(network, appId, replicas, block.number)
  const unsettled = await reader.unsettled(appId, block.number)
  const asset = await reader.asset(app.asset)
  const summary = summarize(app, version, { leases, unsettledWei: unsettled.rentWei, asset })
  return { summary, version, pending, leases }
}

function summarize(
  app: AppRecord,
  version: VersionRecord,
  more: { leases: AppDetails['leases']; unsettledWei: bigint; asset: Asset },
): AppSummary {
  const { leases, unsettledWei, asset } = more
  const weiPerSecond = version.weiPerSecond * BigInt(app.replicas)
  const free = app.escrowWei > unsettledWei ? app.escrowWei - unsettledWei : 0n
  const seconds = app.state === 'ended' ? undefined : lastsSeconds(free, weiPerSecond)
  const live = leases.filter((lease) => lease.live && lease.version === version.version)
  return {
    appId: app.appId,
    name: app.name,
    owner: app.owner,
    state: app.state,
    asset,
    currentVersion: app.currentVersion,
    pendingVersion: app.pendingVersion,
    workerId: version.workerId,
    liveReplicas: new Set(live.map((lease) => lease.replica)).size,
    replicas: app.replicas,
    weiPerDay: perDay(weiPerSecond),
    escrowWei: app.escrowWei,
    graceDepositWei: app.graceDepositWei,
    paidWei: app.paidWei,
    unsettledWei,
    ...(seconds === undefined ? {} : { lastsSeconds: seconds }),
  }
}

/** The leases in both slots of so many replicas, with the contract's word on whether each counts. Throws `chain.*`. */
export async function readLeases(
  network: Network,
  appId: bigint,
  replicaCount: number,
  at: bigint,
): Promise<AppDetails['leases'][number][]> {
  const slots = [0, 1] as const
  const replicas = Array.from({ length: replicaCount }, (_, replica) => replica)
  const read = await Promise.all(
    replicas.flatMap((replica) =>
      slots.map(async (slot) => {
        const lease = await network.reader.lease(appId, replica, slot, at)
        if (lease === undefined) return []
        // The contract's word: a lease that was revoked is not live, whatever its end.
        const live = await network.reader.isLeaseLive(appId, lease.instanceKey, at)
        return [{ ...lease, live, slot }]
      }),
    ),
  )
  return read.flat()
}

/** Never throws for a worker that is away: that is a condition of the application. */
async function readStatus(
  network: Network,
  worker: WorkerRecord | undefined,
  appId: bigint,
  state: AppRecord['state'],
  signal?: AbortSignal,
): Promise<Pick<AppDetails, 'instances' | 'versions' | 'conditions'>> {
  if (worker === undefined || state === 'ended') return { conditions: [] }
  try {
    const status = await readAppStatus(network.transport, worker.endpoint, appId, signal)
    if (status !== undefined) {
      const { versions, ...rest } = status
      return versions === undefined ? rest : { ...rest, versions }
    }
    return {
      conditions: [
        {
          code: 'worker.app-unknown',
          severity: 'warning',
          text: `worker ${worker.workerId} does not know application ${appId} yet`,
          remedy: 'wait a few seconds: it acts on finalized blocks only',
        },
      ],
    }
  } catch (error) {
    if (!(error instanceof SdkError) || error.code === 'aborted') throw error
    return {
      conditions: [
        {
          code: error.code,
          severity: 'error',
          text: error.message,
          remedy: `nothing is paid while no lease is live; if the worker stays away, \`wetee app migrate ${appId}\` moves it to another`,
        },
      ],
    }
  }
}

/** `app.not-found`; `what` completes "there is no ...". */
export function appNotFound(what: string): SdkError {
  return new SdkError(
    'app.not-found',
    `there is no ${what} on this network: \`wetee list\` shows yours`,
  )
}
