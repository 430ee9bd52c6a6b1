// The runtime port without an engine: Linux namespaces made with util-linux, one supervisor per container. Development only. Does I/O.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openImage } from '@wetee/image'
import type { Log } from '../../log.ts'
import { messageOf } from '../../worker-error.ts'
import type {
  Capabilities,
  ContainerSpec,
  ContainerUsage,
  LogLine,
  ObservedContainer,
  ObservedPod,
  PodSpec,
  Runtime,
} from '../runtime.ts'
import { checkExec, type ExecRequest, type ExecResult } from '../exec.ts'
import { RuntimeError } from '../runtime-error.ts'
import { checkContainer, checkPod, imageError, isListed, userOf } from '../spec.ts'
import { cgroupFolders, findCgroupBases, removeCgroup } from './cgroup.ts'
import { execIn } from './exec.ts'
import { ImageCache, removeTree } from './image-cache.ts'
import { writeJson } from './json-file.ts'
import { groupOf, launch, type Ground, type Launch } from './launch.ts'
import { readLog } from './log-file.ts'
import { endPod, gone, startHolder } from './pod-holder.ts'
import { identify, isAlive, signalProcess } from './process-id.ts'
import { probeSandbox } from './probe.ts'
import { seccompFilter } from './seccomp.ts'
import { readContainer, readPlace, readPod, type ContainerRecord, type PodRecord } from './state.ts'
import { findTools } from './tools.ts'
import { readGroupUsage, readNetwork } from './usage.ts'

/** What the sandbox is opened with. */
export type SandboxOptions = {
  /** Made when missing. */
  readonly stateDir: string
  readonly log: Log
  /** Ends whatever the driver waits for; pods keep running. */
  readonly signal: AbortSignal
}

const POLL_MS = 20
const TRIAL_TIMEOUT_MS = 20_000
const KILL_TIMEOUT_MS = 15_000

/** Opens the sandbox over a state folder. Throws RuntimeError `engine.missing` where this is no Linux or a program lacks. */
export function openSandboxRuntime({ stateDir, log, signal }: SandboxOptions): Runtime {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new RuntimeError('engine.missing', 'the sandbox needs Linux on x86-64: use an engine')
  const tools = findTools(process.env['PATH'] ?? '')
  mkdirSync(join(stateDir, 'pods'), { recursive: true, mode: 0o700 })
  const folder = realpathSync(stateDir)
  const ground: Ground = {
    tools,
    mapped: process.getuid?.() !== 0,
    bases: findCgroupBases(),
    tag: createHash('sha256').update(folder).digest('hex').slice(0, 8),
    filter: seccompFilter(),
  }
  log.debug({ stateDir: folder, cgroups: ground.bases.length }, 'sandbox opened')
  return new SandboxRuntime(folder, ground, signal)
}

class SandboxRuntime implements Runtime {
  readonly name = 'sandbox'
  readonly #pods: string
  readonly #ground: Ground
  readonly #images: ImageCache
  readonly #signal: AbortSignal
  /** The last of what is being done to each pod: one thing at a time. */
  readonly #turns = new Map<string, Promise<unknown>>()
  #capabilities: Promise<Capabilities> | undefined

  constructor(folder: string, ground: Ground, signal: AbortSignal) {
    this.#pods = join(folder, 'pods')
    this.#ground = ground
    this.#images = new ImageCache(join(folder, 'images'), ground.tools, signal)
    this.#signal = signal
  }

  probe(): Promise<Capabilities> {
    this.#capabilities ??= this.#probe().catch((error: unknown) => {
      this.#capabilities = undefined
      throw error
    })
    return this.#capabilities
  }

  async createPod(spec: PodSpec): Promise<void> {
    checkPod(spec)
    await this.#turn(spec.id, () => this.#hold(spec))
  }

  async startContainer(podId: string, spec: ContainerSpec): Promise<void> {
    checkContainer(spec)
    await this.#start(podId, spec.name, async () => {
      const { config } = await openImage(spec.image.layout, spec.image.digest).catch(
        (error: unknown) => {
          throw imageError(error)
        },
      )
      const entrypoint = spec.entrypoint?.length === 0 ? undefined : spec.entrypoint
      const command = spec.command ?? (entrypoint === undefined ? config.command : [])
      return {
        ...spec,
        makeRoot: (path) => this.#images.makeRoot(spec.image, path, spec.readOnlyRoot),
        user: userOf(spec.user, config.user),
        workingDirectory: spec.workingDirectory ?? config.workingDirectory,
        environment: { ...config.environment, ...spec.environment },
        program: [...(entrypoint ?? config.entrypoint), ...command],
      }
    })
  }

  async stopContainer(podId: string, name: string, graceMs: number): Promise<void> {
    const folder = this.#containerFolder(podId, name)
    if (!existsSync(folder)) return
    await this.#turn(podId, () => this.#stop(folder, graceMs))
  }

  async removePod(podId: string, graceMs: number): Promise<void> {
    const folder = join(this.#pods, podId)
    if (!isPlainName(podId) || !existsSync(folder)) return
    await this.#turn(podId, async () => {
      const folders = containerFolders(folder)
      await Promise.all(folders.map((container) => this.#stop(container, graceMs)))
      const pod = readPod(this.#podFile(podId))
      if (pod !== undefined) await endPod(pod.holder)
      await Promise.all(folders.map((container) => this.#clear(podId, container)))
      await removeTree(folder, this.#ground.tools)
    })
  }

  list(labels: Readonly<Record<string, string>> = {}): Promise<ObservedPod[]> {
    const pods = readdirSync(this.#pods).flatMap((podId): ObservedPod[] => {
      const pod = readPod(this.#podFile(podId))
      if (pod === undefined || !isListed(pod.labels, labels)) return []
      const folders = containerFolders(join(this.#pods, podId))
      const containers = folders.flatMap((folder) => observe(folder))
      return [{ id: pod.id, labels: pod.labels, containers }]
    })
    return Promise.resolve(pods)
  }

  /** Written bytes are not counted: nothing limits them here. */
  usage(): Promise<readonly ContainerUsage[]> {
    const atMs = Date.now()
    const found = readdirSync(this.#pods).flatMap((podId): ContainerUsage[] => {
      const pod = readPod(this.#podFile(podId))
      if (pod === undefined || !('wetee.worker' in pod.labels)) return []
      const network = readNetwork(pod.holder)
      return containerFolders(join(this.#pods, podId)).flatMap((folder): ContainerUsage[] => {
        const record = readRecord(folder)
        if (record?.phase !== 'running') return []
        return [{ podId, name: basename(folder), atMs, ...readGroupUsage(record), ...network }]
      })
    })
    return Promise.resolve(found)
  }

  logs(
    podId: string,
    container: string,
    options: { tail: number; follow: boolean; signal?: AbortSignal },
  ): AsyncIterable<LogLine> {
    const folder = this.#containerFolder(podId, container)
    const signal = AbortSignal.any([this.#signal, ...(options.signal ? [options.signal] : [])])
    return readLog(folder, { ...options, signal }, () => {
      const record = readRecord(folder)
      return record === undefined || record.phase === 'exited' || !isAlive(record.supervisor)
    })
  }

  async exec(podId: string, container: string, request: ExecRequest): Promise<ExecResult> {
    checkExec(request)
    const folder = this.#containerFolder(podId, container)
    const [pod, record] = [readPod(this.#podFile(podId)), readRecord(folder)]
    const place = readPlace(folder)
    const name = `${podId}/${container}`
    if (pod === undefined || place === undefined || record?.phase !== 'running')
      throw new RuntimeError('container.not-running', `${name} does not run`)
    const { init, cgroups } = record
    return execIn(this.#ground, { name, folder, holder: pod.holder, init, cgroups, place }, request)
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#turns.values())
  }

  /** In a pod that `list` does not show and that is gone at the end; one of a killed process is taken away first. */
  async #probe(): Promise<Capabilities> {
    for (const name of readdirSync(this.#pods)) {
      const pid = /^wetee-probe-([0-9]+)$/.exec(name)?.[1]
      if (pid !== undefined && identify(Number(pid)) === undefined) await this.removePod(name, 0)
    }
    const id = `wetee-probe-${process.pid}`
    await this.createPod({ id, labels: {}, hostNames: [] }).catch((cause: unknown) => {
      throw new RuntimeError('engine.unfit', messageOf(cause), { cause })
    })
    try {
      return await probeSandbox(this.#ground, async (spec) => {
        await this.#start(id, spec.name, () => Promise.resolve(spec))
        const signal = AbortSignal.timeout(TRIAL_TIMEOUT_MS)
        const lines: string[] = []
        const options = { tail: 100, follow: true, signal }
        for await (const { text } of this.logs(id, spec.name, options)) lines.push(text)
        await this.stopContainer(id, spec.name, 0)
        const record = readRecord(this.#containerFolder(id, spec.name))
        if (record?.phase !== 'exited')
          throw new RuntimeError('engine.failed', `the trial ${spec.name} does not end`)
        return { ...record, stdout: lines.join('\n') }
      })
    } finally {
      await this.removePod(id, 0)
    }
  }

  /** Starts a container that does not run; `plan` is asked only then. */
  async #start(podId: string, name: string, plan: () => Promise<Launch>): Promise<void> {
    await this.#turn(podId, async () => {
      const found = readPod(this.#podFile(podId))
      if (found === undefined) throw new RuntimeError('pod.unknown', `there is no pod ${podId}`)
      const pod = await this.#hold(found)
      const folder = this.#containerFolder(podId, name)
      const before = await this.#settle(folder)
      if (before?.phase === 'running') return
      await this.#clear(podId, folder)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      await launch(this.#ground, pod, folder, await plan())
    })
  }

  /** The pod with a living holder. A holder that has died took the network along: what still runs in it is ended first. */
  async #hold({ id, labels, hostNames, memory = [] }: PodSpec): Promise<PodRecord> {
    const folder = join(this.#pods, id)
    const found = readPod(this.#podFile(id))
    if (found !== undefined && isAlive(found.holder)) return found
    await Promise.all(containerFolders(folder).map((container) => this.#stop(container, 0)))
    mkdirSync(join(folder, 'containers'), { recursive: true, mode: 0o700 })
    const pod: Omit<PodRecord, 'holder'> = found ?? {
      format: 'wetee/sandbox-pod/v1',
      ...{ id, labels, hostNames: [...hostNames], memory: [...memory] },
    }
    const held = pod.memory.map(({ name, sizeBytes }) => {
      const place = join(folder, 'memory', name)
      mkdirSync(place, { recursive: true, mode: 0o700 })
      return { folder: place, sizeBytes }
    })
    let made: PodRecord | undefined
    await startHolder(this.#ground, id, held, (holder) => {
      made = { ...pod, holder }
      writeJson(this.#podFile(id), made)
    })
    if (made === undefined) throw new RuntimeError('engine.failed', `pod ${id} was not kept`)
    return made
  }

  /** The state of a container once it is past its start; `undefined` when there is none. */
  async #settle(folder: string): Promise<ContainerRecord | undefined> {
    for (;;) {
      const record = readRecord(folder)
      if (record?.phase !== 'starting' || !isAlive(record.supervisor)) return record
      await delay(POLL_MS, undefined, { signal: this.#signal })
    }
  }

  async #stop(folder: string, graceMs: number): Promise<void> {
    const record = await this.#settle(folder)
    if (record?.phase === 'running') {
      const { init, supervisor } = record
      if (signalProcess(init, 'SIGTERM') && !(await this.#ended(folder, graceMs))) {
        signalProcess(init, 'SIGKILL')
        if (!(await this.#ended(folder, KILL_TIMEOUT_MS))) signalProcess(supervisor, 'SIGKILL')
      }
    }
    if (record !== undefined) await gone(record.supervisor)
  }

  async #ended(folder: string, timeoutMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + timeoutMs
    while (readRecord(folder)?.phase === 'running') {
      if (performance.now() >= deadlineMs) return false
      await delay(POLL_MS)
    }
    return true
  }

  /** Takes away what a container has left, its log excepted. */
  async #clear(podId: string, folder: string): Promise<void> {
    const record = readRecord(folder)
    if (record !== undefined) await gone(record.supervisor)
    // Also by name: a damaged record tells of none.
    const named = cgroupFolders(this.#ground.bases, groupOf(this.#ground, podId, basename(folder)))
    for (const group of [...(record?.cgroups ?? []), ...named]) await removeCgroup(group)
    await removeTree(join(folder, 'root'), this.#ground.tools)
  }

  #podFile(podId: string): string {
    return join(this.#pods, isPlainName(podId) ? podId : 'invalid', 'pod.json')
  }

  #containerFolder(podId: string, name: string): string {
    if (!isPlainName(podId) || !isPlainName(name)) return join(this.#pods, 'invalid')
    return join(this.#pods, podId, 'containers', name)
  }

  /** Runs `act` when everything asked of this pod before is done. */
  async #turn<T>(podId: string, act: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(podId) ?? Promise.resolve()
    const turn = before.then(act, act)
    this.#turns.set(podId, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(podId) === turn) this.#turns.delete(podId)
    }
  }
}

function isPlainName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)
}

function containerFolders(podFolder: string): string[] {
  try {
    const folder = join(podFolder, 'containers')
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}

/**
 * The record of a container. One whose supervisor was killed says `running` for ever: what is left of the container is ended
 * (the kernel does it, by parent-death signals) and the end written down.
 */
function readRecord(folder: string): ContainerRecord | undefined {
  const path = join(folder, 'state.json')
  const record = readContainer(path)
  if (record?.phase !== 'running' || isAlive(record.supervisor)) return record
  const again = readContainer(path)
  if (again?.phase !== 'running') return again
  const { format, supervisor, cgroups, init } = again
  signalProcess(init, 'SIGKILL')
  const end = { exitCode: 137, oomKilled: false, finishedAtMs: Date.now() }
  const ended: ContainerRecord = { format, supervisor, cgroups, phase: 'exited', ...end }
  writeJson(path, ended)
  return ended
}

function observe(folder: string): ObservedContainer[] {
  const name = basename(folder)
  const record = readRecord(folder)
  if (record?.phase === 'running') {
    const { phase: state, startedAtMs } = record
    return [{ name, state, startedAtMs }]
  }
  if (record?.phase !== 'exited') return []
  const { phase: state, exitCode, oomKilled, finishedAtMs } = record
  return [{ name, state, exitCode, oomKilled, finishedAtMs }]
}
