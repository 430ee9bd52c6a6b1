// An instance as one pod of a cluster: agent first, then what others wait for, then the rest. Pure.
import { createHash } from 'node:crypto'
import { doorPorts } from '@wetee/door'
import {
  agentProbe,
  probeProgram,
  type Healthcheck,
  type ManifestDocument,
  type Service,
} from '@wetee/manifest'
import type { DiskVolume, Limits, PodContainer, PodMount, PodSpec } from '../runtime/runtime.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
import {
  agentMemory,
  agentProgram,
  APP_SOCKET,
  memoryVolumes,
  numericUser,
  serviceMemory,
  serviceProgram,
  unfitReasons,
  type ImageProgram,
} from './container-spec.ts'

/** What a cluster has to be told once. */
export type ClusterParts = {
  /** Of the worker, at the doors of its agents. */
  readonly workerKey: `0x${string}`
  /** `registry/repository@sha256:..`. */
  readonly agentImage: string
  /** Whether it has volumes on disks. */
  readonly hasDisks: boolean
}

/** From what a pod is made. */
export type ClusterPodInput = {
  readonly cluster: ClusterParts
  readonly document: Pick<ManifestDocument, 'services' | 'volumes'>
  readonly replica: number
  /** The text of `launch.json`. */
  readonly launch: string
  readonly agentLimits: Limits
  /** Of each service's image, by service. */
  readonly imageOf: (service: Service) => ImageProgram & { readonly user: string }
  /** Restarts of each service, by name. */
  readonly restartOf: (service: string) => PodContainer['restart']
}

const MIB = 1_048_576
const NOBODY = '65534:65534'
/** Memory volumes that only the agent sees: its sockets and the key of its door; the socket of its TEE. */
const RUN_VOLUME = 'wetee_run'
const TEE_VOLUME = 'wetee_tee'
/** The agent's socket for services. */
const APP_VOLUME = 'wetee_app'
const SMALL_BYTES = MIB / 4
/** The kubelet looks this often whether the agent has everything that services need. */
const READY_MS = 1_000
/** As good as never: an agent waits for nodes, secrets and its worker as long as it takes. */
const NEVER = 1_000_000_000

/** The parts of an instance's pod that a cluster is told. Throws RuntimeError `container.invalid`. */
export function clusterPod(
  input: ClusterPodInput,
): Required<Pick<PodSpec, 'memory' | 'disks' | 'containers'>> {
  const { cluster, document, replica, launch, agentLimits } = input
  const { services, volumes } = document
  const agent = agentOf(cluster, services, launch, agentLimits)
  return {
    memory: [
      ...[RUN_VOLUME, TEE_VOLUME, APP_VOLUME].map((name) => ({ name, sizeBytes: SMALL_BYTES })),
      ...memoryVolumes(document),
    ],
    disks: volumes.map(({ name, sizeMiB }): DiskVolume => ({
      name: diskName(name, replica),
      sizeBytes: sizeMiB * MIB,
    })),
    containers:
      services.length === 0
        ? [agent]
        : [
            { ...agent, gate: 'healthy', check: readiness },
            ...inOrder(services).map((service) => serviceOf(service, input)),
          ],
  }
}

/** The machine's own agent, which is asked once and has no services. */
export function clusterPlatformPod(
  cluster: ClusterParts,
  launch: string,
  limits: Limits,
): Required<Pick<PodSpec, 'memory' | 'containers'>> {
  const document = { services: [], volumes: [] }
  const imageOf = () => ({ entrypoint: [], command: [], user: '' })
  const parts = { cluster, document, launch, agentLimits: limits, imageOf }
  return clusterPod({ ...parts, replica: 0, restartOf: () => 'always' })
}

const readiness: NonNullable<PodContainer['check']> = {
  program: agentProbe,
  intervalMs: READY_MS,
  timeoutMs: 5_000,
  failures: NEVER,
}

function agentOf(
  { agentImage }: ClusterParts,
  services: readonly Service[],
  launch: string,
  limits: Limits,
): PodContainer {
  return {
    ...agentProgram(services, limits),
    image: agentImage,
    user: NOBODY,
    restart: 'always',
    mounts: [
      { memory: RUN_VOLUME, target: '/run/wetee', readOnly: false },
      { text: launch, target: '/run/wetee/launch.json', readOnly: true },
      { memory: APP_VOLUME, target: '/run/wetee/app', readOnly: false },
      { memory: TEE_VOLUME, target: '/run/tee', readOnly: false },
      ...agentMemory(services),
    ],
  }
}

function serviceOf(service: Service, input: ClusterPodInput): PodContainer {
  const image = input.imageOf(service)
  const gate = gateOf(service, input.document.services)
  const mounts: PodMount[] = [
    ...service.volumes.map(({ name, target, readOnly }) => ({
      volume: diskName(name, input.replica),
      target,
      readOnly: readOnly === true,
    })),
    { memory: APP_VOLUME, file: 'wetee.sock', target: APP_SOCKET, readOnly: false },
    ...serviceMemory(service),
  ]
  const { healthcheck } = service
  return {
    ...serviceProgram(service, image),
    image: withoutTag(service.image),
    user: userOf(service, image.user),
    restart: input.restartOf(service.name),
    mounts,
    ...(gate === undefined ? {} : { gate }),
    ...(healthcheck === undefined || gate === 'completed' ? {} : { check: checkOf(healthcheck) }),
  }
}

/** What the strictest of those that wait for a service waits for; nobody says when one without a healthcheck is healthy. */
function gateOf(
  { name, healthcheck }: Service,
  services: readonly Service[],
): PodContainer['gate'] | undefined {
  const awaited = new Set(
    services.flatMap(({ dependsOn }) =>
      dependsOn.filter(({ service }) => service === name).map(({ condition }) => condition),
    ),
  )
  if (awaited.has('service_completed_successfully')) return 'completed'
  if (awaited.has('service_healthy') && healthcheck !== undefined) return 'healthy'
  return awaited.size === 0 ? undefined : 'started'
}

/** What is waited for before what waits for it, and what nothing waits for last; else as in the manifest. */
function inOrder(services: readonly Service[]): Service[] {
  const placed: Service[] = []
  const seen = new Set<Service>()
  const place = (service: Service) => {
    if (seen.has(service)) return
    seen.add(service)
    for (const { service: name } of service.dependsOn) {
      const needed = services.find((other) => other.name === name)
      if (needed !== undefined) place(needed)
    }
    placed.push(service)
  }
  for (const service of services) place(service)
  const isGate = (service: Service) => gateOf(service, services) !== undefined
  return [...placed.filter(isGate), ...placed.filter((service) => !isGate(service))]
}

/** Run by the kubelet through the launcher, as every engine does: none of its output reaches the host. */
function checkOf(healthcheck: Healthcheck) {
  const { intervalMs, timeoutMs, startPeriodMs, retries } = healthcheck
  const failures = Math.max(1, retries) + Math.ceil(startPeriodMs / Math.max(1, intervalMs))
  return { program: probeProgram(healthcheck), intervalMs, timeoutMs, failures }
}

function userOf(service: Service, ofImage: string): string {
  const named = service.user ?? ofImage
  if (named === '') return NOBODY
  const user = numericUser(named)
  if (user === undefined)
    throw new RuntimeError(
      'container.invalid',
      `${service.name}: its image names the user ${JSON.stringify(named.slice(0, 64))}: give its number as user in the compose file`,
    )
  return user.uid === 0 || user.gid === 0 ? NOBODY : `${user.uid}:${user.gid}`
}

/** `registry/repository:tag@digest` runs by its digest. */
function withoutTag(image: string): string {
  return image.replace(/:[^:/@]+@/, '@')
}

/** A claim outlives versions and belongs to one replica. */
function diskName(name: string, replica: number): string {
  const readable = `${name}-r${replica}`
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(readable)) return readable
  return `v-${createHash('sha256').update(name).digest('hex').slice(0, 20)}-r${replica}`
}

/** Why a manifest cannot run in a cluster though another worker could run it; empty when it can. */
export function clusterUnfitReasons(document: ManifestDocument, hasDisks: boolean): string[] {
  const reasons = unfitReasons(document)
  const { services, volumes, update } = document
  if (volumes.length > 0 && !hasDisks) reasons.push('this cluster has no volumes on disks')
  if (update?.strategy === 'stop-first')
    reasons.push('in a cluster services start with their pod: an update cannot be stop-first')
  const free = new Set<string>()
  for (const service of services) {
    const { name, ports, restart = 'always' } = service
    for (const { target } of ports)
      if (Object.values(doorPorts).includes(target))
        reasons.push(`${name}: port ${target} is the agent's own in a cluster`)
    const gate = gateOf(service, services)
    if (gate === undefined) free.add(restart)
    else if (gate !== 'completed' && restart !== 'always')
      reasons.push(`${name}: what others wait for while it runs is always restarted in a cluster`)
  }
  if (free.size > 1) reasons.push('services that nothing waits for have different restart policies')
  return reasons
}
