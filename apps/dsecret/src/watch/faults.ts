// What is read of the chain about something that was live and is not: its machine, its measurement, revocation floors. Network I/O.
import { ROLE_WORKER, type FloorSubject, type Hex } from '../chain/chain-view.ts'
import type { FaultReading, LeaseReading, MachineReading, WatchView } from './readings.ts'

type Floor = readonly [FloorSubject, Hex]
type FaultView = Pick<
  WatchView,
  | 'block'
  | 'reference'
  | 'platform'
  | 'revocationFloor'
  | 'nodeProofSeconds'
  | 'node'
  | 'workerOperator'
>

/** Of a lease that is not live. Throws what the view throws. */
export async function readLeaseFault(
  view: FaultView,
  appId: bigint,
  lease: LeaseReading,
  at: bigint,
): Promise<FaultReading> {
  const { instanceKey, platformId, measurementId, workerId, evidenceBlock } = lease
  const [platform, reference, floor] = await Promise.all([
    view.platform(platformId, at),
    view.reference(ROLE_WORKER, measurementId, at),
    newestFloor(view, at, [
      ['key', wide(BigInt(instanceKey))],
      ['platform', platformId],
      ['measurement', measurementId],
      ['worker', wide(workerId)],
      ['application', wide(appId)],
    ]),
  ])
  const isAbove = floor < evidenceBlock || floor === 0n
  return { platform, reference, floor: isAbove ? undefined : await dated(view, floor) }
}

/** Of a machine that is not live; which measurement it has is not on chain. Throws what the view throws. */
export async function readMachineFault(
  view: FaultView,
  { kind, id, platformId }: MachineReading,
  at: bigint,
): Promise<FaultReading> {
  const platform = await view.platform(platformId, at)
  const key =
    kind === 'worker' ? await view.workerOperator(id, at) : (await view.node(id, at))?.statementKey
  const [proofSeconds, floor] = await Promise.all([
    view.nodeProofSeconds(at),
    newestFloor(view, at, [
      ['platform', platformId],
      ...(key === undefined ? [] : [['key', wide(BigInt(key))] satisfies Floor]),
      ...(kind === 'worker' ? [['worker', wide(id)] satisfies Floor] : []),
    ]),
  ])
  const reference = undefined
  if (floor === 0n || platform.notAfter === 0n) return { platform, reference, floor: undefined }
  const { blockAt } = await dated(view, floor)
  // The evidence is of the block that the proof begins with.
  const isAbove = blockAt < platform.notAfter - proofSeconds
  return { platform, reference, floor: isAbove ? undefined : { blockAt } }
}

async function newestFloor(
  view: FaultView,
  at: bigint,
  subjects: readonly Floor[],
): Promise<bigint> {
  const floors = await Promise.all(
    subjects.map(([subject, id]) => view.revocationFloor(subject, id, at)),
  )
  return floors.reduce((newest, floor) => (floor > newest ? floor : newest), 0n)
}

async function dated(view: FaultView, floor: bigint): Promise<{ readonly blockAt: bigint }> {
  return { blockAt: (await view.block(floor)).timestamp }
}

/** A number as the 32 bytes of an id. */
function wide(id: bigint): Hex {
  return `0x${id.toString(16).padStart(64, '0')}`
}
