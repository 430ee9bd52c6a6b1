// For tests: a container engine in memory; what runs in a container is up to the test. Implements the runtime port.
import type { ExecRequest, ExecResult } from '../runtime/exec.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
import type {
  Capabilities,
  ContainerSpec,
  ContainerState,
  ContainerUsage,
  LogLine,
  ObservedPod,
  PodSpec,
  Runtime,
} from '../runtime/runtime.ts'
import { checkMemory, isListed } from '../runtime/spec.ts'

type Pod = { readonly spec: PodSpec; readonly containers: Map<string, ContainerState> }

const capabilities: Capabilities = {
  memoryLimit: true,
  cpuLimit: true,
  pidsLimit: true,
  readOnlyRoot: true,
  seccomp: true,
  dropCapabilities: true,
  egress: true,
  hostFolders: true,
  singleContainers: true,
  isolation: 'engine',
  warnings: [],
}

/** Pods by id; `onStart` and `onStop` let a test play the containers. */
export class MemoryRuntime implements Runtime {
  readonly name = 'docker'
  readonly pods = new Map<string, Pod>()
  readonly specs = new Map<string, ContainerSpec>()
  readonly starts: string[] = []
  down = false
  lines: LogLine[] = []
  used: ContainerUsage[] = []
  /** Clock of container states, milliseconds. */
  now: () => number = Date.now
  onStart: (podId: string, spec: ContainerSpec) => Promise<void> = () => Promise.resolve()
  onStop: (podId: string, name: string) => Promise<void> = () => Promise.resolve()
  /** Plays a command in a running container. */
  onExec: (podId: string, name: string, request: ExecRequest) => Promise<ExecResult> = () =>
    Promise.resolve({
      exitCode: 0,
      stdout: Buffer.alloc(0),
      stderr: Buffer.alloc(0),
      truncated: false,
    })

  probe() {
    return this.#answer(() => capabilities)
  }
  createPod(spec: PodSpec) {
    return this.#answer(() => {
      if (!this.pods.has(spec.id)) this.pods.set(spec.id, { spec, containers: new Map() })
    })
  }
  async startContainer(podId: string, spec: ContainerSpec) {
    await this.#answer(() => undefined)
    const pod = this.pods.get(podId)
    if (pod === undefined) throw new Error(`no pod ${podId}`)
    if (pod.containers.get(spec.name)?.state === 'running') return
    checkMemory({ id: podId, memory: (pod.spec.memory ?? []).map(({ name }) => name) }, spec)
    this.starts.push(`${podId}/${spec.name}`)
    this.specs.set(`${podId}/${spec.name}`, spec)
    pod.containers.set(spec.name, { state: 'running', startedAtMs: this.now() })
    await this.onStart(podId, spec)
  }
  async stopContainer(podId: string, name: string) {
    await this.#answer(() => undefined)
    this.exit(podId, name, 0)
    await this.onStop(podId, name)
  }
  async removePod(podId: string) {
    await this.#answer(() => undefined)
    for (const name of this.pods.get(podId)?.containers.keys() ?? []) await this.onStop(podId, name)
    this.pods.delete(podId)
  }
  list(labels: Readonly<Record<string, string>> = {}) {
    return this.#answer(() =>
      [...this.pods.values()].flatMap(({ spec, containers }): ObservedPod[] =>
        isListed(spec.labels, labels)
          ? [
              {
                id: spec.id,
                labels: spec.labels,
                containers: [...containers].map(([name, state]) => ({ name, ...state })),
              },
            ]
          : [],
      ),
    )
  }
  usage() {
    return this.#answer(() => this.used)
  }
  async *logs() {
    await Promise.resolve()
    yield* this.lines
  }
  async exec(podId: string, name: string, request: ExecRequest) {
    await this.#answer(() => undefined)
    if (this.pods.get(podId)?.containers.get(name)?.state !== 'running')
      throw new RuntimeError('container.not-running', `${podId}/${name} does not run`)
    return this.onExec(podId, name, request)
  }
  close() {
    return Promise.resolve()
  }

  /** Plays the end of a container. */
  exit(podId: string, name: string, exitCode: number, finishedAtMs = this.now()): void {
    this.pods
      .get(podId)
      ?.containers.set(name, { state: 'exited', exitCode, oomKilled: false, finishedAtMs })
  }

  #answer<T>(value: () => T): Promise<T> {
    if (!this.down) return Promise.resolve(value())
    return Promise.reject(Object.assign(new Error('no socket'), { code: 'engine.unreachable' }))
  }
}
