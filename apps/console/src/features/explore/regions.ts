// Workers by region, and how places on the map look. Pure.
import type { NodeRow, WorkerRow } from '@wetee/sdk'

type Place = Pick<WorkerRow, 'region' | 'status'>

/** Those that are there, by the name of their region; the largest region first, equals by name. */
export function byRegion<T extends Place>(workers: readonly T[]): [string, T[]][] {
  const regions = new Map<string, T[]>()
  for (const worker of workers) {
    if (worker.status === 'shutdown') continue
    const name = worker.region === '' ? 'no region' : worker.region
    regions.set(name, [...(regions.get(name) ?? []), worker])
  }
  return [...regions].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
}

export type Look = 'good' | 'warn' | 'bad' | ''

/** Colour and word of a worker. */
export function workerLook(
  worker: Pick<WorkerRow, 'status' | 'open' | 'provenUntil'>,
): [Look, string] {
  if (worker.provenUntil === 0n) return ['bad', 'its machine is not proven']
  if (worker.status === 'draining') return ['warn', 'draining']
  if (!worker.open) return ['warn', 'takes no new applications']
  return ['good', 'takes applications']
}

/** Colour and word of a node; `now` in seconds. */
export function nodeLook(
  node: Pick<NodeRow, 'provenUntil' | 'seated'>,
  member: boolean,
  now: bigint,
): [Look, string] {
  const proven = node.provenUntil > now
  if (member) return proven ? ['good', 'member'] : ['bad', 'member without a live proof']
  if (node.seated) return ['warn', 'of the next committee']
  return ['', proven ? 'not in the committee' : 'not proven, not in the committee']
}
