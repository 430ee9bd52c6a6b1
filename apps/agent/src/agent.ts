// One run of the agent: prove the launch, measure, make keys, serve, renew. Does I/O.
import { mkdirSync, readFileSync } from 'node:fs'
import type { AgentContext, AgentEnvironment } from './agent-context.ts'
import { AgentError } from './agent-error.ts'
import { startControl, type ControlActions } from './control/control-api.ts'
import { ChainClock } from './evidence/chain-clock.ts'
import { InstanceState } from './instance-state.ts'
import { runInstance } from './instance.ts'
import {
  parseLaunchConfig,
  type InstanceLaunch,
  type PlatformLaunch,
} from './launch/launch-config.ts'
import { openTee } from './launch/open-tee.ts'
import { runPlatform } from './platform.ts'
import { openWorkerClient } from './worker/worker-client.ts'

/**
 * Runs until `signal`. Throws AgentError when the launch does not hold, TeeError when the TEE does not answer; in
 * both cases no key has been made and nothing listens any more.
 */
export async function runAgent(environment: AgentEnvironment): Promise<void> {
  const { paths, log, signal, tee } = environment
  const launch = readLaunch(paths.launch)
  const device = await openTee(tee, { socket: paths.teeSocket, signal })
  const clock = new ChainClock(environment.monotonicMs)
  const state = new InstanceState(clock)
  let actions: ControlActions = { state: () => state.answer() }
  mkdirSync(paths.ingressFolder, { recursive: true })
  const control = await startControl(
    paths.agentSocket,
    {
      state: () => actions.state(),
      ready: () => actions.ready?.(),
      drain: () => actions.drain?.(),
      failure: (notice) => actions.failure?.(notice),
      renew: () => actions.renew?.(),
      volumeKey: (name) => actions.volumeKey?.(name),
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

function readLaunch(path: string): InstanceLaunch | PlatformLaunch {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AgentError('launch.unreadable', `${path}: cannot be read`, { cause })
  }
  return parseLaunchConfig(text)
}
