// The port between the worker and a container engine: pods of containers that share one network namespace. Types only.
import type { ExecRequest, ExecResult } from './exec.ts'

/** What an engine can enforce here; probed by running something, never assumed from a version. */
export type Capabilities = {
  readonly memoryLimit: boolean
  readonly cpuLimit: boolean
  readonly pidsLimit: boolean
  readonly readOnlyRoot: boolean
  readonly seccomp: boolean
  readonly dropCapabilities: boolean
  readonly egress: boolean
  /** Containers can mount folders, files and sockets of the worker's own machine. */
  readonly hostFolders: boolean
  /** Containers start and stop one by one. Otherwise all of a pod come and go together, and `PodSpec.containers` says all of it. */
  readonly singleContainers: boolean
  /** `engine` a container engine; `namespace` the built-in sandbox, for development only. */
  readonly isolation: 'engine' | 'namespace'
  /** What is missing and what it means, one sentence each, for `doctor` and the log. */
  readonly warnings: readonly string[]
}

/** What a container sees at `target`: a folder or file of the host, or a memory volume of its pod. */
export type Mount = { readonly target: string; readonly readOnly: boolean } & (
  | { readonly source: string }
  | { readonly memory: string }
)

/** Mounts where there are no host folders: also one file of a memory volume, a volume on a disk, a public file with this text. */
export type PodMount = { readonly target: string; readonly readOnly: boolean } & (
  | { readonly memory: string; readonly file?: string }
  | { readonly volume: string }
  | { readonly text: string }
)

/** A volume on a disk that the engine keeps for all pods with the same label `wetee.app`; it outlives them. */
export type DiskVolume = {
  /** `[a-z0-9-]{1,63}`. */
  readonly name: string
  readonly sizeBytes: number
}

/** A container of a pod that is made as a whole. */
export type PodContainer = Omit<ContainerSpec, 'mounts' | 'image'> & {
  /** `registry.host[:port]/repository@sha256:...`: the engine pulls it. */
  readonly image: string
  /** `uid:gid`, neither of them 0: nobody has looked into the image. */
  readonly user: string
  readonly mounts: readonly PodMount[]
  /** The engine's own restarts. */
  readonly restart: 'always' | 'on-failure' | 'no'
  /** What has to hold before the containers after it are started; those without are the last ones and start together. */
  readonly gate?: 'started' | 'healthy' | 'completed'
  /** Program that ends with 0 when the container is well; needed by the gate `healthy`. */
  readonly check?: {
    readonly program: readonly string[]
    readonly intervalMs: number
    readonly timeoutMs: number
    /** Failures in a row before it is started anew. */
    readonly failures: number
  }
}

/**
 * A file system in memory that belongs to a pod: empty when the pod is made, shared by the containers that mount it, kept
 * over their restarts, gone with the pod, never on a disk and seen by no other pod. Programs may be run from it.
 */
export type MemoryVolume = {
  /** Unique in the pod, `[a-z0-9_-]{1,80}`. */
  readonly name: string
  /** Counted in pages; what is written counts as memory of the container that writes it. */
  readonly sizeBytes: number
}

/** Limits of one container. */
export type Limits = {
  readonly cpuMilli: number
  readonly memoryBytes: number
  readonly pids: number
}

/** A pod: the network namespace of one application instance. It has loopback and, where the engine can, egress; nothing reaches it from outside. */
export type PodSpec = {
  /** Unique, `[a-z0-9-]{1,63}`. */
  readonly id: string
  /** Kept by the engine and returned by `list`; the worker finds its own pods by them after a restart. */
  readonly labels: Readonly<Record<string, string>>
  /** Service names that resolve to 127.0.0.1 inside the pod. */
  readonly hostNames: readonly string[]
  /** At most 32; default none. */
  readonly memory?: readonly MemoryVolume[]
  /** At most 32; default none. Only where `capabilities.hostFolders` is false. */
  readonly disks?: readonly DiskVolume[]
  /** All containers in the order of their start. Needed where `capabilities.singleContainers` is false, and only there. */
  readonly containers?: readonly PodContainer[]
  /** Document that a confidential virtual machine is launched with. Only where pods are such machines. */
  readonly initdata?: string
}

/** A container of a pod. */
export type ContainerSpec = {
  readonly name: string
  /** OCI layout folder that holds the image (digests already checked) and its manifest digest `sha256:...`. */
  readonly image: { readonly layout: string; readonly digest: string }
  /** Empty: the image's own entrypoint and command. */
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly workingDirectory?: string
  /** `uid` or `uid:gid`; default the image's user, and 65534 where that is root or empty. */
  readonly user?: string
  readonly readOnlyRoot: boolean
  /** Size-limited memory file systems by mount point. */
  readonly tmpfs: readonly { readonly target: string; readonly sizeBytes: number }[]
  readonly mounts: readonly Mount[]
  readonly limits: Limits
}

export type ContainerState =
  | { readonly state: 'running'; readonly startedAtMs: number }
  | {
      readonly state: 'exited'
      readonly exitCode: number
      readonly oomKilled: boolean
      readonly finishedAtMs: number
    }

/** `ready`: what its engine's own check says of it while it runs; only of pods that are made as a whole. */
export type ObservedContainer = { readonly name: string; readonly ready?: boolean } & ContainerState

export type ObservedPod = {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly containers: readonly ObservedContainer[]
  /** IP address that the worker reaches it at; absent where there is none, or not yet. */
  readonly address?: string
  /** It has ended as a whole, and its engine starts nothing of it any more. */
  readonly isOver?: true
}

export type LogLine = {
  readonly atMs: number
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** What a running container has used so far, as its engine counts it; a field is absent where the engine cannot say. */
export type ContainerUsage = {
  readonly podId: string
  readonly name: string
  /** When it was counted. */
  readonly atMs: number
  /** Processor time since the container was started: starts at 0 again with it. */
  readonly cpuMicros?: number
  /** Without files that the kernel only keeps for speed. */
  readonly memoryBytes?: number
  readonly memoryLimitBytes?: number
  /** Written to its own layer; only where it was asked for. */
  readonly diskBytes?: number
  /** Of the whole pod since it was made, loopback left out: the same for each of its containers. */
  readonly networkRxBytes?: number
  readonly networkTxBytes?: number
}

/** A container engine. Every call is idempotent: repeating it after a crash of the worker gives the same world. */
export type Runtime = {
  readonly name: 'docker' | 'sandbox' | 'kubernetes'
  /** Runs the probe once; throws RuntimeError `engine.unreachable` when the engine does not answer. */
  probe(options?: { signal?: AbortSignal }): Promise<Capabilities>
  /** Creates the pod; does nothing when it exists. */
  createPod(spec: PodSpec): Promise<void>
  /** Starts the container in the pod; does nothing when it runs, starts it again when it has exited. */
  startContainer(podId: string, spec: ContainerSpec): Promise<void>
  /** SIGTERM, then SIGKILL after `graceMs`. Does nothing when there is no such container. */
  stopContainer(podId: string, name: string, graceMs: number): Promise<void>
  /** Stops every container, removes the pod and what the engine keeps of it. Does nothing when it is gone. */
  removePod(podId: string, graceMs: number): Promise<void>
  /** Every pod that carries the label `wetee.worker`, whatever its value, and these. */
  list(labels?: Readonly<Record<string, string>>): Promise<ObservedPod[]>
  /**
   * Usage of the running containers of every pod that `list` shows. `disk` counts written bytes too, which walks files:
   * rarely.
   */
  usage(options?: { disk?: boolean }): Promise<readonly ContainerUsage[]>
  /** Lines so far (the last `tail`), then new ones while `follow`; ends with the container or `signal`. */
  logs(
    podId: string,
    container: string,
    options: { tail: number; follow: boolean; signal?: AbortSignal },
  ): AsyncIterable<LogLine>
  /**
   * Runs a command in a running container. Throws RuntimeError `container.not-running` when there is none, `exec.start-failed`
   * when there is no such program, `exec.timed-out`.
   */
  exec(podId: string, container: string, request: ExecRequest): Promise<ExecResult>
  /**
   * Removes all disk volumes of an application's pods, by their labels `wetee.worker` and `wetee.app`; none of these pods may be
   * there any more. Only where `capabilities.hostFolders` is false.
   */
  removeDisks?(labels: Readonly<Record<string, string>>): Promise<void>
  /** Releases what the driver itself holds (sockets, a private engine); pods keep running. */
  close(): Promise<void>
}
