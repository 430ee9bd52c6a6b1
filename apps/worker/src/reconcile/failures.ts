// What an instance's agent is told before something is done about it: a container that crashed, a version that is dropped. The
// telling does socket I/O.
import type { Guests } from '../instance/guests.ts'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import type { Action, ObservedInstance } from './model.ts'

/** What the agent makes a failure bundle of; `POST /v1/failure` of its control API. */
export type FailureNotice = {
  readonly reason: 'exited' | 'unhealthy' | 'evicted' | 'rolled-back'
  readonly service?: string
  readonly exitCode?: number
  readonly outOfMemory?: boolean
}

/** A notice and whose agent it is for; `key` is the same for the same failure. */
export type Failure = { readonly podId: string; readonly key: string } & {
  readonly notice: FailureNotice
}

/** Failures that instances have, or are about to have by these orders. */
export function failuresOf(
  instances: readonly ObservedInstance[],
  actions: readonly Action[],
): Failure[] {
  const failures: Failure[] = []
  for (const { podId, containers } of instances)
    for (const [service, state] of containers)
      if (
        service !== AGENT_CONTAINER &&
        state.state === 'exited' &&
        (state.exitCode !== 0 || state.oomKilled)
      )
        failures.push({
          podId,
          key: `${podId}/${service}/${state.finishedAtMs}`,
          notice: {
            reason: 'exited',
            service,
            exitCode: Math.min(Math.max(state.exitCode, 0), 255),
            outOfMemory: state.oomKilled,
          },
        })
  for (const action of actions)
    if (action.type === 'restart' && action.reason === 'unhealthy')
      failures.push({
        podId: action.podId,
        key: `${action.podId}/${action.container}/unhealthy/${startOf(instances, action)}`,
        notice: { reason: 'unhealthy', service: action.container },
      })
    else if (action.type === 'remove' && action.reason === 'network-key.changed')
      failures.push({
        podId: action.podId,
        key: `${action.podId}/evicted`,
        notice: { reason: 'evicted' },
      })
    else if (action.type === 'drop-pending')
      for (const { podId, version } of instances)
        if (version === action.version)
          failures.push({ podId, key: `${podId}/rolled-back`, notice: { reason: 'rolled-back' } })
  return failures
}

/** A container that is unhealthy again after another start has failed again. */
function startOf(
  instances: readonly ObservedInstance[],
  { podId, container }: Extract<Action, { type: 'restart' }>,
): number {
  const state = instances.find((i) => i.podId === podId)?.containers.get(container)
  return state?.state === 'running' ? state.startedAtMs : 0
}

const MAX_TOLD = 10_000

/** Tells each agent of a failure once; one that does not answer is left alone. */
export class FailureTeller {
  readonly #told = new Set<string>()

  /** Resolves when all have answered or will not. */
  async tell(
    guests: Pick<Guests, 'get'>,
    instances: readonly ObservedInstance[],
    actions: readonly Action[],
  ): Promise<void> {
    const fresh = failuresOf(instances, actions).filter(({ key }) => !this.#told.has(key))
    for (const { key } of fresh) this.#told.add(key)
    for (const key of this.#told) {
      if (this.#told.size <= MAX_TOLD) break
      this.#told.delete(key)
    }
    await Promise.allSettled(
      fresh.map(async ({ podId, notice }) => guests.get(podId)?.agent.failure(notice)),
    )
  }
}
