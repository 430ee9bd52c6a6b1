// What calls for an alert about an application, and where its owner is told: as manifests and configurations of workers have it. Pure.
import * as z from 'zod'

/** What is measured of an application, by name, in the order in which workers store it: only ever appended to. */
export const SERIES = [
  'cpuMilli',
  'memoryBytes',
  'memoryLimitBytes',
  'diskBytes',
  'receivedBytesPerSecond',
  'sentBytesPerSecond',
  'responseMs',
  'restarts',
  'attestedShare',
  'escrowSeconds',
  'diskLimitBytes',
] as const

/** Name of a series; its unit is the end of it, `restarts` counts from the first look on, shares are 0 to 1. */
export type SeriesName = (typeof SERIES)[number]

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

/** Schema of a rule; what is left out has its default in the result. */
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
export type AlertRule = z.infer<typeof ruleSchema>

/** Rules of one manifest at most: every one is applied once a minute. */
export const MAX_ALERT_RULES = 16

const isOwnersHook = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'https:' && url.href === text && url.username === '' && url.hash === ''
}

/** Schema of a manifest's alerts: rules beside those of the worker, ascending by name, and the address that is told. */
export const alertsSchema = z
  .strictObject({
    rules: z.array(ruleSchema).max(MAX_ALERT_RULES),
    webhook: z
      .string()
      .max(512)
      .refine(isOwnersHook, 'expected an https address in its plain form')
      .optional(),
  })
  .refine(({ rules, webhook }) => rules.length > 0 || webhook !== undefined, 'says nothing')
  .refine(
    ({ rules }) => rules.every(({ name }, i) => i === 0 || (rules[i - 1]?.name ?? name) < name),
    'expected rules in ascending order without repetition',
  )

/** What the owner wants to be told of, and where. */
export type Alerts = z.infer<typeof alertsSchema>
