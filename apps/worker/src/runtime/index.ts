// Which container runtime this machine has, and the way to it. Loads only the driver that is used.
import { mkdirSync } from 'node:fs'
import type { Log } from '../log.ts'
import type { KubernetesConfig } from './kubernetes/config.ts'
import { RuntimeError } from './runtime-error.ts'
import type { Runtime } from './runtime.ts'

export type * from './runtime.ts'
export type { ExecRequest, ExecResult } from './exec.ts'
export { RuntimeError, type RuntimeErrorCode } from './runtime-error.ts'
export { findTools } from './sandbox/tools.ts'

/** `kubernetes` is only ever asked for by name. `auto`: an engine when there is one, else the sandbox when it is allowed. */
export type RuntimeKind = 'auto' | 'docker' | 'sandbox' | 'kubernetes'

/** What a runtime is opened with. */
export type RuntimeOptions = {
  readonly kind: RuntimeKind
  /** Made when missing; all that the driver keeps lies below. A second runtime over it finds the same pods. */
  readonly stateDir: string
  /** Engine socket; left out: the usual places, then an engine of our own. */
  readonly socketPath?: string
  /** The sandbox isolates less than an engine: development only. */
  readonly allowSandbox: boolean
  /** Needed by `kubernetes`. */
  readonly kubernetes?: KubernetesConfig
  readonly log: Log
  /** Ends whatever the driver waits for; pods keep running. */
  readonly signal: AbortSignal
}

/**
 * Opens a runtime. Throws RuntimeError: `engine.unreachable` (try again later), `engine.missing` when there is nothing to
 * run containers with, `engine.not-allowed` when there is only the sandbox and nobody allowed it.
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { kind, stateDir, socketPath, allowSandbox, log, signal } = options
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  if (kind === 'kubernetes') {
    if (options.kubernetes === undefined)
      throw new RuntimeError('engine.missing', 'runtime.kubernetes says nothing about the cluster')
    const { openKubernetesRuntime } = await import('./kubernetes/kubernetes-runtime.ts')
    return openKubernetesRuntime({ config: options.kubernetes, log, signal })
  }
  if (kind !== 'sandbox') {
    const { findEngine, openDockerRuntime } = await import('./docker/docker-runtime.ts')
    const engine = await findEngine({ stateDir, socketPath, log, signal })
    if (engine !== undefined) return openDockerRuntime({ engine, stateDir, log, signal })
    if (kind === 'docker') throw new RuntimeError('engine.missing', HOW_TO_GET_ONE)
  }
  if (!allowSandbox)
    throw new RuntimeError(
      'engine.not-allowed',
      `the built-in sandbox isolates less than an engine and is for development only. ${
        kind === 'sandbox' ? '' : HOW_TO_GET_ONE
      } To use the sandbox set runtime.allowSandbox to true`,
    )
  const { openSandboxRuntime } = await import('./sandbox/sandbox-runtime.ts')
  return openSandboxRuntime({ stateDir, log, signal })
}

const HOW_TO_GET_ONE =
  'no container engine: no Docker or Podman socket answers, and no engine can be started here (that needs root and ' +
  'dockerd). Install one (Debian: apt-get install docker.io iptables) or set runtime.socketPath.'
