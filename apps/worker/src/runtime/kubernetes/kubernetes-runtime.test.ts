// The driver against a server in memory: what `npm run test:kubernetes` shows on a real one, and what that one cannot be made to do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepLog } from '../../testing/silent-log.ts'
import type { ContainerSpec, Runtime } from '../runtime.ts'
import { openKubernetesRuntime } from './kubernetes-runtime.ts'
import { FakeApiServer, refuse } from './testing/api-server.ts'
import { sampleConfig, sampleContainer, samplePod, wholePod } from './testing/sample-pods.ts'

const NS = 'wetee-w7-0011aabb-a5'
const spec = samplePod()
const podPath = `/api/v1/namespaces/${NS}/pods/${spec.id}`
let server: FakeApiServer
let runtime: Runtime
const log = keepLog()

const open = (collectMs = 3_600_000, over: Record<string, unknown> = {}) =>
  openKubernetesRuntime({
    config: sampleConfig({ storageClassName: 'fast', ...over }),
    cluster: server.cluster,
    log,
    signal: new AbortController().signal,
    collectMs,
    times: { answerMs: 2_000 },
  })

beforeEach(async () => {
  server = await FakeApiServer.start()
  const fast = { kind: 'StorageClass', apiVersion: 'storage.k8s.io/v1', metadata: { name: 'fast' } }
  server.put('/apis/storage.k8s.io/v1/storageclasses/fast', fast)
  runtime = await open()
})
afterEach(async () => {
  server.fail(undefined)
  await runtime.close()
  await server.close()
})

const asContainer = (name: string) => ({ name }) as ContainerSpec
const setStatus = (status: object) => {
  const pod = server.objects.get(podPath)!
  server.put(podPath, { ...pod, status })
}
const listed = async () => (await runtime.list()).find(({ id }) => id === spec.id)

test('a pod comes last: when it is there, everything that it needs is', async () => {
  await runtime.createPod(wholePod())
  const order = server.seen.filter(({ method }) => method === 'PATCH').map(({ path }) => path)
  expect(order[0]).toBe(`/api/v1/namespaces/${NS}`)
  expect(order.at(-1)).toBe(podPath)
  for (const part of [
    'rolebindings',
    'networkpolicies/nothing',
    'networkpolicies/out',
    'resourcequotas',
    'limitranges',
    'serviceaccounts',
    'services',
    'persistentvolumeclaims',
  ])
    expect(
      order.some((path) => path.includes(part)),
      part,
    ).toBe(true)
  expect(order.filter((path) => path.includes('networkpolicies'))).toHaveLength(3)
})

test('states of containers are those of the kubelet, under the names of the port', async () => {
  await runtime.createPod(wholePod())
  const at = '2026-11-26T07:00:00Z'
  const [inCluster = ''] = (
    server.objects.get(podPath)!['spec'] as { containers: { name: string }[] }
  ).containers.map(({ name }) => name)
  setStatus({
    phase: 'Running',
    initContainerStatuses: [
      { name: 'wetee-agent', ready: true, state: { running: { startedAt: at } } },
      {
        name: 'migrate',
        state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: at } },
      },
      {
        name: 'db',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: at } },
      },
    ],
    containerStatuses: [{ name: inCluster, state: { waiting: { reason: 'PodInitializing' } } }],
  })
  const seen = await waitUntil(listed, (pod) => pod?.containers.length === 3)
  const atMs = Date.parse(at)
  expect(seen?.containers).toEqual([
    { name: 'wetee-agent', state: 'running', startedAtMs: atMs, ready: true },
    { name: 'migrate', state: 'exited', exitCode: 0, oomKilled: false, finishedAtMs: atMs },
    { name: 'db', state: 'exited', exitCode: 137, oomKilled: true, finishedAtMs: atMs },
  ])
})

/** The watch tells it in its own time: asks until it has. */
async function waitUntil<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a failed pod says of every container that it has ended', async () => {
  await runtime.createPod(spec)
  setStatus({ phase: 'Failed', reason: 'Evicted' })
  const seen = await waitUntil(listed, (pod) => pod?.containers.length === 1)
  expect(seen?.containers).toMatchObject([{ name: 'web', state: 'exited', exitCode: 137 }])
})

test('a pod is removed with its grace, never at once, and under its own uid', async () => {
  for (const [graceMs, seconds] of [
    [0, 1],
    [1_500, 2],
  ] as const) {
    await runtime.createPod(spec)
    const uid = server.objects.get(podPath)?.metadata.uid
    await runtime.removePod(spec.id, graceMs)
    expect(server.seen.findLast(({ method }) => method === 'DELETE')?.body).toMatchObject({
      gracePeriodSeconds: seconds,
      preconditions: { uid },
    })
    expect(await listed()).toBe(undefined)
  }
})

test('a pod that is still ending is not taken for the one that shall be', async () => {
  await runtime.createPod(spec)
  const pod = server.objects.get(podPath)!
  server.put(podPath, { ...pod, metadata: { ...pod.metadata, deletionTimestamp: 'now' } })
  await expect(runtime.createPod(spec)).rejects.toMatchObject({
    code: 'engine.failed',
    retryable: true,
  })
  await expect(runtime.startContainer(spec.id, asContainer('web'))).rejects.toMatchObject({
    code: 'pod.unknown',
  })
})

test('a namespace that is going is waited for by trying again', async () => {
  await runtime.createPod(spec)
  const path = `/api/v1/namespaces/${NS}`
  const namespace = server.objects.get(path)!
  server.put(path, {
    ...namespace,
    metadata: { ...namespace.metadata, deletionTimestamp: 'now' },
  })
  await expect(runtime.createPod({ ...spec, id: 'other' })).rejects.toMatchObject({
    code: 'engine.failed',
    retryable: true,
  })
})

test('volumes without a storage class are refused before anything is made of them', async () => {
  const poor = await openKubernetesRuntime({
    config: sampleConfig(),
    cluster: server.cluster,
    log,
    signal: new AbortController().signal,
  })
  await expect(poor.createPod(wholePod())).rejects.toMatchObject({ code: 'pod.invalid' })
  expect(server.objects.has(podPath)).toBe(false)
  await poor.close()
})

test('a volume that is there is not asked for again', async () => {
  await runtime.createPod(wholePod())
  const claims = () =>
    server.seen.filter(
      ({ method, path }) => method === 'PATCH' && path.includes('persistentvolumeclaims'),
    ).length
  expect(claims()).toBe(1)
  await runtime.createPod({ ...wholePod(), id: 'second' })
  expect(claims()).toBe(1)
})

describe('the probe', () => {
  test('leaves no namespace behind', async () => {
    await runtime.probe()
    expect([...server.objects.keys()].filter((path) => path.endsWith('probe'))).toEqual([])
    const made = server.seen.find(
      ({ method, path }) =>
        method === 'PATCH' && /^\/api\/v1\/namespaces\/wetee-probe-[0-9a-f]{8}$/.test(path),
    )
    expect(server.objects.has(made?.path ?? '/')).toBe(false)
  })

  test('finds a cluster unfit that takes a pod on the network of its node', async () => {
    server.fail(({ query, body }, response) => {
      if (query.get('dryRun') !== 'All') return undefined
      const metadata = { name: 'probe', uid: 'u', resourceVersion: '1' }
      response.end(JSON.stringify({ ...(body as object), metadata }))
      return 'answered'
    })
    await expect(runtime.probe()).rejects.toMatchObject({
      code: 'engine.unfit',
      message: expect.stringContaining('PodSecurity') as string,
    })
  })

  test('names the rights that are missing', async () => {
    server.fail(({ path, body }, response) => {
      if (!path.endsWith('selfsubjectaccessreviews')) return undefined
      const { verb } = (body as { spec: { resourceAttributes: { verb: string } } }).spec
        .resourceAttributes
      response.end(JSON.stringify({ status: { allowed: verb !== 'watch' } }))
      return 'answered'
    })
    await expect(runtime.probe()).rejects.toMatchObject({
      code: 'engine.unfit',
      message: expect.stringMatching(/may not watch pods: .*worker-rbac.yaml/) as string,
    })
  })

  test('is made again when it has failed', async () => {
    server.fail((_, response) => {
      response.socket?.destroy()
      return 'answered'
    })
    await expect(runtime.probe()).rejects.toMatchObject({ code: 'engine.unreachable' })
    server.fail(undefined)
    await expect(runtime.probe()).resolves.toMatchObject({ isolation: 'engine' })
  })
})

describe('logs', () => {
  const writes = (text: string) =>
    server.fail(({ path, query }, response) => {
      if (!path.endsWith('/log')) return undefined
      expect(Object.fromEntries(query)).toMatchObject({ container: 'web', timestamps: 'true' })
      response.end(text)
      return 'answered'
    })
  const lines = async (tail = 10) => {
    const found = []
    for await (const line of runtime.logs(spec.id, 'web', { tail, follow: false })) found.push(line)
    return found
  }

  test('come with their time, long lines in pieces, unfinished ones not', async () => {
    await runtime.createPod(spec)
    const at = '2026-11-26T07:00:00.123456789Z'
    writes(`${at} one\n${at} \n${at} ${'x'.repeat(16_385)}\n${at} cut`)
    const found = await lines()
    expect(found.map(({ text }) => text.length)).toEqual([3, 0, 16_384, 1])
    expect(new Set(found.map(({ atMs }) => atMs))).toEqual(
      new Set([Date.parse('2026-11-26T07:00:00.123Z')]),
    )
  })

  test('of what has not started, is gone or never was are none', async () => {
    expect(await lines()).toEqual([])
    await runtime.createPod(spec)
    for (const status of [400, 404]) {
      server.fail(({ path }, response) => {
        if (!path.endsWith('/log')) return undefined
        refuse(response, status, 'BadRequest', 'waiting to start')
        return 'answered'
      })
      expect(await lines()).toEqual([])
    }
  })

  test('that are followed end with the signal', async () => {
    await runtime.createPod(spec)
    server.fail(({ path }, response) => {
      if (!path.endsWith('/log')) return undefined
      response.write('2026-11-26T07:00:00Z up\n')
      return 'answered'
    })
    const stop = new AbortController()
    const found: string[] = []
    for await (const { text } of runtime.logs(spec.id, 'web', {
      tail: 1,
      follow: true,
      signal: stop.signal,
    })) {
      found.push(text)
      stop.abort()
    }
    expect(found).toEqual(['up'])
  })
})

describe('usage', () => {
  test('is what the metrics server says of our containers, and nothing where there is none', async () => {
    await runtime.createPod(spec)
    expect(await runtime.usage()).toEqual([])
    server.fail(({ path }, response) => {
      if (!path.startsWith('/apis/metrics.k8s.io')) return undefined
      const metadata = { name: spec.id, namespace: NS }
      const containers = [
        { name: 'web', usage: { cpu: '12345n', memory: '2Ki' } },
        { name: 'stranger', usage: { cpu: '1', memory: '1' } },
      ]
      response.end(
        JSON.stringify({ items: [{ metadata, timestamp: '2026-11-26T07:00:00Z', containers }] }),
      )
      return 'answered'
    })
    expect(await runtime.usage()).toEqual([
      { podId: spec.id, name: 'web', atMs: Date.parse('2026-11-26T07:00:00Z'), memoryBytes: 2_048 },
    ])
  })
})

test('an empty namespace goes after two looks; another one that took its name meanwhile stays', async () => {
  const collecting = await open(20)
  const path = `/api/v1/namespaces/${NS}`
  await collecting.createPod(samplePod({ containers: [sampleContainer()] }))
  expect(server.objects.has(path)).toBe(true)
  await collecting.removePod(spec.id, 0)
  await waitUntil(
    () => Promise.resolve(server.objects.has(path)),
    (there) => !there,
  )
  const removals = server.seen.flatMap(({ method }, index) => (method === 'DELETE' ? [index] : []))
  expect(server.seen[removals[1] ?? 0]).toMatchObject({
    path,
    body: { preconditions: { uid: expect.any(String) as string } },
  })
  // From its making on: it may have been looked at while its pod was not there yet.
  const from = server.seen.findIndex((seen) => seen.path === path && seen.method === 'PATCH')
  const between = server.seen.slice(from, removals[1])
  const looks = between.filter(({ path: place }) => place === '/api/v1/namespaces')
  expect(looks.length).toBeGreaterThanOrEqual(2)
  await collecting.close()
})

describe('what is of somebody else', () => {
  const theirs = (kind: string, name: string) => ({
    kind,
    apiVersion: 'v1',
    metadata: { name, namespace: NS, labels: {} },
  })

  test('is not taken over: neither a namespace nor a pod', async () => {
    server.put(`/api/v1/namespaces/${NS}`, theirs('Namespace', NS))
    await expect(runtime.createPod(spec)).rejects.toMatchObject({ code: 'engine.failed' })
    expect(server.seen.filter(({ method }) => method === 'PATCH')).toEqual([])
    server.remove(`/api/v1/namespaces/${NS}`)
    server.put(podPath, theirs('Pod', spec.id))
    await expect(runtime.createPod(spec)).rejects.toMatchObject({ code: 'engine.failed' })
    expect(
      server.seen.filter(({ method, path }) => method === 'PATCH' && path === podPath),
    ).toEqual([])
    await runtime.removePod(spec.id, 0)
    expect(server.objects.has(podPath)).toBe(true)
    expect(await runtime.list()).toEqual([])
  })

  test.each([
    ['pods', 'Pod'],
    ['configmaps', 'ConfigMap'],
    ['services', 'Service'],
    ['persistentvolumeclaims', 'PersistentVolumeClaim'],
  ])('keeps its namespace: %s', async (plural, kind) => {
    const collecting = await open(10)
    await collecting.createPod(spec)
    server.put(`/api/v1/namespaces/${NS}/${plural}/x`, theirs(kind, 'x'))
    await collecting.removePod(spec.id, 0)
    const looks = () =>
      server.seen.filter(({ path }) => path === `/api/v1/namespaces/${NS}/${plural}`).length
    await waitUntil(
      () => Promise.resolve(looks()),
      (count) => count >= 2,
    )
    expect(server.objects.has(`/api/v1/namespaces/${NS}`)).toBe(true)
    await collecting.close()
  })
})

test('an answer out of form is an error of the engine, not of the worker', async () => {
  server.fail(({ path }, response) => {
    if (path !== podPath && !path.endsWith('/pods')) return undefined
    response.end('{"items":[{"metadata":{}}],"metadata":{"resourceVersion":"1"}}')
    return 'answered'
  })
  await expect(runtime.removePod(spec.id, 0)).rejects.toMatchObject({
    code: 'engine.failed',
    message: expect.stringContaining('out of form') as string,
  })
})

test('a whole pod is needed: containers cannot be added later', async () => {
  const { containers: _, ...empty } = spec
  await expect(runtime.createPod(empty)).rejects.toMatchObject({ code: 'pod.invalid' })
  await expect(
    runtime.exec('a', 'b', { command: ['x'], timeoutMs: 1, maxBytes: 1 }),
  ).rejects.toMatchObject({
    code: 'exec.start-failed',
  })
})
