// How far a version has come on its way to all traffic, from the chain and its worker's word. Pure.
import type { AppDetails } from './apps.ts'
import type { VersionRecord } from './reader.ts'

/** In their order; `drained`: no instance of an older version is left. */
export const startSteps = [
  'pulled',
  'launched',
  'verified',
  'attested',
  'healthy',
  'active',
  'drained',
] as const

/** One of them. */
export type StartStep = (typeof startSteps)[number]

const PAST_VERIFICATION = new Set(['verified', 'attested', 'lapsed', 'draining'])

/**
 * The steps that are done. Leases and the current version are the chain's, the rest is the host's word; a worker that does not
 * say something leaves its step to what comes after it.
 */
export function stepsDone(
  { currentVersion, instances, versions, leases }: AppDetails,
  { version }: VersionRecord,
  replicas: number,
): StartStep[] {
  const own = instances?.filter((instance) => instance.version === version) ?? []
  const images = versions?.find((other) => other.version === version)?.images
  const all = (holds: (instance: (typeof own)[number]) => boolean) =>
    own.filter(holds).length >= replicas
  const leased = leases.filter((lease) => lease.live && lease.version === version)
  const facts: Readonly<Record<StartStep, boolean>> = {
    pulled: images !== undefined && images.pulled >= images.total,
    launched: all(() => true),
    verified: all(({ state }) => PAST_VERIFICATION.has(state)),
    attested: new Set(leased.map(({ replica }) => replica)).size >= replicas,
    healthy: all(({ ready }) => ready === true),
    active: currentVersion === version,
    drained: currentVersion === version && own.length > 0 && own.length === instances?.length,
  }
  // What has been passed stays passed: an image that was cleaned away, a check that fails once.
  const last = facts.active ? 'active' : startSteps.findLast((step) => facts[step])
  const passed = last === undefined ? -1 : startSteps.indexOf(last)
  return startSteps.filter((step, index) => (index <= passed && step !== 'drained') || facts[step])
}

/** One line: what is done, what is being waited for with its reason, what is left. */
export function stepsText(
  done: readonly StartStep[],
  reason: string,
  wanted: readonly StartStep[] = startSteps,
): string {
  const [now, ...later] = wanted.filter((step) => !done.includes(step))
  const parts = [
    ...wanted.filter((step) => done.includes(step)).map((step) => `[x] ${step}`),
    // Past all steps it is said what is still waited for: an answer.
    `[>] ${now === undefined ? reason : `${now}: ${reason}`}`,
    ...later.map((step) => `[ ] ${step}`),
  ]
  return parts.join('  ')
}
