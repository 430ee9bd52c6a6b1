// The runtime port on a Kubernetes cluster: a namespace for each application, a Pod for each instance. Does network I/O.
import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '@wetee/daemon'
import type { Log } from '../../log.ts'
import { KeyedLock } from '../keyed-lock.ts'
import type {
  Capabilities,
  ContainerSpec,
  ContainerUsage,
  LogLine,
  ObservedPod,
  PodSpec,
  Runtime,
} from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import { ApiClient, type ClientTimes } from './api-client.ts'
import { isListed } from '../spec.ts'
import { asRuntimeError } from './api-error.ts'
import type { ApiObject } from './api-object.ts'
import { readKubeconfig, readServiceAccount, type Cluster } from './cluster.ts'
import { collectNamespace } from './collect.ts'
import type { KubernetesConfig } from './config.ts'
import { isManaged, labelValue, namespaceOf, POD_LABEL, readPodLabels, SELECTOR } from './names.ts'
import {
  isCounted,
  namespaceContents,
  namespaceObject,
  QUOTA,
  roleBinding,
  volumeClaim,
} from './namespace-objects.ts'
import { ObjectWatch } from './object-watch.ts'
import { isOver, observePod } from './observe-pod.ts'
import { checkKubernetesPod } from './pod-check.ts'
import { podLogs } from './pod-logs.ts'
import { podObject } from './pod-object.ts'
import { podUsage } from './pod-usage.ts'
import { isAllowed, probeCluster, whoAmI } from './probe.ts'

/** What the driver is opened with. */
export type KubernetesRuntimeOptions = {
  readonly config: KubernetesConfig
  readonly log: Log
  readonly signal: AbortSignal
  /** Default: the one of the configuration. */
  readonly cluster?: Cluster
  /** Between looks for namespaces that are empty; default a minute. */
  readonly collectMs?: number
  readonly times?: Partial<ClientTimes>
}

/** A runtime on a cluster that answers. Throws RuntimeError `engine.unreachable`, `engine.unfit`, `engine.missing`. */
export async function openKubernetesRuntime(options: KubernetesRuntimeOptions): Promise<Runtime> {
  const { config, signal } = options
  const cluster =
    options.cluster ??
    (config.kubeconfigFile === undefined
      ? readServiceAccount(process.env)
      : readKubeconfig(config.kubeconfigFile))
  const ending = new AbortController()
  const both = AbortSignal.any([signal, ending.signal])
  const client = new ApiClient(cluster, both, options.times)
  try {
    return new KubernetesRuntime(client, await whoAmI(client), ending, { ...options, signal: both })
  } catch (error) {
    client.close()
    throw asRuntimeError('sign in', error)
  }
}

const COLLECT_MS = 60_000
/** Until the watch shows what was written. */
const SEEN_MS = 10_000
/** Until rights that were given count, and a quota has been counted. */
const RIGHTS_MS = 15_000
const RIGHTS_EVERY_MS = 100
/** Beyond the grace, until a pod is gone: a node that does not answer keeps its pods. */
const GONE_MS = 60_000

/** The namespace of a service account; `undefined` for other users. */
function homeOf(user: string): string | undefined {
  return /^system:serviceaccount:([a-z0-9-]{1,63}):/.exec(user)?.[1]
}

class KubernetesRuntime implements Runtime {
  readonly name = 'kubernetes'
  readonly #client: ApiClient
  readonly #user: string
  readonly #ending: AbortController
  readonly #config: KubernetesConfig
  readonly #log: Log
  readonly #signal: AbortSignal
  readonly #pods: ObjectWatch
  readonly #locks = new KeyedLock()
  readonly #collecting: Promise<void>
  #capabilities: Promise<Capabilities> | undefined

  constructor(
    client: ApiClient,
    user: string,
    ending: AbortController,
    { config, log, signal, collectMs = COLLECT_MS }: KubernetesRuntimeOptions,
  ) {
    this.#client = client
    this.#user = user
    this.#ending = ending
    this.#config = { ...config, workerNamespace: config.workerNamespace ?? homeOf(user) }
    this.#log = log
    this.#signal = signal
    this.#pods = new ObjectWatch(client, { kind: 'Pod', labels: SELECTOR }, { log, signal })
    this.#collecting = this.#collectLoop(collectMs)
  }

  async probe({ signal }: { signal?: AbortSignal } = {}): Promise<Capabilities> {
    signal?.throwIfAborted()
    this.#capabilities ??= this.#naming('probe', () =>
      probeCluster({
        client: this.#client,
        config: this.#config,
        ensure: (namespace, worker) => this.#ensureNamespace(namespace, worker),
      }),
    ).catch((error: unknown) => {
      this.#capabilities = undefined
      throw error
    })
    return this.#capabilities
  }

  async createPod(spec: PodSpec): Promise<void> {
    checkKubernetesPod(spec)
    const namespace = namespaceOf(this.#config.namespacePrefix, spec)
    const pod = podObject(spec, namespace, this.#config)
    await this.#locks.run(namespace, () =>
      this.#naming(`create pod ${spec.id}`, () => this.#createPod(spec, namespace, pod)),
    )
  }

  /** The cluster has started it with its pod, and starts it again; a pod that is over goes, so that it is made anew. */
  async startContainer(podId: string, { name }: ContainerSpec): Promise<void> {
    const pod = await this.#find(podId)
    const isThere = pod !== undefined && pod.metadata.deletionTimestamp === undefined
    if (isThere && !isOver(pod)) return
    if (isThere) await this.removePod(podId, 0)
    throw new RuntimeError(
      'pod.unknown',
      `there is no pod ${podId} that could start ${name}: create it first`,
    )
  }

  /** Containers of a pod end together: the pod goes. */
  async stopContainer(podId: string, name: string, graceMs: number): Promise<void> {
    const pod = await this.#find(podId)
    const containers = pod === undefined ? [] : (observePod(pod)?.containers ?? [])
    if (containers.some((container) => container.name === name))
      await this.removePod(podId, graceMs)
  }

  async removePod(podId: string, graceMs: number): Promise<void> {
    await this.#naming(`remove pod ${podId}`, async () => {
      const pod = await this.#find(podId)
      if (pod === undefined) return
      // Never 0: that would forget a pod that its node still runs.
      await this.#client.delete('Pod', pod.metadata, Math.max(1, Math.ceil(graceMs / 1_000)))
      if (await this.#pods.until(pod.metadata.uid, 'gone', graceMs + GONE_MS)) return
      this.#signal.throwIfAborted()
      throw new RuntimeError('engine.failed', `${podId}: its node has not confirmed its end yet`)
    })
  }

  async removeDisks(labels: Readonly<Record<string, string>>): Promise<void> {
    if (labels['wetee.app'] === undefined)
      throw new RuntimeError('pod.invalid', 'volumes belong to an application')
    const namespace = namespaceOf(this.#config.namespacePrefix, { id: '', labels })
    await this.#locks.run(namespace, () =>
      this.#naming('remove volumes', async () => {
        const found = await this.#client.get('Namespace', namespace)
        if (found === undefined || !isManaged(found.metadata.labels)) return
        const claims = await this.#client.list('PersistentVolumeClaim', { namespace })
        for (const { metadata } of claims.items)
          if (isManaged(metadata.labels))
            await this.#client.delete('PersistentVolumeClaim', metadata)
      }),
    )
  }

  async list(labels: Readonly<Record<string, string>> = {}): Promise<ObservedPod[]> {
    const pods = await this.#naming('list pods', () => this.#pods.list())
    return pods
      .filter((pod) => isListed(readPodLabels(pod) ?? {}, labels))
      .flatMap((pod) => observePod(pod) ?? [])
  }

  usage(): Promise<readonly ContainerUsage[]> {
    return this.#naming('read usage', async () => podUsage(this.#client, await this.#pods.list()))
  }

  /** The worker has no right to run commands in a cluster: the kubelet makes the checks, and what may be looked at the agent shows. */
  exec(podId: string, container: string): Promise<never> {
    return Promise.reject(
      new RuntimeError('exec.start-failed', `${podId}/${container}: no commands in a cluster`),
    )
  }

  async *logs(
    podId: string,
    container: string,
    options: { tail: number; follow: boolean; signal?: AbortSignal },
  ): AsyncGenerator<LogLine> {
    if (options.signal?.aborted === true || (options.tail === 0 && !options.follow)) return
    const pod = await this.#find(podId)
    if (pod === undefined) return
    yield* podLogs(this.#client, pod, container, options)
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error('closed'))
    await Promise.all([this.#pods.ended, this.#collecting])
    this.#client.close()
  }

  async #createPod(
    spec: PodSpec,
    namespace: string,
    pod: ReturnType<typeof podObject>,
  ): Promise<void> {
    const client = this.#client
    const worker = spec.labels['wetee.worker'] ?? ''
    await this.#ensureNamespace(namespace, worker)
    const before = await client.get('Pod', spec.id, namespace)
    if (before !== undefined) {
      if (!isManaged(before.metadata.labels))
        throw new RuntimeError('engine.failed', `a pod ${spec.id} of somebody else is in the way`)
      if (before.metadata.deletionTimestamp !== undefined)
        throw new RuntimeError('engine.failed', `${spec.id} is still ending`)
      return
    }
    const { storageClassName } = this.#config
    for (const disk of spec.disks ?? []) {
      if (storageClassName === undefined)
        throw new RuntimeError('pod.invalid', 'volumes need runtime.kubernetes.storageClassName')
      const found = await client.get('PersistentVolumeClaim', disk.name, namespace)
      if (found === undefined)
        await client.apply(volumeClaim(namespace, worker, disk, storageClassName))
    }
    const { metadata } = await client.apply(pod)
    await this.#pods.until(metadata.uid, 'seen', SEEN_MS)
  }

  /** Again for each pod: whoever has changed the rules of a namespace meanwhile has changed them until now. */
  async #ensureNamespace(namespace: string, worker: string): Promise<void> {
    const client = this.#client
    const found = await client.get('Namespace', namespace)
    if (found !== undefined && !isManaged(found.metadata.labels))
      throw new RuntimeError('engine.failed', `namespace ${namespace} is of somebody else`)
    if (found?.metadata.deletionTimestamp !== undefined)
      throw new RuntimeError('engine.failed', `namespace ${namespace} is still going`)
    await client.apply(namespaceObject(namespace, worker))
    await client.apply(roleBinding(namespace, worker, this.#user))
    await waitFor(() => isAllowed(client, { verb: 'delete', resource: 'pods', namespace }), {
      signal: this.#signal,
      timeoutMs: RIGHTS_MS,
      everyMs: RIGHTS_EVERY_MS,
      what: `rights in namespace ${namespace}`,
    })
    for (const object of namespaceContents(namespace, worker, this.#config))
      await client.apply(object)
    // A quota that nobody has counted bounds nothing.
    await waitFor(async () => isCounted(await client.get('ResourceQuota', QUOTA, namespace)), {
      signal: this.#signal,
      timeoutMs: RIGHTS_MS,
      everyMs: RIGHTS_EVERY_MS,
      what: `quota of namespace ${namespace}`,
    })
  }

  async #find(podId: string): Promise<ApiObject | undefined> {
    const labels = `${SELECTOR},${POD_LABEL}=${labelValue(podId)}`
    const { items } = await this.#naming('look at a pod', () =>
      this.#client.list('Pod', { labels }),
    )
    return items.find(({ metadata }) => metadata.name === podId)
  }

  /** Namespaces without pods go when they were without any at the look before as well. */
  async #collectLoop(everyMs: number): Promise<void> {
    let empty = new Set<string>()
    for (;;)
      try {
        await sleep(everyMs, undefined, { signal: this.#signal })
        empty = await this.#collect(empty)
      } catch (error) {
        if (this.#signal.aborted) return
        const text = error instanceof Error ? error.message : ''
        this.#log.warn({ error: text }, 'empty namespaces were not looked for')
      }
  }

  async #collect(before: ReadonlySet<string>): Promise<Set<string>> {
    const { items } = await this.#client.list('Namespace', { labels: SELECTOR })
    const used = new Set((await this.#pods.list()).map(({ metadata }) => metadata.namespace))
    const empty = new Set<string>()
    for (const { metadata } of items) {
      const { name, uid, deletionTimestamp } = metadata
      if (used.has(name) || deletionTimestamp !== undefined) continue
      empty.add(uid)
      if (!before.has(uid)) continue
      await this.#locks.run(name, () => collectNamespace(this.#client, metadata, this.#log))
    }
    return empty
  }

  async #naming<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw asRuntimeError(what, error)
    }
  }
}
