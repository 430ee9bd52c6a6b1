// How a container's health follows from the outcomes of its checks. Pure.
import type { Healthcheck, ManifestDocument } from '@wetee/manifest'
import type { ObservedPod } from '../runtime/runtime.ts'

/**
 * Health of one run of a container. `starting` until a check has succeeded or enough have failed; `sinceMs` is when it got
 * into its state, wall clock.
 */
export type Health = {
  readonly state: 'starting' | 'healthy' | 'unhealthy'
  readonly sinceMs: number
  /** Failed checks in a row that count. */
  readonly failures: number
  /** How the newest check failed, without what it has printed: anybody may read this. */
  readonly reason?: string
}

/** How one check went; `reason` of a failure. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** Until a check has succeeded, and at most for its first interval, a container is asked this often, milliseconds. */
const FIRST_PAUSE_MS = 500

/** Of a container that has just been started. */
export function newHealth(startedAtMs: number): Health {
  return { state: 'starting', sinceMs: startedAtMs, failures: 0 }
}

/**
 * Where the engine makes the checks itself: of each service with a healthcheck that has not ended, whether its engine calls it ready. It
 * does not say whether one that is not was ready before.
 */
export function engineHealth(
  { containers }: Pick<ObservedPod, 'containers'>,
  { services }: Pick<ManifestDocument, 'services'>,
): ReadonlyMap<string, Health> {
  const health = new Map<string, Health>()
  for (const { name, healthcheck } of services) {
    const found = containers.find((container) => container.name === name)
    if (healthcheck === undefined || found?.state === 'exited') continue
    const sinceMs = found?.startedAtMs ?? 0
    const state = found?.ready === true ? 'healthy' : 'starting'
    health.set(name, { state, sinceMs, failures: 0 })
  }
  return health
}

/**
 * Health after one more check. One success makes it healthy; `retries` failures in a row make it unhealthy. Of a container that
 * has not been healthy yet, failures within its start period (or its first interval, where that is longer) do not count.
 */
export function nextHealth(
  health: Health,
  check: Healthcheck,
  startedAtMs: number,
  outcome: Outcome,
  nowMs: number,
): Health {
  const into = (state: Health['state']) => ({
    state,
    sinceMs: state === health.state ? health.sinceMs : nowMs,
  })
  if (outcome.ok) return { ...into('healthy'), failures: 0 }
  const { reason } = outcome
  if (health.state === 'starting' && nowMs < graceEndMs(check, startedAtMs))
    return { ...health, reason }
  const failures = health.failures + 1
  return { ...into(failures >= check.retries ? 'unhealthy' : health.state), failures, reason }
}

/** From the end of one check to the next, milliseconds. */
export function pauseMs(
  { state }: Health,
  check: Healthcheck,
  startedAtMs: number,
  nowMs: number,
): number {
  const isNew = state === 'starting' && nowMs < startedAtMs + check.intervalMs
  return isNew ? Math.min(FIRST_PAUSE_MS, check.intervalMs) : check.intervalMs
}

function graceEndMs({ startPeriodMs, intervalMs }: Healthcheck, startedAtMs: number): number {
  return startedAtMs + Math.max(startPeriodMs, intervalMs)
}
