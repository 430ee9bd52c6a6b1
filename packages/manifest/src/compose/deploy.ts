// `deploy` of a service: resources and replicas. Pure.
import { limits } from '../document.ts'
import { amountOf, choiceOf, dangerous, readKeys, unsupported, wholeOf } from './fields.ts'
import type { Notes, Place, Value } from './tree.ts'
import { parseBytes, parseCpuMilli } from './units.ts'

/** What a service asks for; absent fields take the defaults. */
export type DeployDraft = {
  replicas?: { readonly count: number; readonly at: Place }
  cpuMilli?: number
  memoryMiB?: number
  pids?: number
}

/** What a service gets that asks for nothing. */
export const resourceDefaults = { cpuMilli: 250, memoryMiB: 128, pids: 128 } as const

const mebibyte = 2 ** 20

/**
 * Reads `deploy`. Reservations are what is paid for, as limits are: where both stand they must be
 * equal.
 */
export function readDeploy(value: Value, notes: Notes): DeployDraft {
  const draft: DeployDraft = {}
  readKeys(value, notes, {
    replicas: (v) => {
      const count = wholeOf(v, notes, 1, limits.replicas)
      if (count !== undefined) draft.replicas = { count, at: v.at }
    },
    resources: (v) =>
      readKeys(v, notes, {
        limits: (l) => readLimits(draft, l, notes, true),
        reservations: (r) => readLimits(draft, r, notes, false),
      }),
    mode: (v) => void choiceOf(v, notes, ['replicated']),
    endpoint_mode: unsupported('the worker gives every application its URL'),
    labels: unsupported('nothing reads it here'),
    placement: unsupported('choose a worker with --worker, or a TEE with x-wetee.tee'),
    restart_policy: unsupported('use restart'),
    rollback_config: unsupported('an update that does not become healthy is dropped by itself'),
    update_config: unsupported('the new version starts beside the old one by itself'),
  })
  return draft
}

function readLimits(draft: DeployDraft, value: Value, notes: Notes, upper: boolean): void {
  const set = (key: 'cpuMilli' | 'memoryMiB' | 'pids', amount: number | undefined, at: Place) => {
    if (amount === undefined) return
    if (draft[key] !== undefined && draft[key] !== amount)
      notes.refuse(at, 'resources.differ', 'limits and reservations must be equal: remove one')
    draft[key] = amount
  }
  readKeys(value, notes, {
    cpus: (v) => {
      const what = `a number of CPUs such as "0.25", up to ${limits.cpuMilli / 1000}`
      const rule = { what, parse: parseCpuMilli, minimum: 1, maximum: limits.cpuMilli }
      set('cpuMilli', amountOf(v, notes, rule), v.at)
    },
    memory: (v) => {
      const what = `a size such as 128m, from 4m to ${limits.memoryMiB / 1024}g`
      const rule = {
        what,
        parse: parseBytes,
        minimum: 4 * mebibyte,
        maximum: limits.memoryMiB * mebibyte,
      }
      const bytes = amountOf(v, notes, rule)
      set('memoryMiB', bytes === undefined ? undefined : Math.ceil(bytes / mebibyte), v.at)
    },
    ...(upper
      ? { pids: (v: Value) => set('pids', wholeOf(v, notes, 1, limits.pids), v.at) }
      : { generic_resources: unsupported('there is nothing of that kind') }),
    devices: dangerous('devices and GPUs cannot be asked for yet'),
  })
}
