// Which engine this machine has: a socket that answers, else a dockerd of our own. Does socket I/O.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../log.ts'
import { RuntimeError } from '../runtime-error.ts'
import { answersOn, type Engine } from './engine-client.ts'
import { canRunPrivateEngine, hasPrivateEngine, privateEngine } from './private-engine.ts'

/**
 * The engine to use; `undefined` when there is none and none can be started. A socket that was asked for by name is
 * waited for and never replaced by another: RuntimeError `engine.unreachable`.
 */
export async function findEngine(options: {
  readonly stateDir: string
  readonly socketPath: string | undefined
  readonly log: Log
  readonly signal: AbortSignal
}): Promise<Engine | undefined> {
  const { stateDir, log, signal } = options
  const asked = options.socketPath ?? socketOfDockerHost()
  if (asked !== undefined) {
    if (await answersOn(asked)) return { socketPath: asked }
    throw new RuntimeError(
      'engine.unreachable',
      `no container engine answers at ${asked}: start it, or change runtime.socketPath (DOCKER_HOST)`,
    )
  }
  const ownIsPossible = canRunPrivateEngine()
  const own = privateEngine(stateDir, log, signal)
  const usual = ownIsPossible && hasPrivateEngine(stateDir) ? [] : usualSockets()
  for (const socketPath of usual)
    if (existsSync(socketPath) && (await answersOn(socketPath))) return { socketPath }
  if (!ownIsPossible) return undefined
  await own.own?.ensure()
  return own
}

function socketOfDockerHost(): string | undefined {
  const host = process.env['DOCKER_HOST']
  if (host === undefined || host === '') return undefined
  if (host.startsWith('unix://')) return host.slice('unix://'.length)
  throw new RuntimeError(
    'engine.unfit',
    'DOCKER_HOST names an engine of another machine: applications need folders of this one. Unset it',
  )
}

function usualSockets(): string[] {
  const home = homedir()
  const run = process.env['XDG_RUNTIME_DIR']
  const ofUser = run === undefined ? [] : [join(run, 'docker.sock')]
  const podmanOfUser = run === undefined ? [] : [join(run, 'podman/podman.sock')]
  return [
    '/var/run/docker.sock',
    ...ofUser,
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    '/run/podman/podman.sock',
    ...podmanOfUser,
  ]
}
