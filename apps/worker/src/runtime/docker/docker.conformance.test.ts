// The conformance suite on a container engine: the one that WETEE_DOCKER_SOCKET names, else as the worker finds it.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { keepLog } from '../../testing/silent-log.ts'
import { describeRuntime } from '../conformance.ts'
import { networkOptions, POD_LABEL } from './container-options.ts'
import { findEngine } from './find-engine.ts'
import { canRunPrivateEngine } from './private-engine.ts'

const socketPath = process.env['WETEE_DOCKER_SOCKET']
const isPossible =
  socketPath !== undefined || canRunPrivateEngine() || existsSync('/var/run/docker.sock')

describeRuntime({
  kind: 'docker',
  ...(socketPath === undefined ? {} : { socketPath }),
  missing: isPossible
    ? undefined
    : 'no engine runs, and a dockerd of our own needs root and docker.io',
  leftovers,
})

/** Ids that the engine has had for a pod: what is left of them is known by these. */
const idsOf = new Map<string, Set<string>>()

async function leftovers(stateDir: string, podId: string): Promise<string[]> {
  const engine = await findEngine({
    stateDir: join(stateDir, 'runtime'),
    socketPath,
    log: keepLog(),
    signal: new AbortController().signal,
  })
  const docker = new Docker({ socketPath: engine?.socketPath ?? '' })
  const filters = { label: [`${POD_LABEL}=${podId}`] }
  const containers = await docker.listContainers({ all: true, filters })
  const networks = await docker.listNetworks({ filters })
  const { Volumes: volumes } = await docker.listVolumes({ filters })
  const ids = idsOf.get(podId) ?? new Set<string>()
  idsOf.set(podId, ids)
  for (const { Id } of containers) ids.add(Id)
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const bridge = networkOptions(podId).Options?.['com.docker.network.bridge.name'] ?? ''
  return [
    ...containers.map(({ Id }) => `container ${Id}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...(bridge in networkInterfaces() ? [`bridge ${bridge}`] : []),
    ...[...ids].flatMap((id) => [
      ...globSync(`/sys/fs/cgroup/**/*${id}*`).map((path) => `cgroup ${path}`),
      ...mounts.filter((line) => line.includes(id)).map((line) => `mount ${line}`),
    ]),
  ]
}
