// One run of the agent: prove the launch, measure, make keys, serve, renew. Does I/O.
import { mkdirSync, readFileSync } from 'node:fs'
import { openInnerDoor, type InnerDoor } from '@wetee/door'
import { aborted, type AgentContext, type AgentEnvironment } from './agent-context.ts'
import { AgentError } from './agent-error.ts'
import { startControl, type ControlActions } from './control/control-api.ts'
import { ChainClock } from './evidence/chain-clock.ts'
import { InstanceState } from './instance-state.ts'
import { runInstance } from './instance.ts'
import { checkImages } from './launch/configuration.ts'
import {
  parseLaunchConfig,
  type InstanceLaunch,
  type PlatformLaunch,
} from './launch/launch-config.ts'
import { openTee } from './launch/open-tee.ts'
import { runPlatform } from './platform.ts'
import { errorFields } from './log.ts'
import { openWorkerClient } from './worker/worker-client.ts'

/**
 * Runs until `signal`. Throws AgentError when the launch does not hold, TeeError when the TEE does not answer; in
 * both cases no key has been made and nothing listens any more.
 */
export async function runAgent(environment: AgentEnvironment): Promise<void> {
  const { paths } = environment
  const launch = readLaunch(paths.launch)
  const door = await openDoor(environment, launch)
  try {
    // Before that there is no TEE to ask.
    await Promise.race([door?.reached, aborted(environment.signal)])
    if (!environment.signal.aborted) await runLaunched(environment, launch)
  } finally {
    await door?.close()
  }
}

async function runLaunched(
  environment: AgentEnvironment,
  launch: InstanceLaunch | PlatformLaunch,
): Promise<void> {
  const { paths, log, signal, tee } = environment
  const device = await openTee(tee, { socket: paths.teeSocket, signal })
  checkImages(launch, device)
  const clock = new ChainClock(environment.monotonicMs)
  const state = new InstanceState(clock)
  let actions: ControlActions = { state: () => state.answer() }
  const control = await startControl(
    paths.agentSocket,
    {
      state: () => actions.state(),
      ready: () => actions.ready?.(),
      drain: () => actions.drain?.(),
      failure: (notice) => actions.failure?.(notice),
      renew: () => actions.renew?.(),
      volumeKey: (name, older) => actions.volumeKey?.(name, older),
      call: (asked) => actions.call?.(asked),
      clients: () => actions.clients?.() ?? { connections: 0, draining: false },
      evidence: () => actions.evidence?.() ?? Promise.resolve(undefined),
    },
    log,
  )
  const context: AgentContext = {
    ...environment,
    device,
    worker: openWorkerClient(paths.workerSocket),
    clock,
    state,
    actions: (more) => {
      actions = { ...actions, ...more }
    },
  }
  try {
    if (launch.mode === 'instance') await runInstance(context, launch)
    else await runPlatform(context, launch)
  } finally {
    state.stop()
    await control.close()
  }
}

/** In a cluster: the way to the worker and to the TEE. Throws AgentError `launch.no-door`. */
async function openDoor(
  { paths, log, doorHost }: AgentEnvironment,
  { cluster }: InstanceLaunch | PlatformLaunch,
): Promise<InnerDoor | undefined> {
  mkdirSync(paths.ingressFolder, { recursive: true })
  if (cluster === undefined) return undefined
  try {
    return await openInnerDoor({
      ...{
        workerKey: cluster.workerKey,
        keyFile: paths.doorKey,
        clientsFolder: paths.ingressFolder,
      },
      ...{ agentSocket: paths.agentSocket, workerSocket: paths.workerSocket },
      teeSocket: paths.teeSocket,
      ...(doorHost === undefined ? {} : { host: doorHost }),
      onRefused: () => log.warn({ code: 'door.refused' }, 'somebody who is not the worker'),
    })
  } catch (cause) {
    const { code } = errorFields(cause)
    throw new AgentError('launch.no-door', `no door to the worker: ${code}`, { cause })
  }
}

function readLaunch(path: string): InstanceLaunch | PlatformLaunch {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AgentError('launch.unreadable', `${path}: cannot be read`, { cause })
  }
  return parseLaunchConfig(text)
}
