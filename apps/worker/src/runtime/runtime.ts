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
  /** `engine` a container engine; `namespace` the built-in sandbox, for development only. */
  readonly isolation: 'engine' | 'namespace'
  /** What is missing and what it means, one sentence each, for `doctor` and the log. */
  readonly warnings: readonly string[]
}

/** What a container sees at `target`: a folder or file of the host, or a memory volume of its pod. */
export type Mount = { readonly target: string; readonly readOnly: boolean } & (
  { readonly source: string } | { readonly memory: string }
)

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

export type ObservedContainer = { readonly name: string } & ContainerState

export type ObservedPod = {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly containers: readonly ObservedContainer[]
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
  readonly name: 'docker' | 'sandbox'
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
  /** Every pod that carries the label `wetee.worker` of this worker. */
  list(): Promise<ObservedPod[]>
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
  /** Releases what the driver itself holds (sockets, a private engine); pods keep running. */
  close(): Promise<void>
}
