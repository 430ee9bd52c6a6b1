// Why a lease or a machine counts no more, from what was read of it: the earliest of all that holds. Pure.
import { ROLE_DSECRET, ROLE_WORKER, type Block } from '../chain/chain-view.ts'
import type { AppReading, FaultReading, LeaseReading, MachineReading } from './readings.ts'
import {
  leaseOf,
  nameOf,
  restsOn,
  type Cause,
  type CauseCode,
  type LiveSubject,
  type Observation,
  type SubjectName,
} from './subjects.ts'

/** What causes are dated with. */
export type Times = {
  readonly block: Block
  /** Block time, seconds, of the newest event that took back what a key names; undefined without one. */
  readonly causeAt: (key: string) => bigint | undefined
}

const NO_PLATFORM = `0x${'00'.repeat(32)}`

/** The lease in a slot as something that counts. */
function liveLease(app: AppReading, lease: LeaseReading): LiveSubject {
  const { appId, pendingDeadline } = app
  const { version, replica, workerId, platformId, instanceKey, measurementId, notAfter } = lease
  // The end of a pending version's window changes what counts, also of the version before it.
  const turn = app.pendingVersion === 0 ? notAfter : pendingDeadline + 1n
  return {
    kind: 'lease',
    id: `${appId}/${version}/${replica}`,
    until: notAfter,
    checkAt: turn < notAfter ? turn : notAfter,
    rests: [
      restsOn.app(appId),
      restsOn.worker(workerId),
      restsOn.platform(platformId),
      restsOn.key(instanceKey),
      restsOn.measurement(ROLE_WORKER, measurementId),
    ],
  }
}

/** The machine of a worker or node as something that counts. */
function liveMachine({ kind, id, until, platformId }: MachineReading): LiveSubject {
  const role = kind === 'worker' ? ROLE_WORKER : ROLE_DSECRET
  return {
    kind,
    id: String(id),
    until,
    checkAt: until,
    rests: [`${kind}/${id}`, restsOn.platform(platformId), restsOn.measurements(role)],
  }
}

/**
 * What an application's slots say of its leases, and of those that were live and stand in no slot any more. `faults` are those of
 * leases that were live and are not, by name.
 */
export function observeApp(
  app: AppReading,
  known: readonly LiveSubject[],
  faults: ReadonlyMap<string, FaultReading>,
  times: Times,
): readonly Observation[] {
  const observed = new Map<string, Observation>()
  for (const lease of app.leases) {
    const live = liveLease(app, lease)
    if (lease.live) observed.set(nameOf(live), { live })
  }
  for (const subject of known) {
    const name = nameOf(subject)
    if (observed.has(name)) continue
    const lease = app.leases.find((one) => nameOf(liveLease(app, one)) === name)
    const causes =
      lease === undefined || app.state !== 'active'
        ? [endOfLease(app, subject, times)]
        : faultsOfLease(app, lease, faults.get(name), times)
    const gone = { kind: subject.kind, id: subject.id }
    observed.set(name, { gone, cause: earliest([...causes, ...lapsed(subject, times)], times) })
  }
  return [...observed.values()]
}

/** What a machine is now; undefined for one that was not live before and is not. */
export function observeMachine(
  machine: MachineReading,
  known: LiveSubject | undefined,
  fault: FaultReading | undefined,
  times: Times,
): Observation | undefined {
  if (machine.until > times.block.timestamp) return { live: liveMachine(machine) }
  if (known === undefined) return undefined
  const gone: SubjectName = { kind: known.kind, id: known.id }
  const causes = [...endOfMachine(machine, times), ...faultsOfMachine(machine, known, fault, times)]
  return { gone, cause: earliest([...causes, ...lapsed(known, times)], times) }
}

/** By time alone. */
function lapsed({ kind, until }: LiveSubject, { block }: Times): readonly Cause[] {
  if (until > block.timestamp) return []
  return [{ code: kind === 'lease' ? 'lease.lapsed' : 'proof.lapsed', at: until }]
}

function endOfLease(app: AppReading, subject: SubjectName, times: Times): Cause {
  const { version = 0, replica = 0 } = leaseOf(subject) ?? {}
  const code: CauseCode =
    app.state === 'ended'
      ? 'app.ended'
      : app.state === 'paused'
        ? 'app.paused'
        : version === app.currentVersion && replica >= app.replicas
          ? 'replica.removed'
          : 'version.over'
  return { code, at: times.causeAt(restsOn.app(app.appId)) ?? times.block.timestamp }
}

function faultsOfLease(
  app: AppReading,
  lease: LeaseReading,
  fault: FaultReading | undefined,
  times: Times,
): readonly Cause[] {
  if (fault === undefined) return []
  if (lease.version === app.pendingVersion && app.pendingDeadline < times.block.timestamp)
    return [{ code: 'version.over', at: app.pendingDeadline + 1n }]
  const { platform, reference, floor } = fault
  const at = (key: string) => times.causeAt(key) ?? times.block.timestamp
  const now = times.block.timestamp
  const causes: Cause[] = []
  if (reference?.status === 'deprecated' && reference.until <= now)
    causes.push({ code: 'measurement.deprecated', at: reference.until })
  if (reference?.status === 'revoked' || reference?.status === 'none')
    causes.push({
      code: 'measurement.revoked',
      at: at(restsOn.measurement(ROLE_WORKER, lease.measurementId)),
    })
  if (platform.denied)
    causes.push({ code: 'platform.denied', at: at(restsOn.platform(lease.platformId)) })
  if (floor !== undefined) causes.push({ code: 'evidence.revoked', at: floor.blockAt })
  const isOthers = platform.role !== ROLE_WORKER || platform.nodeId !== lease.workerId
  if (isOthers || platform.notAfter === 0n)
    causes.push({ code: 'keys.changed', at: at(restsOn.worker(lease.workerId)) })
  else if (platform.notAfter <= now) causes.push({ code: 'proof.lapsed', at: platform.notAfter })
  const changedAt = times.causeAt(restsOn.app(app.appId))
  // Leases from before a pause are dead also after it.
  if (causes.length === 0 && changedAt !== undefined && lease.notAfter > now)
    return [{ code: 'app.paused', at: changedAt }]
  return causes
}

function endOfMachine({ kind, id, status }: MachineReading, times: Times): readonly Cause[] {
  const at = times.causeAt(`${kind}/${id}`) ?? times.block.timestamp
  if (status === 'shutdown') return [{ code: 'worker.shutdown', at }]
  if (status === 'slashed') return [{ code: 'node.slashed', at }]
  return []
}

function faultsOfMachine(
  { kind, id, status, platformId }: MachineReading,
  known: LiveSubject,
  fault: FaultReading | undefined,
  times: Times,
): readonly Cause[] {
  if (fault === undefined || status === 'shutdown' || status === 'slashed') return []
  const role = kind === 'worker' ? ROLE_WORKER : ROLE_DSECRET
  const { platform, floor } = fault
  const own = times.causeAt(`${kind}/${id}`) ?? times.block.timestamp
  const causes: Cause[] = []
  if (platform.denied)
    causes.push({
      code: 'platform.denied',
      at: times.causeAt(restsOn.platform(platformId)) ?? times.block.timestamp,
    })
  if (floor !== undefined) causes.push({ code: 'evidence.revoked', at: floor.blockAt })
  const isOthers = platform.role !== role || platform.nodeId !== id || platformId === NO_PLATFORM
  if (isOthers || platform.notAfter === 0n) causes.push({ code: 'keys.changed', at: own })
  if (causes.length > 0 || known.until <= times.block.timestamp) return causes
  // Neither time nor machine nor key: what is left is its program, or a seat that has run out.
  const revokedAt = times.causeAt(restsOn.measurements(role))
  if (revokedAt !== undefined) return [{ code: 'measurement.revoked', at: revokedAt }]
  if (status === 'leaving') return [{ code: 'node.left', at: times.block.timestamp }]
  return [{ code: 'measurement.deprecated', at: times.block.timestamp }]
}

/** The one that came first; what is not live for no reason that was read is revoked. */
function earliest(causes: readonly Cause[], { block }: Times): Cause {
  const first = causes.reduce<Cause | undefined>(
    (least, cause) => (least === undefined || cause.at < least.at ? cause : least),
    undefined,
  )
  return first ?? { code: 'machine.revoked', at: block.timestamp }
}
