// What a Pod of the cluster is in the terms of the port. Pure.
import { z } from 'zod'
import type { ContainerState, ObservedContainer, ObservedPod } from '../runtime.ts'
import type { ApiObject } from './api-object.ts'
import { isManaged, readContainerNames, readPodLabels } from './names.ts'

const terminated = z.looseObject({
  exitCode: z.int(),
  reason: z.string().optional(),
  finishedAt: z.string().nullish(),
})
const statusSchema = z.looseObject({
  name: z.string(),
  ready: z.boolean().default(false),
  state: z
    .looseObject({
      running: z.looseObject({ startedAt: z.string().nullish() }).optional(),
      terminated: terminated.optional(),
    })
    .default({}),
  lastState: z.looseObject({ terminated: terminated.optional() }).default({}),
})
const podSchema = z.looseObject({
  status: z
    .looseObject({
      phase: z.string().optional(),
      reason: z.string().optional(),
      podIP: z.union([z.ipv4(), z.ipv6()]).optional().catch(undefined),
      initContainerStatuses: z.array(statusSchema).optional(),
      containerStatuses: z.array(statusSchema).optional(),
    })
    .default({}),
})
/** Exit code of what was killed with its pod and left none. */
const KILLED = 137

/** The port's view; `undefined` for pods that are not the driver's, or whose notes are damaged. */
export function observePod(object: ApiObject): ObservedPod | undefined {
  const { metadata } = object
  const labels = readPodLabels(object)
  const names = readContainerNames(object)
  if (!isManaged(metadata.labels) || labels?.['wetee.worker'] === undefined) return undefined
  if (names === undefined) return undefined
  const { status } = podSchema.parse(object)
  const found = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const containers: ObservedContainer[] = []
  for (const [inCluster, name] of Object.entries(names)) {
    const one = found.find((candidate) => candidate.name === inCluster)
    const state = (one === undefined ? undefined : stateOf(one)) ?? endOf(status.phase)
    if (state?.state === 'running') containers.push({ name, ...state, ready: one?.ready === true })
    else if (state !== undefined) containers.push({ name, ...state })
  }
  const { podIP } = status
  return {
    ...{ id: metadata.name, labels, containers },
    ...(podIP === undefined ? {} : { address: podIP }),
    ...(isOver(object) ? { isOver: true } : {}),
  }
}

/** Whether a pod has ended as a whole and stays as it is: evicted, its node gone, or all its work done. */
export function isOver(object: ApiObject): boolean {
  const phase = podSchema.parse(object).status.phase
  return phase === 'Failed' || phase === 'Succeeded'
}

function stateOf({ state, lastState }: z.infer<typeof statusSchema>): ContainerState | undefined {
  if (state.running !== undefined)
    return { state: 'running', startedAtMs: timeOf(state.running.startedAt) }
  // It waits to be started again: what is known is how it ended.
  const end = state.terminated ?? lastState.terminated
  if (end === undefined) return undefined
  return {
    state: 'exited',
    exitCode: end.exitCode,
    oomKilled: end.reason === 'OOMKilled',
    finishedAtMs: timeOf(end.finishedAt),
  }
}

function endOf(phase: string | undefined): ContainerState | undefined {
  if (phase !== 'Failed') return undefined
  return { state: 'exited', exitCode: KILLED, oomKilled: false, finishedAtMs: 0 }
}

function timeOf(text: string | null | undefined): number {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? 0 : ms
}
