// `x-wetee.alerts` to rules and the address that is told. Pure.
import * as z from 'zod'
import { alertsSchema, MAX_ALERT_RULES, ruleSchema, type Alerts } from '../alert-rules.ts'
import { durationOf, itemsOf, readKeys, textOf } from './fields.ts'
import type { Notes, Value } from './tree.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Rules sorted by name; undefined, with a problem, where they cannot be used. */
export function readAlerts(value: Value, notes: Notes): Alerts | undefined {
  const rules: z.infer<typeof ruleSchema>[] = []
  let webhook: string | undefined
  readKeys(value, notes, {
    webhook: (v) => {
      const text = textOf(v, notes, 'an https address')
      webhook = text !== undefined && URL.canParse(text) ? new URL(text).href : text
    },
    rules: (v) => {
      for (const item of itemsOf(v, notes, MAX_ALERT_RULES)) {
        const rule = readRule(item, notes)
        if (rule !== undefined) rules.push(rule)
      }
    },
  })
  rules.sort((a, b) => (a.name < b.name ? -1 : 1))
  const parsed = alertsSchema.safeParse({ rules, ...(webhook === undefined ? {} : { webhook }) })
  if (!parsed.success) {
    notes.refuse(value.at, 'value.invalid', z.prettifyError(parsed.error).slice(0, 300))
    return undefined
  }
  if (webhook !== undefined)
    notes.warn(
      value.at,
      'alerts.public',
      'the address is public for ever: whoever reads it can post to it, too',
    )
  return parsed.data
}

/** A rule with times as Compose has them: `for: 5m`, `within: 1h`. */
function readRule(value: Value, notes: Notes): z.infer<typeof ruleSchema> | undefined {
  const rule: Record<string, unknown> = {}
  const take = (key: string) => (v: Value) => {
    if (v.kind !== 'scalar') notes.refuse(v.at, 'value.type', 'expected a text or a number')
    else rule[key] = v.type === 'number' ? Number(v.text) : v.text
  }
  const time = (key: string, unitMs: number) => (v: Value) => {
    const ms = durationOf(v, notes, 0, 7 * DAY_MS)
    if (ms !== undefined) rule[key] = Math.ceil(ms / unitMs)
  }
  const keys = ['name', 'kind', 'series', 'value', 'of', 'limit', 'severity', 'remedy']
  readKeys(value, notes, {
    ...Object.fromEntries(keys.map((key) => [key, take(key)])),
    for: time('forMs', 1),
    within: time('withinMinutes', MINUTE_MS),
  })
  const parsed = ruleSchema.safeParse(rule)
  if (parsed.success) return parsed.data
  notes.refuse(value.at, 'value.invalid', z.prettifyError(parsed.error).slice(0, 300))
  return undefined
}
