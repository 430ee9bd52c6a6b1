// What every part of one run shares. No I/O.
import { join } from 'node:path'
import type { AnyTeeDevice } from '@wetee/tee-device'
import type { ControlActions } from './control/control-api.ts'
import type { ChainClock } from './evidence/chain-clock.ts'
import type { InstanceState } from './instance-state.ts'
import type { TeeChoice } from './launch/open-tee.ts'
import type { Log } from './log.ts'
import type { WorkerClient } from './worker/worker-client.ts'

/** Where everything lies that the worker has mounted. */
export type AgentPaths = {
  readonly launch: string
  readonly workerSocket: string
  readonly ingressFolder: string
  readonly agentSocket: string
  readonly teeSocket: string
  readonly imagesFolder: string
  /** The socket for the application. */
  readonly applicationSocket: string
  /** One memory volume for each service: launcher, pipes, variables. */
  readonly servicesFolder: string
  /** One memory volume for each service with secrets in files. */
  readonly secretsFolder: string
  /** The launcher's program, of the agent's own image. */
  readonly launcher: string
  /** In a cluster: key of the door to the worker. */
  readonly doorKey: string
}

/** The paths of docs/reference/interfaces.md below `root` (`/` in a container). */
export function agentPaths(root: string): AgentPaths {
  return {
    launch: join(root, 'run/wetee/launch.json'),
    workerSocket: join(root, 'run/wetee/worker.sock'),
    ingressFolder: join(root, 'run/wetee/ingress'),
    agentSocket: join(root, 'run/wetee/agent.sock'),
    teeSocket: join(root, 'run/tee/tee.sock'),
    imagesFolder: join(root, 'images'),
    applicationSocket: join(root, 'run/wetee/app/wetee.sock'),
    servicesFolder: join(root, 'run/services'),
    secretsFolder: join(root, 'run/secrets-of'),
    launcher: join(root, 'app/launch'),
    doorKey: join(root, 'run/wetee/door.pem'),
  }
}

/** What a run is given from outside. */
export type AgentEnvironment = {
  readonly paths: AgentPaths
  readonly tee: TeeChoice
  /** In a cluster: where the door is; default: every address of the pod. */
  readonly doorHost?: string
  readonly log: Log
  readonly signal: AbortSignal
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
  /** For jitter, from 0 to 1. */
  readonly random: () => number
}

/** Shared by both modes. */
export type AgentContext = AgentEnvironment & {
  readonly device: AnyTeeDevice
  readonly worker: WorkerClient
  readonly clock: ChainClock
  readonly state: InstanceState
  /** Adds to what `agent.sock` answers. */
  readonly actions: (more: Partial<ControlActions>) => void
}

/** Resolves when the signal is raised. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
