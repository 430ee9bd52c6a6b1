// Pods and containers as the Docker Engine API takes them. Pure.
import { createHash } from 'node:crypto'
import type Docker from 'dockerode'
import type { ContainerSpec, Limits, MemoryVolume, Mount, PodSpec } from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import { userOf } from '../spec.ts'
import type { LoadedImage } from './image-cache.ts'
import type { Quirks } from './quirks.ts'
import { SECCOMP_PATH, SECCOMP_PROFILE } from './seccomp-profile.ts'

/** On whatever belongs to a pod: its id. */
export const POD_LABEL = 'io.wetee.pod'
/** On containers but not on holders: the name in the pod. */
export const CONTAINER_LABEL = 'io.wetee.container'
/** Hash of what a container was made from: another spec needs another container. */
export const SPEC_LABEL = 'io.wetee.spec'
/** Bridges of pods are called so on the host; the guard's rules go by it. */
export const BRIDGE_PREFIX = 'wetee'

const OWN_LABELS: ReadonlySet<string> = new Set([POD_LABEL, CONTAINER_LABEL, SPEC_LABEL])
const CPU_PERIOD_US = 100_000
/** On x86-64. */
const PAGE_BYTES = 4_096
/** The kernel takes no less. */
const MIN_CPU_QUOTA_US = 1_000
/** Docker takes no less. */
const MIN_MEMORY_BYTES = 6 << 20
/** The program itself needs next to nothing; the engine's, which becomes it, counts too. */
const HOLDER_LIMITS: Limits = { cpuMilli: 1_000, memoryBytes: 32 << 20, pids: 32 }

/** Name in the engine. */
export function containerName(podId: string, name: string): string {
  return `${podId}.${name}`
}

/** Labels that a pod was created with. */
export function podLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !OWN_LABELS.has(name)))
}

/** The network of one pod: a bridge of its own, so that no other pod is on it. */
export function networkOptions(podId: string): Docker.NetworkCreateOptions {
  const hash = createHash('sha256').update(podId).digest('hex')
  return {
    Name: podId,
    CheckDuplicate: true,
    Driver: 'bridge',
    EnableIPv6: false,
    Labels: { [POD_LABEL]: podId },
    // Interface names have at most 15 bytes.
    Options: { 'com.docker.network.bridge.name': `${BRIDGE_PREFIX}${hash.slice(0, 9)}` },
  }
}

/** Name of a pod's memory volume in the engine. */
export function volumeName(podId: string, name: string): string {
  return `${podId}.${name}`
}

/** What makes a volume of the engine's own driver one in memory; exec is allowed, the launcher runs from it. */
export function volumeOptions(
  podId: string,
  { name, sizeBytes }: MemoryVolume,
): Docker.VolumeCreateOptions {
  return {
    Name: volumeName(podId, name),
    Driver: 'local',
    DriverOpts: {
      type: 'tmpfs',
      device: 'tmpfs',
      // Not `size`: Podman takes that for a quota on its disk.
      o: `nosuid,nodev,nr_blocks=${Math.ceil(sizeBytes / PAGE_BYTES)},mode=1777`,
    },
    Labels: { [POD_LABEL]: podId },
  }
}

/**
 * The container that holds the pod's network and its memory: an engine mounts a volume for as long as a container that
 * uses it runs. `network` is a network's name or `none`.
 */
export function holderOptions(
  { id, labels, hostNames, memory = [] }: PodSpec,
  image: LoadedImage,
  network: string,
  quirks: Quirks,
): Docker.ContainerCreateOptions {
  return {
    ...programOf(image, {}),
    name: id,
    Hostname: id,
    User: '65534:65534',
    Labels: { ...podLabels(labels), [POD_LABEL]: id },
    HostConfig: {
      ...hardened(HOLDER_LIMITS, true, quirks),
      NetworkMode: network,
      ExtraHosts: hostNames.map((name) => `${name}:127.0.0.1`),
      ...mountOptions(
        id,
        memory.map(({ name }) => ({ memory: name, target: `/memory/${name}`, readOnly: true })),
      ),
    },
  }
}

/** A container in the network of its holder. Throws RuntimeError `container.invalid`. */
export function containerOptions(
  podId: string,
  holderId: string,
  spec: ContainerSpec,
  image: LoadedImage,
  quirks: Quirks,
): Docker.ContainerCreateOptions {
  const user = userOf(spec.user, image.config.user)
  const options: Docker.ContainerCreateOptions = {
    ...programOf(image, spec),
    name: containerName(podId, spec.name),
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    User: user,
    HostConfig: {
      ...hardened(spec.limits, spec.readOnlyRoot, quirks),
      NetworkMode: `container:${holderId}`,
      Tmpfs: Object.fromEntries(
        spec.tmpfs.map(({ target, sizeBytes }) => [
          target,
          `rw,nosuid,nodev,size=${sizeBytes},mode=1777`,
        ]),
      ),
      ...mountOptions(podId, spec.mounts),
    },
  }
  const hash = createHash('sha256').update(JSON.stringify(options)).digest('hex')
  return {
    ...options,
    Labels: { [POD_LABEL]: podId, [CONTAINER_LABEL]: spec.name, [SPEC_LABEL]: hash },
  }
}

function mountOptions(
  podId: string,
  mounts: readonly Mount[],
): Pick<Docker.HostConfig, 'Binds' | 'Mounts'> {
  return {
    Mounts: mounts.flatMap((mount) =>
      'source' in mount
        ? {
            Type: 'bind' as const,
            Source: mount.source,
            Target: mount.target,
            ReadOnly: mount.readOnly,
            BindOptions: { Propagation: 'rprivate' as const },
          }
        : [],
    ),
    // Without what the image has at this place; Podman reads `nocopy` here only.
    Binds: mounts.flatMap((mount) =>
      'memory' in mount
        ? `${volumeName(podId, mount.memory)}:${mount.target}:${mount.readOnly ? 'ro' : 'rw'},nocopy`
        : [],
    ),
  }
}

function programOf(
  { id, config }: LoadedImage,
  spec: Pick<ContainerSpec, 'entrypoint' | 'command' | 'workingDirectory'>,
): Docker.ContainerCreateOptions {
  const { entrypoint = [], command = [] } = spec
  const own = entrypoint.length > 0
  const words = {
    Entrypoint: [...(own ? entrypoint : config.entrypoint)],
    Cmd: [...(own || command.length > 0 ? command : config.command)],
  }
  if (words.Entrypoint.length + words.Cmd.length === 0)
    throw new RuntimeError('container.invalid', 'neither image nor service names a program')
  return {
    Image: id,
    ...words,
    WorkingDir: spec.workingDirectory ?? (config.workingDirectory || '/'),
    StopSignal: 'SIGTERM',
    // Not the image's: it would be run by the engine, beside the worker's own.
    Healthcheck: { Test: ['NONE'] },
    Tty: false,
    OpenStdin: false,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
  }
}

function hardened(limits: Limits, readOnlyRoot: boolean, quirks: Quirks): Docker.HostConfig {
  const memory = Math.max(limits.memoryBytes, MIN_MEMORY_BYTES)
  return {
    Privileged: false,
    ReadonlyRootfs: readOnlyRoot,
    CapDrop: ['ALL'],
    // Podman takes what is inline for the name of a file.
    SecurityOpt: [
      'no-new-privileges',
      `seccomp=${quirks.seccompByPath ? SECCOMP_PATH : SECCOMP_PROFILE}`,
    ],
    Memory: memory,
    // The same: no swap.
    MemorySwap: memory,
    CpuPeriod: CPU_PERIOD_US,
    // Not NanoCpus: engines refuse more than the machine has.
    CpuQuota: Math.max(MIN_CPU_QUOTA_US, Math.round((limits.cpuMilli * CPU_PERIOD_US) / 1_000)),
    PidsLimit: limits.pids,
    Ulimits: Object.entries(quirks.ulimits).map(([Name, value]) => ({
      Name,
      Soft: value,
      Hard: value,
    })),
    IpcMode: 'private',
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '8m', 'max-file': '2' } },
  }
}
