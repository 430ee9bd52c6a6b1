// The chain behind the WatchView port: applications and machines in pages, what changed by events. Network I/O through viem.
import { ChainError, cloudAbi, lensAbi, subnetAbi, type Chain, type ChainEvent } from '@wetee/chain'
import {
  ROLE_DSECRET,
  ROLE_WORKER,
  type Block,
  type ChainView,
  type Hex,
} from '../chain/chain-view.ts'
import { eventsOf, readsOf } from '../chain/reads.ts'
import {
  MAX_RANGE_BLOCKS,
  type AppReading,
  type LeaseReading,
  type MachineReading,
  type WatchView,
} from './readings.ts'
import { restsOn, type Changes } from './subjects.ts'

/** Reads that run at the same time. */
const PARALLEL_READS = 32
/** Records in one answer of the Lens. */
const MAX_PAGE = 100
const APP_STATES = ['ended', 'active', 'paused', 'ended'] as const
const WORKER_STATUSES = ['shutdown', 'active', 'draining', 'shutdown'] as const
const NODE_STATUSES = ['slashed', 'active', 'leaving', 'slashed'] as const

/** What a slot's replicas and versions come from. */
type AppFacts = Omit<AppReading, 'leases'> & { readonly pendingReplicas: number }

/** Reads of `chain`; all throw ChainError. With a `lens` in the profile records come in pages of 100, else one by one. */
export function openWatchView(chain: Chain, view: ChainView): WatchView {
  const { client, profile } = chain
  const { subnet, cloud } = profile.contracts
  const ofSubnet = { address: subnet, abi: subnetAbi } as const
  const ofCloud = { address: cloud, abi: cloudAbi } as const
  const { read } = readsOf(chain)
  return {
    ...pick(view),
    async counts(blockNumber) {
      const all = Promise.all([
        client.readContract({ ...ofCloud, functionName: 'appCount', blockNumber }),
        client.readContract({ ...ofSubnet, functionName: 'workerCount', blockNumber }),
        client.readContract({ ...ofSubnet, functionName: 'nodeCount', blockNumber }),
      ])
      const [apps, workers, nodes] = await read('count what there is', all)
      return { apps, workers, nodes }
    },
    async changes(from, to) {
      if (to - from >= MAX_RANGE_BLOCKS) throw tooWide(from, to)
      return changesIn(await eventsOf(chain, [ofSubnet, ofCloud], from, to))
    },
    async apps(ids, at) {
      const facts = await read('read applications', appFacts(chain, ids, at.number))
      return read('read leases', withLeases(chain, facts, at))
    },
    machines: (kind, ids, at) => read('read machines', machinesOf(chain, kind, ids, at)),
    async unsettledSeconds(appId, blockNumber) {
      const call = { ...ofCloud, functionName: 'unsettled', args: [appId], blockNumber } as const
      return (await read('read what is not settled', client.readContract(call)))[0]
    },
  }
}

function pick(view: ChainView) {
  return {
    head: () => view.head(),
    block: (number: bigint) => view.block(number),
    reference: (role: number, id: Hex, at: bigint) => view.reference(role, id, at),
    platform: (id: Hex, at: bigint) => view.platform(id, at),
    revocationFloor: (...args: Parameters<ChainView['revocationFloor']>) =>
      view.revocationFloor(...args),
    nodeProofSeconds: (at: bigint) => view.nodeProofSeconds(at),
    node: (id: bigint, at: bigint) => view.node(id, at),
    workerOperator: (id: bigint, at: bigint) => view.workerOperator(id, at),
    committees: (at: bigint) => view.committees(at),
  }
}

/** Which key an event touches, and whether it takes something back. */
const TOUCHES: Readonly<Record<string, (args: Args) => readonly (readonly [string, boolean])[]>> = {
  LeaseRenewed: ({ appId }) => [[restsOn.app(appId), false]],
  VersionCreated: ({ appId }) => [[restsOn.app(appId), false]],
  AppResumed: ({ appId }) => [[restsOn.app(appId), false]],
  VersionActivated: ({ appId }) => [[restsOn.app(appId), true]],
  VersionDropped: ({ appId }) => [[restsOn.app(appId), true]],
  ReplicasChanged: ({ appId }) => [[restsOn.app(appId), true]],
  AppPaused: ({ appId }) => [[restsOn.app(appId), true]],
  AppEnded: ({ appId }) => [[restsOn.app(appId), true]],
  WorkerRegistered: ({ workerId }) => [[restsOn.worker(workerId), false]],
  WorkerOperatorChanged: ({ workerId }) => [[restsOn.worker(workerId), true]],
  WorkerStatusChanged: ({ workerId }) => [[restsOn.worker(workerId), true]],
  NodeKeysChanged: ({ nodeId }) => [[restsOn.node(nodeId), true]],
  NodeStatusChanged: ({ nodeId }) => [[restsOn.node(nodeId), true]],
  // Another machine may have taken the place of the one before.
  NodeProven: ({ role, nodeId, platformId }) => [
    [role === ROLE_WORKER ? restsOn.worker(nodeId) : restsOn.node(nodeId), false],
    [restsOn.platform(platformId), false],
  ],
  PlatformDenied: ({ platformId }) => [[restsOn.platform(platformId), true]],
  ReferenceValueSet: ({ role, measurementId, status }) => [
    [restsOn.measurement(role, measurementId), status === REVOKED],
    [restsOn.measurements(role), status === REVOKED],
  ],
  RevocationFloorRaised: ({ subject, id }) => floorKeys(subject, id),
}

type Args = {
  readonly appId: bigint
  readonly workerId: bigint
  readonly nodeId: bigint
  readonly role: number
  readonly platformId: Hex
  readonly measurementId: Hex
  readonly status: number
  readonly subject: number
  readonly id: Hex
}

/** `ISubnet.ReferenceStatus`. */
const REVOKED = 3

/** `ISubnet.Subject` from 1; ids of keys, workers and applications are numbers. */
function floorKeys(subject: number, id: Hex): readonly (readonly [string, boolean])[] {
  const roles = [ROLE_WORKER, ROLE_DSECRET]
  switch (subject) {
    case 1:
      // An instance's; or that of an operator or a node, whose machines do not name it.
      return [
        [restsOn.key(`0x${id.slice(-40)}`), true],
        ...roles.map((role) => [restsOn.measurements(role), false] as const),
      ]
    case 2:
      return [[restsOn.platform(id), true]]
    case 3:
      return roles.flatMap((role) => [
        [restsOn.measurement(role, id), true] as const,
        [restsOn.measurements(role), true] as const,
      ])
    case 4:
      return [[restsOn.worker(BigInt(id)), true]]
    case 5:
      return [[restsOn.app(BigInt(id)), true]]
    default:
      return []
  }
}

/** What events change; those of other names change nothing that is watched. */
export function changesIn(events: readonly ChainEvent[]): Changes {
  const touched = new Set<string>()
  const causes = new Map<string, bigint>()
  for (const { eventName, args, blockNumber } of events) {
    for (const [key, isCause] of TOUCHES[eventName]?.(args as Args) ?? []) {
      touched.add(key)
      if (isCause) causes.set(key, blockNumber)
    }
  }
  return { touched, causes }
}

/** Facts of applications; in pages where their numbers follow one another. */
async function appFacts(
  chain: Chain,
  ids: readonly bigint[],
  blockNumber: bigint,
): Promise<readonly AppFacts[]> {
  const { client, profile } = chain
  const { lens, cloud } = profile.contracts
  if (lens === undefined) {
    const ofCloud = { address: cloud, abi: cloudAbi, blockNumber } as const
    return eachOf(ids, async (appId) => {
      const app = await client.readContract({ ...ofCloud, functionName: 'app', args: [appId] })
      if (app.pendingVersion === 0) return factsOf(appId, app, 0)
      const args = [appId, app.pendingVersion] as const
      const { terms } = await client.readContract({ ...ofCloud, functionName: 'version', args })
      return factsOf(appId, app, terms.replicas)
    })
  }
  const ofLens = { address: lens, abi: lensAbi, functionName: 'apps', blockNumber } as const
  const pages = await eachOf(runsOf(ids), (run) =>
    client.readContract({ ...ofLens, args: [run.first, run.count] }),
  )
  return pages.flat().map(({ appId, app, pending }) => factsOf(appId, app, pending.terms.replicas))
}

function factsOf(
  appId: bigint,
  app: Omit<AppFacts, 'appId' | 'state' | 'pendingReplicas'> & { readonly state: number },
  pendingReplicas: number,
): AppFacts {
  const { replicas, currentVersion, pendingVersion, pendingDeadline } = app
  return {
    ...{ appId, replicas, currentVersion, pendingVersion, pendingDeadline },
    state: APP_STATES[app.state] ?? 'ended',
    pendingReplicas: pendingVersion === 0 ? 0 : Math.max(replicas, pendingReplicas),
  }
}

/** What stands in the slots of all of them together. */
async function withLeases(
  chain: Chain,
  apps: readonly AppFacts[],
  at: Block,
): Promise<readonly AppReading[]> {
  const slots = apps.flatMap(({ appId, state, currentVersion, replicas, pendingReplicas }) =>
    state === 'active'
      ? [
          ...slotsOf(appId, 0, currentVersion === 0 ? 0 : replicas),
          ...slotsOf(appId, 1, pendingReplicas),
        ]
      : [],
  )
  const leases = new Map<bigint, LeaseReading[]>()
  const found = await eachOf(slots, (slot) => leaseIn(chain, slot, at))
  for (const [place, lease] of found.entries()) {
    const appId = slots[place]?.[0]
    if (lease === undefined || appId === undefined) continue
    leases.set(appId, [...(leases.get(appId) ?? []), lease])
  }
  return apps.map(({ pendingReplicas: _, ...app }) => {
    return { ...app, leases: leases.get(app.appId) ?? [] }
  })
}

type Slot = readonly [appId: bigint, replica: number, slot: number]

function slotsOf(appId: bigint, slot: number, replicas: number): readonly Slot[] {
  return Array.from({ length: replicas }, (_, replica) => [appId, replica, slot])
}

async function leaseIn(
  { client, profile }: Chain,
  args: Slot,
  { number: blockNumber, timestamp }: Block,
): Promise<LeaseReading | undefined> {
  const ofCloud = { address: profile.contracts.cloud, abi: cloudAbi, blockNumber } as const
  const lease = await client.readContract({ ...ofCloud, functionName: 'lease', args })
  if (lease.version === 0) return undefined
  const live =
    lease.notAfter > timestamp &&
    (await client.readContract({
      ...{ ...ofCloud, functionName: 'isLeaseLive' },
      args: [args[0], lease.instanceKey],
    }))
  const { version, replica, workerId, platformId, instanceKey, measurementId } = lease
  const { evidenceBlock, notAfter } = lease
  return {
    ...{ version, replica, workerId, platformId, instanceKey, measurementId },
    ...{ evidenceBlock, notAfter, live },
  }
}

async function machinesOf(
  { client, profile }: Chain,
  kind: MachineReading['kind'],
  ids: readonly bigint[],
  blockNumber: bigint,
): Promise<readonly MachineReading[]> {
  const { lens, subnet } = profile.contracts
  if (lens === undefined) {
    const ofSubnet = { address: subnet, abi: subnetAbi, blockNumber } as const
    return eachOf(ids, async (id) => {
      const role = kind === 'worker' ? ROLE_WORKER : ROLE_DSECRET
      const [[until, platformId], { status }] = await Promise.all([
        client.readContract({ ...ofSubnet, functionName: 'liveProof', args: [role, id] }),
        client.readContract({ ...ofSubnet, functionName: kind, args: [id] }),
      ])
      return { kind, id, until, platformId, status: statusOf(kind, status) }
    })
  }
  const ofLens = { address: lens, abi: lensAbi, blockNumber } as const
  const pages = await eachOf(runsOf(ids), async ({ first, count }) => {
    if (kind === 'node') {
      const args = [first, count] as const
      const page = await client.readContract({ ...ofLens, functionName: 'nodes', args })
      return page.map(({ nodeId, node, machineUntil, platformId }) => {
        const status = statusOf(kind, node.status)
        return { kind, id: nodeId, until: machineUntil, platformId, status }
      })
    }
    const args = ['0x0000000000000000000000000000000000000000', first, count] as const
    const page = await client.readContract({ ...ofLens, functionName: 'workers', args })
    return page.map(({ workerId, worker, machineUntil, platformId }) => {
      const status = statusOf(kind, worker.status)
      return { kind, id: workerId, until: machineUntil, platformId, status }
    })
  })
  return pages.flat()
}

function statusOf(kind: MachineReading['kind'], status: number): MachineReading['status'] {
  return kind === 'worker'
    ? (WORKER_STATUSES[status] ?? 'shutdown')
    : (NODE_STATUSES[status] ?? 'slashed')
}

/** Ids that follow one another, at most a page in each run. */
function runsOf(ids: readonly bigint[]): { readonly first: bigint; readonly count: bigint }[] {
  const runs: { first: bigint; count: bigint }[] = []
  for (const id of [...new Set(ids)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const last = runs.at(-1)
    if (last !== undefined && last.first + last.count === id && last.count < BigInt(MAX_PAGE))
      last.count++
    else runs.push({ first: id, count: 1n })
  }
  return runs
}

/** Answers in the order of `items`, so many at the same time. */
async function eachOf<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers: R[] = []
  for (let first = 0; first < items.length; first += PARALLEL_READS)
    answers.push(...(await Promise.all(items.slice(first, first + PARALLEL_READS).map(work))))
  return answers
}

function tooWide(from: bigint, to: bigint): ChainError {
  return new ChainError('chain.refused', `events of blocks ${from} to ${to}: too many blocks`)
}
