// What calls for an alert: thresholds, forecasts, anomalies, and the rules that hold where a configuration names none. Pure.
import { z } from 'zod'
import { SERIES, type SeriesName } from '../history/series.ts'

const series = z.enum(SERIES)
const common = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .describe('unique'),
  forMs: z
    .int()
    .min(0)
    .max(86_400_000)
    .default(0)
    .describe('has to hold for so long, milliseconds'),
  severity: z.enum(['warning', 'error']).default('warning'),
  remedy: z.string().max(500).default('').describe('what to do'),
}

/** Schema of a rule. */
export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('above'),
    ...common,
    series,
    value: z.number(),
    of: series.optional().describe('value is a share of this series'),
  }),
  z.strictObject({ kind: z.literal('below'), ...common, series, value: z.number() }),
  z.strictObject({
    kind: z.literal('rises'),
    ...common,
    series,
    value: z.number().describe('by so much'),
    withinMinutes: z.int().min(1).max(1_440).default(10),
  }),
  z.strictObject({
    kind: z.literal('crosses'),
    ...common,
    series,
    limit: z.union([z.number(), series]).describe('a number, or the series that is the limit'),
    withinMinutes: z.int().min(1).max(10_080).default(30),
  }),
  z.strictObject({ kind: z.literal('anomaly'), ...common, series }),
])

/** What calls for an alert about an application. */
export type Rule = z.infer<typeof ruleSchema>

/** Rules that hold where a configuration gives none. */
export const DEFAULT_RULES: readonly Rule[] = z.array(ruleSchema).parse([
  {
    ...{ kind: 'crosses', name: 'memory-runs-out', series: 'memoryBytes', severity: 'error' },
    ...{ limit: 'memoryLimitBytes', forMs: 120_000 },
    remedy: 'raise deploy.resources.limits.memory of the service that grows, or restart it',
  },
  {
    ...{ kind: 'crosses', name: 'disk-runs-out', series: 'diskBytes', severity: 'error' },
    ...{ limit: 'diskLimitBytes', forMs: 120_000 },
    remedy: 'delete what is not needed, or ask for more disk in x-wetee.disk',
  },
  {
    ...{ kind: 'above', name: 'memory-nearly-full', series: 'memoryBytes', value: 0.95 },
    ...{ of: 'memoryLimitBytes', forMs: 300_000 },
    remedy: 'raise deploy.resources.limits.memory before the kernel ends a container',
  },
  {
    ...{ kind: 'below', name: 'escrow-runs-out', series: 'escrowSeconds', value: 3_600 },
    severity: 'error',
    remedy: 'wetee top-up APP AMOUNT: an application without escrow is paused',
  },
  {
    ...{ kind: 'below', name: 'not-attested', series: 'attestedShare', value: 1, forMs: 300_000 },
    severity: 'error',
    remedy: 'wetee show APP says why; without attestation nothing is paid and no secret released',
  },
  {
    ...{ kind: 'rises', name: 'restarts-often', series: 'restarts', value: 3 },
    remedy: 'wetee logs APP --since 10m: a container ends again and again',
  },
  {
    ...{ kind: 'above', name: 'slow', series: 'responseMs', value: 2_000, forMs: 300_000 },
    remedy: 'wetee metrics APP shows whether processor, memory or network is the reason',
  },
  {
    ...{ kind: 'anomaly', name: 'unusual-cpu', series: 'cpuMilli' },
    remedy: 'wetee metrics APP: compare with the hours before',
  },
  {
    ...{ kind: 'anomaly', name: 'unusual-traffic', series: 'sentBytesPerSecond' },
    remedy: 'wetee metrics APP: compare with the hours before',
  },
])

/** A series as it is shown: its value with the unit that its name ends in. */
export function shown(name: SeriesName, value: number): string {
  const unit = /(BytesPerSecond|Bytes|Milli|Ms|Seconds|Share)$/.exec(name)?.[1]
  if (unit === 'Bytes') return `${(value / 1_048_576).toFixed(1)} MiB`
  if (unit === 'BytesPerSecond') return `${(value / 1_024).toFixed(1)} KiB/s`
  if (unit === 'Milli') return `${(value / 1_000).toFixed(2)} CPUs`
  if (unit === 'Ms') return `${Math.round(value)} ms`
  if (unit === 'Seconds') return `${Math.round(value / 60)} min`
  if (unit === 'Share') return `${Math.round(100 * value)} %`
  return String(Math.round(value))
}
