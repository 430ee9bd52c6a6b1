// Applications, machines and revocations in memory behind the WatchView port, as the contracts would answer. For tests; no I/O.
import {
  ROLE_DSECRET,
  ROLE_WORKER,
  type Block,
  type Committee,
  type FloorSubject,
  type Hex,
  type PlatformFacts,
  type ReferenceFacts,
} from '../chain/chain-view.ts'
import type { AppReading, LeaseReading, MachineReading, WatchView } from '../watch/readings.ts'
import { restsOn } from '../watch/subjects.ts'
import { genesisSeconds } from './memory-view.ts'

type WatchedApp = Omit<AppReading, 'appId' | 'leases'> & {
  readonly leases: readonly Omit<LeaseReading, 'live'>[]
}
type Event = { readonly block: bigint; readonly keys: readonly string[]; readonly isCause: boolean }

const accepted: ReferenceFacts = { status: 'accepted', teeClass: 1, validFrom: 0n, until: 0n }
const nobody: PlatformFacts = { role: 0, nodeId: 0n, notAfter: 0n, denied: false }
const wide = (id: number | bigint): Hex => `0x${id.toString(16).padStart(64, '0')}`

/** The measurement of every agent here. */
const agent = wide(0xa9)
/** The machine of worker or node n. */
export const machineOf = (kind: 'worker' | 'node', n: number): Hex =>
  wide((kind === 'worker' ? 0x1000 : 0x2000) + n)

/** A chain with one block each second; a test changes it and mines. */
export class WatchedWorld {
  head = 100n
  readonly apps = new Map<bigint, WatchedApp>()
  readonly machines = new Map<string, MachineReading['status']>()
  readonly platforms = new Map<Hex, PlatformFacts>()
  readonly references = new Map<Hex, ReferenceFacts>([[agent, accepted]])
  readonly floors = new Map<string, bigint>()
  readonly unsettled = new Map<bigint, bigint>()
  committee: Committee = { epoch: 1n, threshold: 2, members: [1n, 2n, 3n] }
  reachable = true
  /** Whether the machines of workers have the agent's measurement themselves. */
  machinesAreMeasured = true
  /** Calls of each function that were answered. */
  readonly calls = new Map<string, number>()
  readonly #events: Event[] = []

  /** Time of a block, seconds. */
  timeOf(block: bigint): bigint {
    return genesisSeconds + block
  }

  get now(): bigint {
    return this.timeOf(this.head)
  }

  /** Wall clock, milliseconds: a block is seen as soon as it is there. */
  get nowMs(): number {
    return Number(this.now) * 1_000
  }

  block(number = this.head): Block {
    return { number, hash: wide(number), timestamp: this.timeOf(number) }
  }

  /** Blocks pass. */
  mine(blocks = 1): void {
    this.head += BigInt(blocks)
  }

  /** What the newest block says of keys; to be mined before it, when that one was looked at. */
  emit(keys: readonly string[], isCause = false): void {
    this.#events.push({ block: this.head, keys, isCause })
  }

  /** A machine, proven from now on for so many seconds. */
  prove(kind: 'worker' | 'node', n: number, seconds = 1_000): void {
    const role = kind === 'worker' ? ROLE_WORKER : ROLE_DSECRET
    const notAfter = this.now + BigInt(seconds)
    const platformId = machineOf(kind, n)
    this.machines.set(`${kind}/${n}`, 'active')
    this.platforms.set(platformId, { role, nodeId: BigInt(n), notAfter, denied: false })
    this.emit([`${kind}/${n}`, restsOn.platform(platformId)])
  }

  /** A lease of replica 0 of version 1 from now on, on worker 1. */
  renew(app: number, seconds = 300): void {
    const appId = BigInt(app)
    const lease = {
      ...{ version: 1, replica: 0, workerId: 1n, platformId: machineOf('worker', 1) },
      ...{ instanceKey: `0x${app.toString(16).padStart(40, '0')}` as const, measurementId: agent },
      ...{ evidenceBlock: this.head, notAfter: this.now + BigInt(seconds) },
    }
    const fresh = { state: 'active', replicas: 1, currentVersion: 1, pendingVersion: 0 } as const
    const known = this.apps.get(appId) ?? { ...fresh, pendingDeadline: 0n }
    this.apps.set(appId, { ...known, leases: [lease] })
    this.emit([restsOn.app(appId)])
  }

  /** Changes the reference value of the agent. */
  refer(change: Partial<ReferenceFacts>): void {
    this.references.set(agent, { ...accepted, ...change })
    const keys = [restsOn.measurement(ROLE_WORKER, agent), restsOn.measurements(ROLE_WORKER)]
    this.emit(keys, change.status === 'revoked')
  }

  /** Denies a machine. */
  deny(platformId: Hex): void {
    this.platforms.set(platformId, { ...this.platforms.get(platformId)!, denied: true })
    this.emit([restsOn.platform(platformId)], true)
  }

  /** Evidence up to now does not count for a subject. */
  raise(subject: FloorSubject, id: Hex | bigint, key: string): void {
    this.floors.set(`${subject}/${typeof id === 'bigint' ? wide(id) : id}`, this.head)
    this.emit([key], true)
  }

  /** Changes an application, with its event. */
  change(app: number, change: Partial<WatchedApp>): void {
    this.apps.set(BigInt(app), { ...this.apps.get(BigInt(app))!, ...change })
    this.emit([restsOn.app(BigInt(app))], true)
  }

  /** The world as a view. */
  view(): WatchView {
    const answer = <T>(name: string, read: () => T): Promise<T> => {
      if (!this.reachable) return Promise.reject(new Error('not reachable'))
      this.calls.set(name, (this.calls.get(name) ?? 0) + 1)
      return Promise.resolve(read())
    }
    return {
      head: () => answer('head', () => this.block()),
      block: (number) => answer('block', () => this.block(number)),
      counts: () =>
        answer('counts', () => ({
          apps: this.#most(this.apps.keys()),
          workers: this.#most(this.#idsOf('worker')),
          nodes: this.#most(this.#idsOf('node')),
        })),
      changes: (from, to) => answer('changes', () => this.#changes(from, to)),
      apps: (ids) =>
        answer('apps', () => ids.flatMap((id) => (this.apps.has(id) ? [this.#app(id)] : []))),
      machines: (kind, ids) =>
        answer('machines', () =>
          ids.flatMap((id) =>
            this.machines.has(`${kind}/${id}`) ? [this.#machine(kind, id)] : [],
          ),
        ),
      platform: (id) => answer('platform', () => this.platforms.get(id) ?? nobody),
      reference: (_role, id) =>
        answer('reference', () => this.references.get(id) ?? { ...accepted, status: 'none' }),
      revocationFloor: (subject, id) =>
        answer('revocationFloor', () => this.floors.get(`${subject}/${id}`) ?? 0n),
      nodeProofSeconds: () => answer('nodeProofSeconds', () => 1_000n),
      node: () => answer('node', () => undefined),
      workerOperator: () => answer('workerOperator', () => undefined),
      committees: () =>
        answer('committees', () => {
          return { active: this.committee, latest: this.committee, genesisOpen: false }
        }),
      unsettledSeconds: (appId) => answer('unsettled', () => this.unsettled.get(appId) ?? 0n),
    }
  }

  #idsOf(kind: string): bigint[] {
    return [...this.machines.keys()]
      .filter((name) => name.startsWith(`${kind}/`))
      .map((name) => BigInt(name.slice(kind.length + 1)))
  }

  #most(ids: Iterable<bigint>): bigint {
    return [...ids].reduce((most, id) => (id > most ? id : most), 0n)
  }

  #changes(from: bigint, to: bigint) {
    const touched = new Set<string>()
    const causes = new Map<string, bigint>()
    for (const { block, keys, isCause } of this.#events) {
      if (block < from || block > to) continue
      for (const key of keys) {
        touched.add(key)
        if (isCause) causes.set(key, block)
      }
    }
    return { touched, causes }
  }

  #isAccepted(id: Hex): boolean {
    const { status, until } = this.references.get(id) ?? { ...accepted, status: 'none' }
    return status === 'accepted' || (status === 'deprecated' && until > this.now)
  }

  #isProven(platformId: Hex): boolean {
    const { role, nodeId, notAfter, denied } = this.platforms.get(platformId) ?? nobody
    const isFloored = (this.floors.get(`platform/${platformId}`) ?? 0n) > 0n
    const isMeasured = role === ROLE_WORKER && this.machinesAreMeasured
    const status = this.machines.get(`${role === ROLE_WORKER ? 'worker' : 'node'}/${nodeId}`)
    const isGone = status === 'shutdown' || status === 'slashed'
    return (
      !denied &&
      !isFloored &&
      !(isMeasured && !this.#isAccepted(agent)) &&
      !isGone &&
      notAfter > this.now
    )
  }

  #machine(kind: MachineReading['kind'], id: bigint): MachineReading {
    const platformId = machineOf(kind, Number(id))
    const until = this.#isProven(platformId) ? this.platforms.get(platformId)!.notAfter : 0n
    return { kind, id, until, platformId, status: this.machines.get(`${kind}/${id}`)! }
  }

  #app(appId: bigint): AppReading {
    const app = this.apps.get(appId)!
    if (app.state !== 'active') return { appId, ...app, leases: [] }
    const versions = [app.currentVersion, app.pendingVersion]
    const isOpen = ({ version, replica }: Omit<LeaseReading, 'live'>) =>
      versions.includes(version) && replica < app.replicas
    const leases = app.leases.filter(isOpen).map((lease) => {
      const floors = [
        `key/${wide(BigInt(lease.instanceKey))}`,
        `application/${wide(appId)}`,
        `worker/${wide(lease.workerId)}`,
      ]
      const floor = floors.some((name) => (this.floors.get(name) ?? 0n) >= lease.evidenceBlock)
      const isCurrent = lease.version === app.currentVersion || app.pendingDeadline >= this.now
      const isGood = this.#isAccepted(lease.measurementId) && this.#isProven(lease.platformId)
      return { ...lease, live: lease.notAfter > this.now && !floor && isCurrent && isGood }
    })
    return { appId, ...app, leases }
  }
}
