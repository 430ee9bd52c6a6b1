// What an application has used over time, as its worker saw it: the host's word, never proof. HTTP.
import { z } from 'zod'
import type { Network } from './network.ts'
import { ownerJson, type WorkerOptions } from './owner-json.ts'

const number = z.number()
const rowSchema = z.tuple([number, number, number, number])
const metricsSchema = z.object({
  appId: z.string().max(20),
  from: number,
  to: number,
  step: number,
  series: z.record(z.string().max(64), z.array(rowSchema).max(4_001)),
})

/** `[seconds since 1970, lowest, mean, highest]` */
export type MetricRow = z.infer<typeof rowSchema>

/** Series by name, oldest row first; a name ends in its unit. */
export type AppMetrics = z.infer<typeof metricsSchema>

/** Times in seconds since 1970. */
export type MetricsOptions = {
  /** Default: an hour before `to`. */
  readonly from?: number
  /** Default: now. */
  readonly to?: number
  /** Seconds that one row stands for; default 60. */
  readonly step?: number
} & WorkerOptions

/** History of an application; only the owner gets it. Throws as `ownerJson` does. */
export async function appMetrics(
  network: Network,
  appId: bigint,
  { from, to, step, ...options }: MetricsOptions = {},
): Promise<AppMetrics> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ from, to, step }))
    if (value !== undefined) query.set(name, String(value))
  return ownerJson(network, appId, `metrics?${query.toString()}`, metricsSchema, options)
}
