// Rules that hold where a configuration names none, and how values are shown. Pure.
import { ruleSchema, type AlertRule, type Alerts } from '@wetee/manifest'
import { z } from 'zod'
import type { SeriesName } from '../history/series.ts'

export { ruleSchema }
export type Rule = AlertRule

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

/** The worker's rules, and those of an owner beside them; of one name the owner's holds. */
export function rulesWith(own: readonly Rule[], { rules }: Pick<Alerts, 'rules'>): readonly Rule[] {
  const names = new Set(rules.map(({ name }) => name))
  return [...own.filter(({ name }) => !names.has(name)), ...rules]
}

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
