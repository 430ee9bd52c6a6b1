// What the engine has of pods, in the terms of the port. Does I/O through the client.
import type { ContainerInfo } from 'dockerode'
import { z } from 'zod'
import type { ContainerState, ObservedContainer, ObservedPod } from '../runtime.ts'
import { CONTAINER_LABEL, POD_LABEL, podLabels } from './container-options.ts'
import type { EngineClient } from './engine-client.ts'

const WORKER_LABEL = 'wetee.worker'
/** Requests at a time. */
const MAX_PARALLEL = 16

const stateSchema = z.object({
  Status: z.string(),
  Running: z.boolean(),
  ExitCode: z.number(),
  OOMKilled: z.boolean().catch(false),
  StartedAt: z.string(),
  FinishedAt: z.string(),
})

/**
 * Every pod with the label `wetee.worker` and these; `wasStopped` says whether this runtime has ended a container by force.
 */
export async function observePods(
  client: EngineClient,
  labels: Readonly<Record<string, string>>,
  wasStopped: (name: string) => boolean,
): Promise<ObservedPod[]> {
  const listed = await listContainers(client, labels)
  const pods = new Map<string, ObservedPod & { readonly containers: ObservedContainer[] }>()
  for (const { Labels, Names } of listed) {
    const id = Labels[POD_LABEL]
    // An image may bring any label, but not the name of a holder.
    if (id === undefined || Labels[CONTAINER_LABEL] !== undefined || !Names.includes(`/${id}`))
      continue
    if (Labels[WORKER_LABEL] !== undefined)
      pods.set(id, { id, labels: podLabels(Labels), containers: [] })
  }
  const found = listed.filter(({ Labels }) => Labels[CONTAINER_LABEL] !== undefined)
  for (let from = 0; from < found.length; from += MAX_PARALLEL)
    await Promise.all(
      found.slice(from, from + MAX_PARALLEL).map(async ({ Id, Labels, Names }) => {
        const pod = pods.get(Labels[POD_LABEL] ?? '')
        if (pod === undefined) return
        const name = Names[0]?.slice(1) ?? ''
        const state = await observeContainer(client, Id, wasStopped(name))
        if (state !== undefined)
          pod.containers.push({ name: Labels[CONTAINER_LABEL] ?? '', ...state })
      }),
    )
  return [...pods.values()]
}

/** Holders, and the containers of their pods, which carry the id of the pod alone. */
async function listContainers(
  client: EngineClient,
  labels: Readonly<Record<string, string>>,
): Promise<ContainerInfo[]> {
  const list = (label: string[]) =>
    client.call('list containers', (docker) =>
      docker.listContainers({ all: true, filters: { label } }),
    )
  const asked = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  if (asked.length === 0) return list([POD_LABEL])
  const holders = await list([POD_LABEL, ...asked])
  const ids = new Set(holders.map(({ Labels }) => Labels[POD_LABEL] ?? ''))
  return (await Promise.all([...ids].map((id) => list([`${POD_LABEL}=${id}`])))).flat()
}

async function observeContainer(
  client: EngineClient,
  id: string,
  wasStopped: boolean,
): Promise<ContainerState | undefined> {
  const found = await client.find('look at a container', (d) => d.getContainer(id).inspect())
  return found === undefined
    ? undefined
    : stateOf(found.State, client.quirks.hidesOutOfMemory && !wasStopped)
}

/** Where the engine hides it, whatever was killed is taken to have used up its memory. `undefined` for a container that was never started, or is about to go. */
function stateOf(value: unknown, hidesOutOfMemory: boolean): ContainerState | undefined {
  const state = stateSchema.parse(value)
  if (state.Running) return { state: 'running', startedAtMs: Date.parse(state.StartedAt) }
  if (state.Status !== 'exited' && state.Status !== 'stopped') return undefined
  const { ExitCode: exitCode, OOMKilled } = state
  return {
    state: 'exited',
    exitCode,
    oomKilled: OOMKilled || (hidesOutOfMemory && exitCode === 137),
    finishedAtMs: Date.parse(state.FinishedAt),
  }
}
