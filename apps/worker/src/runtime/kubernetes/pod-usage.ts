// What containers use, as the cluster's metrics server has measured it. Does network I/O.
import { z } from 'zod'
import type { ContainerUsage } from '../runtime.ts'
import type { ApiClient } from './api-client.ts'
import { statusOf } from './api-error.ts'
import type { ApiObject } from './api-object.ts'
import { readContainerNames, SELECTOR } from './names.ts'

const PATH = '/apis/metrics.k8s.io/v1beta1/pods'
const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
      timestamp: z.string(),
      containers: z.array(
        z.looseObject({ name: z.string(), usage: z.looseObject({ memory: z.string() }) }),
      ),
    }),
  ),
})
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
}

/**
 * Memory of each container; nothing where the cluster has no metrics server or does not let the driver ask. A metrics server tells
 * processor time as a share of the last seconds, not since the start: it is left out.
 */
export async function podUsage(
  client: ApiClient,
  pods: readonly ApiObject[],
): Promise<ContainerUsage[]> {
  let answer: unknown
  try {
    answer = await client.call('GET', PATH, { query: { labelSelector: SELECTOR } })
  } catch (error) {
    const status = statusOf(error)
    if (status === 403 || status === 404 || status === 503) return []
    throw error
  }
  const known = new Map(pods.map((pod) => [placeOf(pod.metadata), pod]))
  return listSchema.parse(answer).items.flatMap(({ metadata, timestamp, containers }) => {
    const names = readContainerNames(known.get(placeOf(metadata)))
    return containers.flatMap(({ name, usage }): ContainerUsage[] => {
      const memoryBytes = bytesOf(usage.memory)
      const inPort = names?.[name]
      if (inPort === undefined || memoryBytes === undefined) return []
      return [{ podId: metadata.name, name: inPort, atMs: Date.parse(timestamp), memoryBytes }]
    })
  })
}

/** Bytes of a quantity such as `12345Ki`; `undefined` for what is none. */
function bytesOf(quantity: string): number | undefined {
  const match = /^([0-9]{1,15})(|k|M|G|Ki|Mi|Gi)$/.exec(quantity)
  const unit = UNITS[match?.[2] ?? '?']
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}

function placeOf({ name, namespace }: { name: string; namespace?: string | undefined }): string {
  return `${namespace}/${name}`
}
