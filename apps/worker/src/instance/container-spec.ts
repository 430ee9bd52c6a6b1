// Containers of an instance as the engine takes them: agent and services. Pure.
import { join } from 'node:path'
import type { ManifestDocument, Service } from '@wetee/manifest'
import type { ContainerSpec, Limits, Mount } from '../runtime/runtime.ts'
import { AGENT_CONTAINER } from './identity.ts'

const MIB = 1_048_576

/** Where the parts of an instance lie on the host. */
export type InstancePaths = {
  /** Becomes `/run/wetee`. */
  readonly runFolder: string
  /** The TEE's guest socket, becomes `/run/tee/tee.sock`. */
  readonly teeSocket: string
}

/** An image in a layout. */
export type ImageSource = { readonly layout: string; readonly digest: string }

/** The agent's container; `images` are shown to it read-only, so that it hashes what the services run from. */
export function agentContainer(input: {
  readonly image: ImageSource
  readonly paths: InstancePaths
  readonly images: readonly { readonly service: string; readonly layout: string }[]
  readonly limits: Limits
}): ContainerSpec {
  const { image, paths, images, limits } = input
  const mounts: Mount[] = [
    { source: paths.runFolder, target: '/run/wetee', readOnly: false },
    { source: paths.teeSocket, target: '/run/tee/tee.sock', readOnly: false },
    ...images.map(({ service, layout }) => ({
      source: layout,
      target: `/images/${service}`,
      readOnly: true,
    })),
  ]
  return {
    name: AGENT_CONTAINER,
    image,
    environment: {},
    readOnlyRoot: true,
    tmpfs: [{ target: '/tmp', sizeBytes: 16 * MIB }],
    mounts,
    limits,
  }
}

/** A service's container: everything from the manifest, volumes as folders below `volumeFolder`. */
export function serviceContainer(
  service: Service,
  image: ImageSource,
  volumeFolder: string,
): ContainerSpec {
  const { entrypoint, command, user, workingDirectory } = service
  return {
    name: service.name,
    image,
    environment: service.environment,
    readOnlyRoot: service.readOnly,
    tmpfs: service.tmpfs,
    mounts: service.volumes.map(({ name, target, readOnly }) => ({
      source: join(volumeFolder, name),
      target,
      readOnly: readOnly === true,
    })),
    limits: {
      cpuMilli: service.cpuMilli,
      memoryBytes: service.memoryMiB * MIB,
      pids: service.pids,
    },
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    ...(user === undefined ? {} : { user }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  }
}

/** `uid` and `gid` of a numeric user; `undefined` for names, which only the image could resolve. */
export function numericUser(user: string): { uid: number; gid: number } | undefined {
  const match = /^([0-9]{1,9})(?::([0-9]{1,9}))?$/.exec(user)
  if (match === null) return undefined
  const uid = Number(match[1])
  return { uid, gid: match[2] === undefined ? uid : Number(match[2]) }
}

/** `sha256:...` of a pinned reference. */
export function digestOf({ image }: Service): string {
  return image.slice(image.lastIndexOf('@') + 1)
}

/** Why a manifest cannot run on this worker though the contract took it; empty when it can. */
export function unfitReasons(document: ManifestDocument): string[] {
  const reasons: string[] = []
  const ports = new Set<number>()
  for (const { name, ports: published, secrets } of document.services) {
    if (name === AGENT_CONTAINER) reasons.push(`a service may not be called ${name}`)
    if (secrets.length > 0) reasons.push(`${name}: secrets cannot be released yet`)
    for (const { target } of published) {
      if (ports.has(target))
        reasons.push(`${name}: port ${target} is published twice, services share one network`)
      ports.add(target)
    }
  }
  if (document.terms.gpu > 0) reasons.push('this worker has no GPUs')
  return reasons
}
