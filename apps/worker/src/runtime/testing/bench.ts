// For tests: one runtime on a temporary state folder, and short ways to run scripts in it. Does file I/O.
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { keepLog } from '../../testing/silent-log.ts'
import { openRuntime, type RuntimeKind } from '../index.ts'
import type {
  ContainerSpec,
  LogLine,
  ObservedContainer,
  PodContainer,
  PodSpec,
  Runtime,
} from '../runtime.ts'
import { script, writeFixtureImage, type FixtureImage } from './fixture-image.ts'

/** What rules need: containers that really run, containers one by one, mounts of the host, commands in containers. */
export type Need = 'running' | 'singleContainers' | 'hostFolders' | 'exec'

/** What the suite is run against. */
export type RuntimeSubject = {
  readonly kind: Exclude<RuntimeKind, 'auto'>
  readonly socketPath?: string
  /** Why it cannot run on this machine; `undefined` when it can. */
  readonly missing: string | undefined
  /** What this engine, or what it is tested on, cannot show; rules that need it are skipped by name. */
  readonly lacks?: readonly Need[]
  /** Another way to a runtime than its kind. */
  readonly open?: () => Promise<Runtime>
  /** All containers of each pod, where pods are made as a whole. */
  readonly containers?: readonly PodContainer[]
  /** What this machine still holds of a pod: containers, networks, cgroups, mounts, processes. */
  readonly leftovers: (stateDir: string, podId: string) => string[] | Promise<string[]>
}

/** How a container went: its lines, standard output as one text, and its last state. */
export type Outcome = {
  readonly lines: readonly LogLine[]
  readonly stdout: string
  readonly state: Extract<ObservedContainer, { state: 'exited' }>
}

const MIB = 1_048_576
const WAIT_MS = 30_000
const POLL_MS = 25

/** Of one test file: runtime, image and the pods to take away. */
export class Bench {
  readonly subject: RuntimeSubject
  readonly stateDir: string
  readonly #folders: string[] = []
  readonly #pods = new Set<string>()
  readonly #ending = new AbortController()
  #runtime: Runtime | undefined
  #image: FixtureImage | undefined
  #count = 0

  constructor(subject: RuntimeSubject) {
    this.subject = subject
    this.stateDir = this.folder()
  }

  get runtime(): Runtime {
    if (this.#runtime === undefined) throw new Error('not open')
    return this.#runtime
  }

  get image(): FixtureImage {
    if (this.#image === undefined) throw new Error('not open')
    return this.#image
  }

  async open(): Promise<void> {
    this.#image = await writeFixtureImage(join(this.stateDir, 'layout'))
    this.#runtime = await this.another()
  }

  /** A second runtime over the same state folder. */
  another(): Promise<Runtime> {
    const { kind, socketPath, open } = this.subject
    if (open !== undefined) return open()
    return openRuntime({
      kind,
      stateDir: join(this.stateDir, 'runtime'),
      ...(socketPath === undefined ? {} : { socketPath }),
      allowSandbox: true,
      log: keepLog(),
      signal: this.#ending.signal,
    })
  }

  async close(): Promise<void> {
    await this.clear()
    await this.#runtime?.close()
    this.#ending.abort()
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }

  /** Takes away the pods of a test. */
  async clear(): Promise<void> {
    await Promise.all([...this.#pods].map((podId) => this.runtime.removePod(podId, 0)))
    this.#pods.clear()
  }

  /** A folder that every user of a container may write to. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'wetee-'))
    chmodSync(folder, 0o777)
    this.#folders.push(folder)
    return folder
  }

  /** An id that no other test uses; the pod is taken away at the end of the test. */
  podId(): string {
    const id = `test-${process.pid}-${++this.#count}`
    this.#pods.add(id)
    return id
  }

  async pod(hostNames: readonly string[] = []): Promise<string> {
    const id = this.podId()
    await this.runtime.createPod(this.podSpec(id, { 'wetee.worker': 'test' }, hostNames))
    return id
  }

  /** A pod as this engine takes it. */
  podSpec(
    id: string,
    labels: Readonly<Record<string, string>>,
    hostNames: readonly string[] = [],
  ): PodSpec {
    const { containers } = this.subject
    return { id, labels, hostNames, ...(containers === undefined ? {} : { containers }) }
  }

  /** A container that runs a script, or the image's own program when `body` is empty. */
  spec(name: string, body: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
    return {
      name,
      image: this.image,
      environment: {},
      readOnlyRoot: true,
      tmpfs: [],
      mounts: [],
      limits: { cpuMilli: 1_000, memoryBytes: 256 * MIB, pids: 128 },
      ...(body === '' ? {} : script(body)),
      ...changes,
    }
  }

  /** Runs a script to its end in a pod of its own. */
  async run(body: string, changes: Partial<ContainerSpec> = {}): Promise<Outcome> {
    const podId = await this.pod()
    await this.runtime.startContainer(podId, this.spec('main', body, changes))
    return this.outcome(podId, 'main')
  }

  /** Waits for the end of a container. */
  async outcome(podId: string, name: string, tail = 10_000): Promise<Outcome> {
    const signal = AbortSignal.timeout(WAIT_MS)
    const lines: LogLine[] = []
    for await (const line of this.runtime.logs(podId, name, { tail, follow: true, signal }))
      lines.push(line)
    const stdout = lines
      .filter(({ stream }) => stream === 'stdout')
      .map(({ text }) => text)
      .join('\n')
    return { lines, stdout, state: await this.exited(podId, name) }
  }

  /** All that `logs` yields. */
  async lines(
    podId: string,
    name: string,
    options: { tail: number; follow: boolean; signal?: AbortSignal },
  ): Promise<LogLine[]> {
    const lines: LogLine[] = []
    for await (const line of this.runtime.logs(podId, name, options)) lines.push(line)
    return lines
  }

  async exited(podId: string, name: string): Promise<Outcome['state']> {
    const deadlineMs = performance.now() + WAIT_MS
    for (;;) {
      const found = await this.container(podId, name)
      if (found?.state === 'exited') return found
      if (performance.now() > deadlineMs) throw new Error(`${name} has not ended`)
      // The port tells no events: a state can only be asked for.
      await delay(POLL_MS)
    }
  }

  /** Waits for the end of a process that is not a child. */
  async ended(pid: number): Promise<void> {
    const deadlineMs = performance.now() + WAIT_MS
    while (existsSync(`/proc/${pid}`)) {
      if (performance.now() > deadlineMs) throw new Error(`process ${pid} has not ended`)
      await delay(POLL_MS)
    }
  }

  async container(podId: string, name: string): Promise<ObservedContainer | undefined> {
    const pod = (await this.runtime.list()).find(({ id }) => id === podId)
    return pod?.containers.find((container) => container.name === name)
  }

  /** Waits until a container has printed a line that contains `text`, and returns the line. */
  async said(podId: string, name: string, text: string): Promise<string> {
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(WAIT_MS)])
    const seen: string[] = []
    try {
      for await (const line of this.runtime.logs(podId, name, {
        tail: 1_000,
        follow: true,
        signal,
      })) {
        if (line.text.includes(text)) return line.text
        seen.push(line.text)
      }
    } finally {
      stop.abort()
    }
    throw new Error(`${name} never said ${text}: ${seen.join('\n').slice(0, 2_000)}`)
  }
}
