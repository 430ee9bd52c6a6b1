// What containers of an engine have used, from its one-shot statistics. Does I/O through the client.
import { z } from 'zod'
import type { ContainerUsage } from '../runtime.ts'
import { CONTAINER_LABEL, POD_LABEL } from './container-options.ts'
import { statusOf, type EngineClient } from './engine-client.ts'

const WORKER_LABEL = 'wetee.worker'
/** Requests at a time. */
const MAX_PARALLEL = 16
/** An engine that knows no limit says the largest number there is, bytes. */
const NO_LIMIT_BYTES = 2 ** 60

const count = z.number().min(0).max(Number.MAX_VALUE)
const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: count }) }).optional(),
  memory_stats: z
    .object({
      usage: count.optional(),
      limit: count.optional(),
      stats: z.record(z.string(), z.unknown()).nullish(),
    })
    .optional(),
  networks: z.record(z.string(), z.object({ rx_bytes: count, tx_bytes: count })).nullish(),
})

type Stats = z.infer<typeof statsSchema>

/** Usage of all running containers of this worker's pods; `disk` has the engine walk their layers. */
export async function readUsage(client: EngineClient, disk: boolean): Promise<ContainerUsage[]> {
  const listed = await client.call('list containers', (docker) =>
    docker.listContainers({ filters: { label: [POD_LABEL] }, size: disk }),
  )
  const holders = new Map(
    listed.flatMap(({ Id, Labels, Names }) => {
      const podId = Labels[POD_LABEL]
      const isOwn = podId !== undefined && Names.includes(`/${podId}`)
      if (!isOwn || Labels[CONTAINER_LABEL] !== undefined) return []
      return Labels[WORKER_LABEL] === undefined ? [] : [[podId, Id] as const]
    }),
  )
  const containers = listed.filter(
    ({ Labels }) => Labels[CONTAINER_LABEL] !== undefined && holders.has(Labels[POD_LABEL] ?? ''),
  )
  const networks = new Map<string, ReturnType<typeof networkOf>>()
  await forEach([...holders], async ([podId, id]) => {
    networks.set(podId, networkOf(await readStats(client, id)))
  })
  const found: ContainerUsage[] = []
  await forEach(containers, async (info) => {
    const { Id, Labels } = info
    const podId = Labels[POD_LABEL] ?? ''
    const stats = await readStats(client, Id)
    const written = z.object({ SizeRw: count }).safeParse(info).data?.SizeRw
    found.push({
      podId,
      name: Labels[CONTAINER_LABEL] ?? '',
      atMs: Date.now(),
      ...countersOf(stats),
      // The engine leaves out a size of 0.
      ...(disk ? { diskBytes: written ?? 0 } : {}),
      ...networks.get(podId),
    })
  })
  return found
}

/** What an engine's answer says of a container; absent where it says nothing, or of one that has just ended. */
export function countersOf(
  stats: unknown,
): Pick<ContainerUsage, 'cpuMicros' | 'memoryBytes' | 'memoryLimitBytes'> {
  const { cpu_stats: cpu, memory_stats: memory }: Stats = statsSchema.safeParse(stats).data ?? {}
  const nanos = cpu?.cpu_usage.total_usage
  const limit = memory?.limit
  // v1 and v2 name it differently; Podman does not say it.
  const cached = Number(memory?.stats?.['total_inactive_file'] ?? memory?.stats?.['inactive_file'])
  // An engine that may not read the groups answers with zeros.
  const isRead = nanos !== undefined && (nanos > 0 || (memory?.usage ?? 0) > 0)
  if (!isRead) return {}
  return {
    cpuMicros: Math.floor(nanos / 1_000),
    ...(memory?.usage === undefined
      ? {}
      : { memoryBytes: Math.max(0, memory.usage - (cached >= 0 ? cached : 0)) }),
    ...(limit === undefined || limit === 0 || limit >= NO_LIMIT_BYTES
      ? {}
      : { memoryLimitBytes: limit }),
  }
}

/** Bytes through all interfaces of a pod's holder; absent where the engine does not count them. */
export function networkOf(
  stats: unknown,
): Pick<ContainerUsage, 'networkRxBytes' | 'networkTxBytes'> {
  const { networks }: Stats = statsSchema.safeParse(stats).data ?? {}
  if (networks === undefined || networks === null) return {}
  const all = Object.entries(networks).filter(([name]) => name !== 'lo')
  return {
    networkRxBytes: all.reduce((sum, [, { rx_bytes }]) => sum + rx_bytes, 0),
    networkTxBytes: all.reduce((sum, [, { tx_bytes }]) => sum + tx_bytes, 0),
  }
}

/** `undefined` for a container that has ended meanwhile, and where the engine has no statistics (rootless on cgroup v1). */
async function readStats(client: EngineClient, id: string): Promise<unknown> {
  try {
    return await client.call('count usage', (docker) =>
      docker.getContainer(id).stats({ stream: false, 'one-shot': true }),
    )
  } catch (error) {
    if (statusOf(error) === undefined) throw error
    return undefined
  }
}

async function forEach<T>(list: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < list.length; from += MAX_PARALLEL)
    await Promise.all(list.slice(from, from + MAX_PARALLEL).map(act))
}
