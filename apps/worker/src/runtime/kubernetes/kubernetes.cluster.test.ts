// The driver against a real API server with etcd, controllers, scheduler and kwok: `npm run test:kubernetes`. There is no kubelet: pods are
// called running and nothing runs.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '@wetee/daemon'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeRuntime } from '../conformance.ts'
import type { ContainerSpec, PodSpec, Runtime } from '../runtime.ts'
import type { Desired } from './api-object.ts'
import { namespaceOf } from './names.ts'
import { namespaceContents } from './namespace-objects.ts'
import { podObject } from './pod-object.ts'
import { assets, RealCluster } from './testing/real-cluster.ts'
import { lost } from './testing/stored.ts'
import { sampleConfig, sampleContainer, samplePod, wholePod } from './testing/sample-pods.ts'

const isThere = assets !== undefined
if (!isThere) console.log('SKIPPED: KUBEBUILDER_ASSETS is not set: npm run test:kubernetes')

/** The suite of all drivers, as far as a cluster without kubelets can show it. */
let common: RealCluster | undefined
if (isThere) {
  beforeAll(async () => {
    common = await RealCluster.start()
  })
  afterAll(() => common?.close())
  describeRuntime({
    kind: 'kubernetes',
    missing: undefined,
    lacks: ['running', 'singleContainers', 'hostFolders', 'exec'],
    open: () => {
      if (common === undefined) throw new Error('no cluster')
      return common.open()
    },
    containers: [sampleContainer()],
    leftovers: async (_stateDir, podId) => {
      const pods = (await common?.admin.list('Pod', {}))?.items ?? []
      return pods.flatMap(({ metadata }) => (metadata.name === podId ? [podId] : []))
    },
  })
}

describe.skipIf(!isThere)('the driver on a real API server', () => {
  let cluster: RealCluster
  let runtime: Runtime
  let count = 0
  const signal = AbortSignal.timeout(3_600_000)

  beforeAll(async () => {
    cluster = await RealCluster.start()
    runtime = await cluster.open()
  })
  afterEach(async () => {
    for (const { id } of await runtime.list()) await runtime.removePod(id, 0)
  })
  afterAll(() => cluster?.close())

  /** A spec that no other test has. */
  const fresh = (make: typeof samplePod = samplePod, over: Partial<PodSpec> = {}): PodSpec => {
    const app = String(++count + 1_000)
    const spec = make()
    return make({
      id: `wetee-t-a${app}-v1-r0`,
      labels: { ...spec.labels, 'wetee.app': app },
      ...over,
    })
  }
  const placeOf = (spec: PodSpec) => namespaceOf('wetee', spec)
  const eventually = <T>(what: string, check: () => T | Promise<T>) =>
    waitFor(check, { signal, timeoutMs: 40_000, everyMs: 50, what })
  const find = async (id: string) => (await runtime.list()).find((pod) => pod.id === id)
  const runs = (spec: PodSpec) =>
    eventually(`${spec.id} runs`, async () => {
      const pod = await find(spec.id)
      return pod?.containers.length === spec.containers?.length && pod
    })
  const asContainer = (name: string) => ({ name }) as ContainerSpec

  test('the probe says what a cluster has, by the rights of deploy/kubernetes/worker-rbac.yaml', async () => {
    const found = await runtime.probe()
    expect(found).toMatchObject({
      hostFolders: false,
      singleContainers: false,
      isolation: 'engine',
    })
    expect(found.warnings.length).toBeGreaterThan(0)
  })

  test('a cluster without the runtime class or the storage class that is asked for is unfit', async () => {
    for (const over of [{ runtimeClassName: 'none' }, { storageClassName: 'none' }]) {
      const other = await cluster.open(over)
      await expect(other.probe()).rejects.toMatchObject({ code: 'engine.unfit' })
    }
    const tdx = await cluster.open({ runtimeClassName: 'kata-qemu-tdx' })
    await expect(tdx.probe()).resolves.toMatchObject({ isolation: 'engine' })
  })

  test('a pod is there once with its labels however often and from how many sides it is made', async () => {
    const spec = fresh()
    await Promise.all(Array.from({ length: 4 }, () => runtime.createPod(spec)))
    expect(await find(spec.id)).toMatchObject({ id: spec.id, labels: spec.labels })
    await runtime.createPod(spec)
    expect((await runtime.list()).filter(({ id }) => id === spec.id)).toHaveLength(1)
    const pod = await runs(spec)
    expect(pod.containers).toEqual([
      { name: 'web', state: 'running', startedAtMs: expect.any(Number) as number, ready: true },
    ])
  })

  test('a whole instance is taken with strict validation and becomes what was asked for', async () => {
    const spec = fresh(wholePod)
    const namespace = placeOf(spec)
    await runtime.createPod(spec)
    await cluster.plane.applyRaw({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `for-${namespace}` },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        storageClassName: 'made-by-hand',
        hostPath: { path: '/nowhere' },
      },
    })
    const pod = await runs(spec)
    expect(Object.fromEntries(pod.containers.map(({ name, state }) => [name, state]))).toEqual({
      'wetee-agent': 'running',
      migrate: 'exited',
      db: 'running',
      web_1: 'running',
    })
    const stored = await cluster.admin.get('Pod', spec.id, namespace)
    const sent = podObject(spec, namespace, sampleConfig({ storageClassName: 'made-by-hand' }))
    expect(lost(sent, stored)).toEqual([])
    const managers = (stored?.metadata as { managedFields?: { manager: string }[] }).managedFields
    expect(managers?.map(({ manager }) => manager)).toContain('wetee-worker')
  })

  test('every object of a namespace is stored as it was sent', async () => {
    const spec = fresh()
    const namespace = placeOf(spec)
    await runtime.createPod(spec)
    const worker = spec.labels['wetee.worker'] ?? ''
    const config = sampleConfig({ workerNamespace: 'wetee-system' })
    for (const object of namespaceContents(namespace, worker, config)) {
      const stored = await cluster.admin.get(object.kind, object.metadata.name, namespace)
      expect(lost(object, stored), object.kind).toEqual([])
    }
  })

  test('what somebody changes in the rules of a namespace is put right by the next pod', async () => {
    const spec = fresh()
    const namespace = placeOf(spec)
    await runtime.createPod(spec)
    await cluster.admin.call(
      'PATCH',
      `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/out`,
      {
        body: { spec: { egress: [{}] } },
        contentType: 'application/merge-patch+json',
      },
    )
    await runtime.createPod({ ...spec, id: `${spec.id}-b` })
    const policy = await cluster.admin.get('NetworkPolicy', 'out', namespace)
    expect(JSON.stringify(policy?.['spec'])).toContain('169.254.0.0/16')
  })

  test('a field that the server does not know is refused, not dropped', async () => {
    const spec = fresh()
    const namespace = placeOf(spec)
    await runtime.createPod(spec)
    const pod = podObject({ ...spec, id: 'strict' }, namespace, sampleConfig())
    const odd = { ...pod, spec: { ...(pod['spec'] as object), hostNetwrok: false } }
    await expect(cluster.worker().apply(odd)).rejects.toMatchObject({
      message: expect.stringContaining('hostNetwrok') as string,
    })
  })

  describe('Pod Security refuses a tampered pod, also from an administrator:', () => {
    const change = (field: string, value: unknown) => (pod: Desired) => ({
      ...pod,
      spec: { ...(pod['spec'] as object), [field]: value },
    })
    const inContainer = (context: object) => (pod: Desired) => {
      const spec = pod['spec'] as { containers: { securityContext: object }[] }
      const containers = spec.containers.map((one) => ({
        ...one,
        securityContext: { ...one.securityContext, ...context },
      }))
      return { ...pod, spec: { ...spec, containers } }
    }
    test.each<[string, (pod: Desired) => Desired]>([
      ['the network of the node', change('hostNetwork', true)],
      ['processes of the node', change('hostPID', true)],
      ['a folder of the node', change('volumes', [{ name: 'x', hostPath: { path: '/' } }])],
      ['root', inContainer({ runAsUser: 0 })],
      ['a capability', inContainer({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } })],
      ['new privileges', inContainer({ allowPrivilegeEscalation: true })],
      ['no filter of system calls', inContainer({ seccompProfile: { type: 'Unconfined' } })],
    ])('%s', async (_, tamper) => {
      const spec = fresh()
      const namespace = placeOf(spec)
      await runtime.createPod(spec)
      const pod = tamper(podObject({ ...spec, id: 'tampered' }, namespace, sampleConfig()))
      await expect(cluster.admin.apply(pod)).rejects.toMatchObject({
        status: 403,
        message: expect.stringContaining('PodSecurity') as string,
      })
    })
  })

  test('nobody makes a Secret in a namespace of an application', async () => {
    const spec = fresh()
    const namespace = placeOf(spec)
    await runtime.createPod(spec)
    const making = () =>
      cluster.admin.review(`/api/v1/namespaces/${namespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { generateName: 'x-' },
        stringData: { a: 'b' },
      })
    // The quota controller counts first.
    await eventually('the quota holds', () =>
      making().then(
        () => false,
        (error: Error) => /exceeded quota|quota/.test(error.message) && error.message,
      ),
    )
    await expect(making()).rejects.toMatchObject({
      message: expect.stringContaining('exceeded quota') as string,
    })
  })

  test('an application that asks for more than its quota is refused in words', async () => {
    const small = await cluster.open({ quota: { cpuMilli: 150 } })
    const spec = fresh()
    await small.createPod(spec)
    const second = { ...spec, id: `${spec.id}-b` }
    await expect(small.createPod(second)).rejects.toMatchObject({
      code: 'engine.failed',
      message: expect.stringContaining('exceeded quota') as string,
    })
    await small.removePod(spec.id, 0)
    await eventually('there is room again', () =>
      small.createPod(second).then(
        () => true,
        () => false,
      ),
    )
  })

  describe("the worker's own rights", () => {
    const cases: [string, (spec: PodSpec) => Promise<unknown>][] = [
      ['read Secrets', () => get('/api/v1/secrets')],
      [
        'read Secrets of an application',
        (spec) => get(`/api/v1/namespaces/${placeOf(spec)}/secrets`),
      ],
      ['read files of kube-system', () => get('/api/v1/namespaces/kube-system/configmaps')],
      ['read logs elsewhere', () => get('/api/v1/namespaces/kube-system/pods/x/log')],
      ['read nodes', () => get('/api/v1/nodes')],
      [
        'run commands in pods',
        (spec) =>
          cluster
            .worker()
            .review(`/api/v1/namespaces/${placeOf(spec)}/pods/${spec.id}/exec?command=id`, {}),
      ],
      [
        'make a pod elsewhere',
        (spec) =>
          cluster.worker().apply(podObject({ ...spec, id: 'x' }, 'default', sampleConfig())),
      ],
      [
        'relabel kube-system as its own',
        () => cluster.worker().apply(namespaceLike('kube-system')),
      ],
      [
        'make a namespace that takes any pod',
        () => {
          const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' }
          return cluster.worker().apply(namespaceLike('wetee-loose', labels))
        },
      ],
      [
        'make a namespace without its label',
        () =>
          cluster
            .worker()
            .apply(namespaceLike('wetee-odd', { 'app.kubernetes.io/managed-by': 'x' })),
      ],
      [
        'remove a namespace of somebody else',
        async () => {
          const { metadata } = (await cluster.admin.get('Namespace', 'default'))!
          await cluster.worker().delete('Namespace', metadata)
        },
      ],
      [
        'bind its role elsewhere',
        () => cluster.worker().apply(binding('kube-system', 'wetee-worker')),
      ],
      ['give its role away', (spec) => cluster.worker().apply(binding(placeOf(spec), 'somebody'))],
      [
        'bind a greater role',
        (spec) => cluster.worker().apply(binding(placeOf(spec), 'wetee-worker', 'cluster-admin')),
      ],
    ]
    const get = (path: string) => cluster.worker().call('GET', path)
    const namespaceLike = (name: string, labels: Record<string, string> = {}): Desired => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/managed-by': 'wetee-worker',
          'pod-security.kubernetes.io/enforce': 'restricted',
          ...labels,
        },
      },
    })
    const binding = (
      namespace: string,
      name: string,
      role = 'wetee-worker-instances',
    ): Desired => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: `b-${role}`, namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'wetee-system' }],
    })
    test.each(cases)('do not let it %s', async (_, act) => {
      const spec = fresh()
      await runtime.createPod(spec)
      await expect(act(spec)).rejects.toMatchObject({
        message: expect.stringMatching(/forbidden|denied/) as string,
      })
    })
  })

  test('stopping a container takes its pod away; starting one of a pod that is gone asks for the pod', async () => {
    const spec = fresh()
    await runtime.createPod(spec)
    await runs(spec)
    await runtime.startContainer(spec.id, asContainer('web'))
    await runtime.stopContainer(spec.id, 'other', 0)
    expect(await find(spec.id)).toBeDefined()
    await runtime.stopContainer(spec.id, 'web', 1_000)
    expect(await find(spec.id)).toBe(undefined)
    await expect(runtime.startContainer(spec.id, asContainer('web'))).rejects.toMatchObject({
      code: 'pod.unknown',
      retryable: true,
    })
    await runtime.createPod(spec)
    await runs(spec)
  })

  test('a pod that is over is taken away when it shall run again, and made anew', async () => {
    const spec = fresh()
    const namespace = placeOf(spec)
    await runtime.createPod(spec)
    await runs(spec)
    await cluster.admin.call('PATCH', `/api/v1/namespaces/${namespace}/pods/${spec.id}/status`, {
      body: { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: null } },
      contentType: 'application/merge-patch+json',
    })
    await eventually('the eviction is seen', async () =>
      (await find(spec.id))?.containers.some(({ state }) => state === 'exited'),
    )
    await expect(runtime.startContainer(spec.id, asContainer('web'))).rejects.toMatchObject({
      code: 'pod.unknown',
    })
    await runtime.createPod(spec)
    await runs(spec)
  })

  test('another runtime sees, keeps and removes what the first has made', async () => {
    const spec = fresh()
    await runtime.createPod(spec)
    await runs(spec)
    const before = await cluster.admin.get('Pod', spec.id, placeOf(spec))
    const second = await cluster.open()
    expect(await second.list()).toEqual(await runtime.list())
    await second.createPod(spec)
    const after = await cluster.admin.get('Pod', spec.id, placeOf(spec))
    expect(after?.metadata.uid).toBe(before?.metadata.uid)
    await second.removePod(spec.id, 0)
    await second.removePod(spec.id, 0)
    await eventually('both have seen it', async () => (await find(spec.id)) === undefined)
  })

  test('a pod or namespace of somebody else is neither taken over nor listed nor removed', async () => {
    const spec = fresh()
    const namespace = placeOf(spec)
    await cluster.plane.applyRaw({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    })
    await expect(runtime.createPod(spec)).rejects.toMatchObject({ code: 'engine.failed' })
    const other = fresh()
    await runtime.createPod(other)
    const theirs = podObject({ ...other, id: 'theirs' }, placeOf(other), sampleConfig())
    await cluster.plane.applyRaw({
      ...theirs,
      metadata: { name: 'theirs', namespace: placeOf(other) },
    })
    expect(await find('theirs')).toBe(undefined)
    await runtime.removePod('theirs', 0)
    await expect(runtime.createPod({ ...other, id: 'theirs' })).rejects.toMatchObject({
      code: 'engine.failed',
    })
    expect(await cluster.admin.get('Pod', 'theirs', placeOf(other))).toBeDefined()
  })

  test('an empty namespace goes to its end; one with something of somebody else or with volumes stays', async () => {
    const collecting = await cluster.open({}, 200)
    const [gone, kept, disk] = [fresh(), fresh(), fresh(wholePod)]
    for (const spec of [gone, kept, disk]) await collecting.createPod(spec)
    await cluster.plane.applyRaw({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theirs', namespace: placeOf(kept) },
    })
    for (const spec of [gone, kept, disk]) await collecting.removePod(spec.id, 0)
    await eventually('the empty one has gone', async () => {
      return (await cluster.admin.get('Namespace', placeOf(gone))) === undefined
    })
    for (const spec of [kept, disk]) {
      const found = await cluster.admin.get('Namespace', placeOf(spec))
      expect(found?.metadata.deletionTimestamp).toBe(undefined)
    }
    await collecting.removeDisks?.(disk.labels)
    await eventually('the one with volumes has gone as well', async () => {
      return (await cluster.admin.get('Namespace', placeOf(disk))) === undefined
    })
    // Its name may be used again.
    await collecting.createPod(gone)
    await collecting.removePod(gone.id, 0)
  })

  test('the API server is killed and comes back: an old picture is not shown, the new one is true', async () => {
    const [stays, goes] = [fresh(), fresh()]
    for (const spec of [stays, goes]) await runtime.createPod(spec)
    await runs(stays)
    const { restart } = await cluster.plane.killApiServer()
    await eventually('it is missed', () =>
      runtime.list().then(
        () => false,
        (error: { code?: string }) => error.code === 'engine.unreachable',
      ),
    )
    await expect(runtime.createPod(fresh())).rejects.toMatchObject({ code: 'engine.unreachable' })
    await restart()
    const { metadata } = (await cluster.admin.get('Pod', goes.id, placeOf(goes)))!
    await cluster.admin.delete('Pod', metadata, 1)
    await eventually('the picture is true again', async () => {
      const ids = await runtime.list().then(
        (pods) => pods.map(({ id }) => id),
        (): string[] => [],
      )
      return ids.includes(stays.id) && !ids.includes(goes.id)
    })
    const after = fresh()
    await eventually('pods are made again', () =>
      runtime.createPod(after).then(
        () => true,
        () => false,
      ),
    )
    await runs(after)
  })

  test('etcd has what an instance is made of, and no value of a secret', async () => {
    const marker = `marker-${process.pid}-in-the-open`
    const secret = `value-${process.pid}-of-the-owner`
    const spec = fresh(samplePod, {
      memory: [{ name: 'secrets-web', sizeBytes: 1 << 20 }],
      containers: [
        sampleContainer({
          entrypoint: ['/run/secrets/.wetee/launch', '/bin/web'],
          environment: { OPEN: marker },
          mounts: [{ memory: 'secrets-web', target: '/run/secrets', readOnly: true }],
        }),
      ],
    })
    await runtime.createPod(spec)
    await runs(spec)
    const files = globSync(join(cluster.plane.folder, 'etcd', '**', '*')).flatMap((file) => {
      try {
        return [readFileSync(file)]
      } catch {
        return []
      }
    })
    const holds = (text: string) => files.some((bytes) => bytes.includes(text))
    expect(holds(marker)).toBe(true)
    expect(holds(secret)).toBe(false)
    const secrets = (await cluster.admin.call('GET', '/api/v1/secrets')) as {
      items: { metadata: { namespace: string } }[]
    }
    expect(secrets.items.filter((one) => one.metadata.namespace.startsWith('wetee-'))).toEqual([])
  })
})
