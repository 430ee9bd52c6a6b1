// The runtime port on a Docker Engine API: Docker, Podman, or a dockerd of our own. Does I/O through the engine's socket.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type Docker from 'dockerode'
import type { Log } from '../../log.ts'
import type {
  Capabilities,
  ContainerSpec,
  ContainerUsage,
  LogLine,
  ObservedPod,
  PodSpec,
  Runtime,
} from '../runtime.ts'
import { checkExec, type ExecRequest, type ExecResult } from '../exec.ts'
import { RuntimeError } from '../runtime-error.ts'
import { checkContainer, checkMemory, checkPod } from '../spec.ts'
import {
  CONTAINER_LABEL,
  containerName,
  containerOptions,
  holderOptions,
  networkOptions,
  POD_LABEL,
  SPEC_LABEL,
  volumeName,
  volumeOptions,
} from './container-options.ts'
import { answersOn, EngineClient, statusOf, type Engine } from './engine-client.ts'
import { execIn } from './exec.ts'
import { ImageCache } from './image-cache.ts'
import { KeyedLock } from '../keyed-lock.ts'
import { after, linesOf, sinceOf } from './log-frames.ts'
import { installGuard, isHolder, isHostHidden } from './network-guard.ts'
import { observePods } from './observe.ts'
import { writePauseImage } from './pause-image.ts'
import { enforcedFor, PROBE_LIMITS, warningsFor } from './probe.ts'
import { readUsage } from './usage.ts'

export { findEngine } from './find-engine.ts'

/** What the driver is opened with. */
export type DockerRuntimeOptions = {
  readonly engine: Engine
  readonly stateDir: string
  readonly log: Log
  readonly signal: AbortSignal
}

/** A runtime on an engine that answers. */
export async function openDockerRuntime(options: DockerRuntimeOptions): Promise<Runtime> {
  const client = await EngineClient.open(options.engine, options.signal)
  const pauseImage = await writePauseImage(join(options.stateDir, 'pause-image'))
  return new DockerRuntime(client, pauseImage, options)
}

const PROBE_CONTAINER = 'probe'

class DockerRuntime implements Runtime {
  readonly name = 'docker'
  readonly #client: EngineClient
  readonly #images: ImageCache
  readonly #locks = new KeyedLock()
  readonly #log: Log
  readonly #pauseImage: { readonly layout: string; readonly digest: string }
  readonly #probePod: string
  /** Containers that were told to stop since they were started. */
  readonly #stopped = new Set<string>()
  #egress: Promise<boolean> | undefined
  #capabilities: Promise<Capabilities> | undefined

  constructor(
    client: EngineClient,
    pauseImage: { readonly layout: string; readonly digest: string },
    { stateDir, log }: DockerRuntimeOptions,
  ) {
    this.#client = client
    this.#images = new ImageCache(client)
    this.#pauseImage = pauseImage
    this.#log = log
    this.#probePod = `wetee-probe-${createHash('sha256').update(stateDir).digest('hex').slice(0, 8)}`
  }

  async probe({ signal }: { signal?: AbortSignal } = {}): Promise<Capabilities> {
    signal?.throwIfAborted()
    this.#capabilities ??= this.#probe().catch((error: unknown) => {
      this.#capabilities = undefined
      throw error
    })
    return this.#capabilities
  }

  async createPod(spec: PodSpec): Promise<void> {
    checkPod(spec)
    const egress = await this.#hasEgress()
    await this.#locks.run(spec.id, () => this.#createPod(spec, egress))
  }

  async startContainer(podId: string, spec: ContainerSpec): Promise<void> {
    checkContainer(spec)
    await this.#locks.run(podId, () => this.#startContainer(podId, spec))
  }

  async stopContainer(podId: string, name: string, graceMs: number): Promise<void> {
    const engineName = containerName(podId, name)
    this.#stopped.add(engineName)
    await this.#stop(engineName, graceMs)
  }

  async removePod(podId: string, graceMs: number): Promise<void> {
    await this.#locks.run(podId, () => this.#removePod(podId, graceMs))
    await this.#images.prune()
  }

  list(labels: Readonly<Record<string, string>> = {}): Promise<ObservedPod[]> {
    return observePods(this.#client, labels, (name) => this.#stopped.has(name))
  }

  usage({ disk = false }: { disk?: boolean } = {}): Promise<readonly ContainerUsage[]> {
    return readUsage(this.#client, disk)
  }

  async *logs(
    podId: string,
    container: string,
    { tail, follow, signal }: { tail: number; follow: boolean; signal?: AbortSignal },
  ): AsyncGenerator<LogLine> {
    const isOver = () => signal?.aborted === true || this.#client.isClosed
    if (isOver() || (tail === 0 && !follow)) return
    const name = containerName(podId, container)
    let last: LogLine | undefined
    try {
      for await (const line of this.#lines(name, { tail, follow }, signal)) {
        last = line
        yield line
      }
      if (!follow || isOver()) return
      // Engines may stop following before the last lines of a container that has ended: what came after the last one?
      yield* after(last, this.#lines(name, { tail, follow: false, ...sinceOf(last) }, signal))
    } catch (error) {
      if (statusOf(error) === 404 || isOver()) return
      throw error
    }
  }

  async exec(podId: string, container: string, request: ExecRequest): Promise<ExecResult> {
    checkExec(request)
    return execIn(this.#client, containerName(podId, container), request)
  }

  /** An own engine goes on while it runs containers: it takes what they write. */
  async close(): Promise<void> {
    this.#client.close()
    const { own, socketPath } = this.#client.engine
    if (own === undefined || !(await answersOn(socketPath))) return
    const running = await this.#client.call('list containers', (d) => d.listContainers())
    if (running.length === 0) await own.stop()
  }

  async *#lines(
    name: string,
    query: Parameters<EngineClient['logs']>[1],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LogLine> {
    const stream = await this.#client.logs(name, query, signal)
    try {
      yield* linesOf(stream)
    } finally {
      stream.destroy()
    }
  }

  async #createPod(spec: PodSpec, egress: boolean): Promise<void> {
    const found = await this.#find(spec.id)
    if (found !== undefined) return this.#ensureHolder(spec.id, found)
    if (egress) {
      // Again each time: whoever loads the host's own rules anew takes ours away.
      await installGuard()
      await this.#ignoring(409, 'create a network', (d) => d.createNetwork(networkOptions(spec.id)))
    }
    for (const volume of spec.memory ?? [])
      await this.#client.call('create a volume', (d) =>
        d.createVolume(volumeOptions(spec.id, volume)),
      )
    const { layout, digest } = this.#pauseImage
    const image = await this.#images.load(layout, digest)
    const options = holderOptions(spec, image, egress ? spec.id : 'none', this.#client.quirks)
    // 409: another process was faster.
    await this.#ignoring(409, 'create a pod', (d) => d.createContainer(options))
    await this.#start(spec.id, 'start a pod')
  }

  /** A holder that has ended took the network along: containers that still run are on one that is gone. */
  async #ensureHolder(podId: string, holder: Docker.ContainerInspectInfo): Promise<void> {
    if (holder.State.Running) return
    for (const { Id, State } of await this.#containersOf(podId))
      if (State === 'running' && Id !== holder.Id) await this.#stop(Id, 0)
    await this.#start(podId, 'start a pod')
  }

  async #startContainer(podId: string, spec: ContainerSpec): Promise<void> {
    const holder = await this.#find(podId)
    if (holder === undefined)
      throw new RuntimeError('pod.unknown', `there is no pod ${podId}: create it first`)
    await this.#ensureHolder(podId, holder)
    const name = containerName(podId, spec.name)
    const before = await this.#find(name)
    if (before?.State.Running === true) return
    const image = await this.#images.load(spec.image.layout, spec.image.digest)
    const options = containerOptions(podId, holder.Id, spec, image, this.#client.quirks)
    const isSame =
      !this.#client.quirks.spoilsRestarts &&
      before?.State.Status === 'exited' &&
      before.Config.Labels[SPEC_LABEL] === options.Labels?.[SPEC_LABEL]
    await this.#checkMounts(podId, spec)
    this.#stopped.delete(name)
    try {
      if (before !== undefined && !isSame) await this.#remove(before.Id)
      if (!isSame) await this.#client.call('create a container', (d) => d.createContainer(options))
      await this.#start(name, 'start a container')
    } catch (error) {
      if (statusOf(error) === undefined) throw error
      if (!isSame) await this.#remove(name)
      const text = error instanceof Error ? error.message : ''
      throw new RuntimeError('container.start-failed', `${name}: ${text}`, { cause: error })
    }
  }

  /** An engine makes what is missing: a folder of root, or a volume on its disk. */
  async #checkMounts(podId: string, spec: ContainerSpec): Promise<void> {
    const names = spec.mounts.flatMap((mount) => ('memory' in mount ? [mount.memory] : []))
    const memory: string[] = []
    for (const name of names) {
      const volume = await this.#client.find('look at a volume', (d) =>
        d.getVolume(volumeName(podId, name)).inspect(),
      )
      if (volume?.Labels?.[POD_LABEL] === podId && volume.Options?.['type'] === 'tmpfs')
        memory.push(name)
    }
    checkMemory({ id: podId, memory }, spec)
    for (const mount of spec.mounts)
      if ('source' in mount && !existsSync(mount.source))
        throw new RuntimeError(
          'container.start-failed',
          `${containerName(podId, spec.name)}: ${mount.source} does not exist`,
        )
  }

  async #removePod(podId: string, graceMs: number): Promise<void> {
    const all = await this.#containersOf(podId)
    const services = all.filter(({ Labels }) => Labels[CONTAINER_LABEL] !== undefined)
    await Promise.all(
      services.map(async ({ Id, Labels }) => {
        await this.#stop(Id, graceMs)
        await this.#remove(Id)
        this.#stopped.delete(containerName(podId, Labels[CONTAINER_LABEL] ?? ''))
      }),
    )
    for (const { Id, Labels } of all)
      if (Labels[CONTAINER_LABEL] === undefined) await this.#remove(Id)
    const networks = await this.#client.call('list networks', (d) =>
      d.listNetworks({ filters: { label: [`${POD_LABEL}=${podId}`] } }),
    )
    for (const { Id } of networks)
      await this.#ignoring(404, 'remove a network', (d) => d.getNetwork(Id).remove())
    const { Volumes } = await this.#client.call('list volumes', (d) =>
      d.listVolumes({ filters: { label: [`${POD_LABEL}=${podId}`] } }),
    )
    // `null` where there are none.
    for (const { Name } of Volumes ?? [])
      await this.#ignoring(404, 'remove a volume', (d) => d.getVolume(Name).remove())
  }

  #containersOf(podId: string): Promise<Docker.ContainerInfo[]> {
    return this.#client.call('list containers', (d) =>
      d.listContainers({ all: true, filters: { label: [`${POD_LABEL}=${podId}`] } }),
    )
  }

  #find(name: string): Promise<Docker.ContainerInspectInfo | undefined> {
    return this.#client.find('look at a container', (d) => d.getContainer(name).inspect())
  }

  /** 304: it runs already. */
  async #start(name: string, what: string): Promise<void> {
    await this.#ignoring(304, what, (d) => d.getContainer(name).start())
  }

  async #stop(name: string, graceMs: number): Promise<void> {
    const seconds = Math.ceil(graceMs / 1_000)
    try {
      await this.#client.wait('stop a container', (d, abortSignal) =>
        d.getContainer(name).stop({ t: seconds, abortSignal }),
      )
    } catch (error) {
      const status = statusOf(error)
      if (status !== 304 && status !== 404) throw error
    }
  }

  /** With the volumes that the image has asked for; waits for another removal that is under way. */
  async #remove(name: string): Promise<void> {
    try {
      await this.#client.call('remove a container', (d) =>
        d.getContainer(name).remove({ force: true, v: true }),
      )
    } catch (error) {
      const status = statusOf(error)
      if (status === 409)
        await this.#client.wait('wait for a removal', (d, abortSignal) =>
          d.getContainer(name).wait({ condition: 'removed', abortSignal }).catch(ignoreMissing),
        )
      else if (status !== 404) throw error
    }
  }

  async #ignoring(
    status: number,
    what: string,
    request: (docker: Docker) => Promise<unknown>,
  ): Promise<void> {
    try {
      await this.#client.call(what, request)
    } catch (error) {
      if (statusOf(error) !== status) throw error
    }
  }

  /** Whether pods may have a way out: only where it was seen that it does not lead to this host. */
  #hasEgress(): Promise<boolean> {
    this.#egress ??= this.#measureEgress().catch((error: unknown) => {
      this.#egress = undefined
      throw error
    })
    return this.#egress
  }

  async #measureEgress(): Promise<boolean> {
    try {
      await installGuard()
    } catch (error) {
      const text = error instanceof Error ? error.message.slice(0, 300) : ''
      this.#log.debug({ error: text }, 'no packet filter here, pods get no way out')
      return false
    }
    return this.#locks.run(this.#probePod, async () => {
      await this.#removePod(this.#probePod, 0)
      try {
        await this.#createPod({ id: this.#probePod, labels: {}, hostNames: [] }, true)
        const pid = (await this.#find(this.#probePod))?.State.Pid ?? 0
        return isHolder(pid) && (await isHostHidden(pid))
      } finally {
        await this.#removePod(this.#probePod, 0)
      }
    })
  }

  async #probe(): Promise<Capabilities> {
    const info: unknown = await this.#client.call('describe itself', (d) => d.info())
    const egress = await this.#hasEgress()
    const podId = this.#probePod
    try {
      await this.createPod({ id: podId, labels: {}, hostNames: [] })
      await this.startContainer(podId, {
        name: PROBE_CONTAINER,
        image: this.#pauseImage,
        environment: {},
        readOnlyRoot: true,
        tmpfs: [],
        mounts: [],
        limits: PROBE_LIMITS,
      })
      const found = await this.#find(containerName(podId, PROBE_CONTAINER))
      const enforced = { ...enforcedFor(found?.State.Pid ?? 0, info), egress }
      return {
        ...enforced,
        hostFolders: true,
        singleContainers: true,
        isolation: 'engine',
        warnings: warningsFor(enforced),
      }
    } finally {
      await this.removePod(podId, 0)
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (statusOf(error) !== 404) throw error
}
