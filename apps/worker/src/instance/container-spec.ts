// Containers of an instance as the engine takes them: agent and services. Pure.
import { join } from 'node:path'
import { secretsFolder, type ManifestDocument, type Service } from '@wetee/manifest'
import type { ContainerSpec, Limits, MemoryVolume, Mount } from '../runtime/runtime.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
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

/** Of a service's image: what runs where the service names nothing else. */
export type ImageProgram = {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
}

/** Of one service's secrets and what the agent puts beside them. */
const SECRETS_BYTES = 8 * MIB
/** The agent's program that adds secrets to the environment and becomes its arguments. */
const LAUNCHER = `${secretsFolder}/.wetee/launch`

/** Memory volumes of an instance's pod: one for each service that has secrets. */
export function secretVolumes({ services }: Pick<ManifestDocument, 'services'>): MemoryVolume[] {
  return services
    .filter(hasSecrets)
    .map(({ name }) => ({ name: secretVolume(name), sizeBytes: SECRETS_BYTES }))
}

/**
 * The agent's container; the services' images are shown to it read-only, so that it hashes what they run from, and it
 * writes their secrets, which count as its memory.
 */
export function agentContainer(input: {
  readonly image: ImageSource
  readonly paths: InstancePaths
  readonly services: readonly { readonly service: Service; readonly layout: string }[]
  readonly limits: Limits
}): ContainerSpec {
  const { image, paths, services, limits } = input
  const secret = services.filter(({ service }) => hasSecrets(service))
  const mounts: Mount[] = [
    { source: paths.runFolder, target: '/run/wetee', readOnly: false },
    { source: paths.teeSocket, target: '/run/tee/tee.sock', readOnly: false },
    ...services.map(({ service, layout }) => ({
      source: layout,
      target: `/images/${service.name}`,
      readOnly: true,
    })),
    ...secret.map(({ service }) => ({
      memory: secretVolume(service.name),
      target: `/run/secrets-of/${service.name}`,
      readOnly: false,
    })),
  ]
  return {
    name: AGENT_CONTAINER,
    image,
    environment: {},
    readOnlyRoot: true,
    tmpfs: [{ target: '/tmp', sizeBytes: 16 * MIB }],
    mounts,
    limits: { ...limits, memoryBytes: limits.memoryBytes + secret.length * SECRETS_BYTES },
  }
}

/**
 * A service's container: everything from the manifest, volumes as folders below `volumeFolder`, the agent's socket for
 * applications, its secrets. Throws RuntimeError `container.invalid` for one that names no program where its image names none.
 */
export function serviceContainer(
  service: Service,
  image: ImageSource & ImageProgram,
  paths: { readonly volumeFolder: string; readonly appSocket: string },
): ContainerSpec {
  const { user, workingDirectory } = service
  const secrets: Mount = {
    memory: secretVolume(service.name),
    target: secretsFolder,
    readOnly: true,
  }
  return {
    name: service.name,
    image: { layout: image.layout, digest: image.digest },
    environment: service.environment,
    readOnlyRoot: service.readOnly,
    tmpfs: service.tmpfs,
    mounts: [
      ...service.volumes.map(({ name, target, readOnly }) => ({
        source: join(paths.volumeFolder, name),
        target,
        readOnly: readOnly === true,
      })),
      { source: paths.appSocket, target: '/run/wetee.sock', readOnly: false },
      ...(hasSecrets(service) ? [secrets] : []),
    ],
    limits: {
      cpuMilli: service.cpuMilli,
      memoryBytes: service.memoryMiB * MIB,
      pids: service.pids,
    },
    ...programOf(service, image),
    ...(user === undefined ? {} : { user }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  }
}

/** Entry point and command; with variables that hold secrets, the launcher comes first and the rest is spelled out. */
function programOf(
  service: Service,
  image: ImageProgram,
): Pick<ContainerSpec, 'entrypoint' | 'command'> {
  const { entrypoint, command } = service
  if (service.secretEnvironment === undefined)
    return {
      ...(entrypoint === undefined ? {} : { entrypoint }),
      ...(command === undefined ? {} : { command }),
    }
  const words = entrypoint ?? image.entrypoint
  const rest = command ?? (entrypoint === undefined ? image.command : [])
  if (words.length + rest.length === 0)
    throw new RuntimeError('container.invalid', 'neither image nor service names a program')
  return { entrypoint: [LAUNCHER, ...words], command: rest }
}

function secretVolume(service: string): string {
  return `secrets-${service}`
}

/** Whether a version cannot run before its secrets are released. */
export function usesSecrets({ services }: Pick<ManifestDocument, 'services'>): boolean {
  return services.some(hasSecrets)
}

function hasSecrets({ secrets, secretEnvironment }: Service): boolean {
  return secrets.length > 0 || secretEnvironment !== undefined
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
  for (const { name, ports: published } of document.services) {
    if (name === AGENT_CONTAINER) reasons.push(`a service may not be called ${name}`)
    for (const { target } of published) {
      if (ports.has(target))
        reasons.push(`${name}: port ${target} is published twice, services share one network`)
      ports.add(target)
    }
  }
  if (document.terms.gpu > 0) reasons.push('this worker has no GPUs')
  return reasons
}
