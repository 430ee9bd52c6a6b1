// Containers of an instance as the engine takes them: agent and services. Pure.
import { launcherPath, secretsFolder, type ManifestDocument, type Service } from '@wetee/manifest'
import type { ContainerSpec, Limits, MemoryVolume } from '../runtime/runtime.ts'
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

/** A memory volume of the pod at a place of a container. */
type MemoryMount = { readonly memory: string; readonly target: string; readonly readOnly: boolean }

/** Of one service's secrets, in files or in variables. */
const SECRETS_BYTES = 8 * MIB
/** Of a service without secret variables: the launcher; pipes hold nothing in a volume. */
const LAUNCHER_BYTES = MIB / 4
/** What the agent has for a service, as the service sees it. */
const OWN_FOLDER = '/run/wetee'
/** The agent's socket, as every service sees it. */
export const APP_SOCKET = '/run/wetee.sock'

/** The launcher of a command that the agent has prepared; it takes words, input and output from beside it. */
export function ownLauncher(execId: string): string {
  return `${OWN_FOLDER}/exec-${execId}/launch`
}

/** Memory volumes of an instance's pod: one for each service, and one more where it has secrets in files. */
export function memoryVolumes({ services }: Pick<ManifestDocument, 'services'>): MemoryVolume[] {
  return services.flatMap((service) => [
    {
      name: ownVolume(service.name),
      sizeBytes: service.secretEnvironment === undefined ? LAUNCHER_BYTES : SECRETS_BYTES,
    },
    ...(service.secrets.length > 0
      ? [{ name: secretVolume(service.name), sizeBytes: SECRETS_BYTES }]
      : []),
  ])
}

/**
 * The agent's container; the services' images are shown to it read-only, so that it hashes what they run from, and it
 * writes what is in their memory volumes, which counts as its memory.
 */
export function agentContainer(input: {
  readonly image: ImageSource
  readonly paths: InstancePaths
  readonly services: readonly { readonly service: Service; readonly layout: string }[]
  readonly limits: Limits
}): ContainerSpec {
  const { image, paths, limits } = input
  const services = input.services.map(({ service }) => service)
  return {
    ...agentProgram(services, limits),
    image,
    mounts: [
      { source: paths.runFolder, target: '/run/wetee', readOnly: false },
      { source: paths.teeSocket, target: '/run/tee/tee.sock', readOnly: false },
      ...input.services.map(({ service, layout }) => ({
        source: layout,
        target: `/images/${service.name}`,
        readOnly: true,
      })),
      ...agentMemory(services),
    ],
  }
}

/**
 * A service's container: everything from the manifest, its volumes as folders by name, the agent's socket for
 * applications, its launcher and pipes, its secrets. Throws RuntimeError `container.invalid` for one that names no program where its image names none.
 */
export function serviceContainer(
  service: Service,
  image: ImageSource & ImageProgram,
  paths: { readonly volumes: ReadonlyMap<string, string>; readonly appSocket: string },
): ContainerSpec {
  const { user } = service
  return {
    ...serviceProgram(service, image),
    image: { layout: image.layout, digest: image.digest },
    mounts: [
      ...service.volumes.map(({ name, target, readOnly }) => ({
        source: openVolume(paths.volumes, name),
        target,
        readOnly: readOnly === true,
      })),
      { source: paths.appSocket, target: APP_SOCKET, readOnly: false },
      ...serviceMemory(service),
    ],
    ...(user === undefined ? {} : { user }),
  }
}

/** What a service is wherever it runs. Throws RuntimeError `container.invalid`. */
export function serviceProgram(
  service: Service,
  image: ImageProgram,
): Omit<ContainerSpec, 'image' | 'mounts' | 'user'> {
  const { workingDirectory } = service
  return {
    name: service.name,
    environment: service.environment,
    readOnlyRoot: service.readOnly,
    tmpfs: service.tmpfs,
    limits: {
      cpuMilli: service.cpuMilli,
      memoryBytes: service.memoryMiB * MIB,
      pids: service.pids,
    },
    ...programOf(service, image),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  }
}

/** Memory volumes of a service as it sees them. */
export function serviceMemory({ name, secrets }: Service): MemoryMount[] {
  return [
    { memory: ownVolume(name), target: OWN_FOLDER, readOnly: true },
    ...(secrets.length > 0
      ? [{ memory: secretVolume(name), target: secretsFolder, readOnly: true }]
      : []),
  ]
}

/** Memory volumes of all services as the agent sees them. */
export function agentMemory(services: readonly Service[]): MemoryMount[] {
  return [
    ...services.map(({ name }) => ({
      memory: ownVolume(name),
      target: `/run/services/${name}`,
      readOnly: false,
    })),
    ...services
      .filter(({ secrets }) => secrets.length > 0)
      .map(({ name }) => ({
        memory: secretVolume(name),
        target: `/run/secrets-of/${name}`,
        readOnly: false,
      })),
  ]
}

/** What the agent is wherever it runs; what it writes into memory volumes counts as its own. */
export function agentProgram(
  services: readonly Service[],
  limits: Limits,
): Omit<ContainerSpec, 'image' | 'mounts'> {
  const volumes = memoryVolumes({ services })
  const sum = volumes.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
  return {
    name: AGENT_CONTAINER,
    environment: {},
    readOnlyRoot: true,
    tmpfs: [{ target: '/tmp', sizeBytes: 16 * MIB }],
    limits: { ...limits, memoryBytes: limits.memoryBytes + sum },
  }
}

/** The launcher comes first, and what would have run is spelled out: none of its output reaches the engine. */
function programOf(
  { entrypoint, command }: Service,
  image: ImageProgram,
): { readonly entrypoint: readonly string[]; readonly command: readonly string[] } {
  const words = entrypoint ?? image.entrypoint
  const rest = command ?? (entrypoint === undefined ? image.command : [])
  if (words.length + rest.length === 0)
    throw new RuntimeError('container.invalid', 'neither image nor service names a program')
  return { entrypoint: [launcherPath, ...words], command: rest }
}

function openVolume(volumes: ReadonlyMap<string, string>, name: string): string {
  const folder = volumes.get(name)
  if (folder === undefined)
    throw new RuntimeError('container.invalid', `volume ${name} was not opened`)
  return folder
}

function ownVolume(service: string): string {
  return `service-${service}`
}

function secretVolume(service: string): string {
  return `secrets-${service}`
}

/** Whether a version cannot run before its secrets are released. */
export function usesSecrets({ services }: Pick<ManifestDocument, 'services'>): boolean {
  return services.some(
    ({ secrets, secretEnvironment }) => secrets.length > 0 || secretEnvironment !== undefined,
  )
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
