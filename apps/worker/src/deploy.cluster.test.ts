// The chart and its rights against a real API server: `npm run test:kubernetes`. Nobody runs what it makes: there is no kubelet.
import { waitFor } from '@wetee/daemon'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assets, RealCluster } from './runtime/kubernetes/testing/real-cluster.ts'
import { lost } from './runtime/kubernetes/testing/stored.ts'
import { renderChart } from './testing/chart.ts'

describe.skipIf(assets === undefined)('the chart in a real API server', () => {
  let cluster: RealCluster
  beforeAll(async () => {
    cluster = await RealCluster.start()
  })
  afterAll(() => cluster?.close())
  const objects = renderChart()
  const plurals: Record<string, string> = {
    ConfigMap: 'api/v1/namespaces/wetee-system/configmaps',
    Service: 'api/v1/namespaces/wetee-system/services',
    StatefulSet: 'apis/apps/v1/namespaces/wetee-system/statefulsets',
    Pod: 'api/v1/namespaces/wetee-system/pods',
  }
  const stored = (kind: string, name: string) =>
    cluster.admin.call('GET', `/${plurals[kind]}/${name}`)

  test('every object passes a dry run with strict validation, and is stored as it stands', async () => {
    for (const object of objects) await cluster.plane.applyRaw(object, { dryRun: true })
    for (const object of objects) await cluster.plane.applyRaw(object)
    for (const object of objects)
      expect(lost(object, await stored(object.kind, object.metadata.name)), object.kind).toEqual([])
  })

  test('its pod is one that the namespace admits, under the account of the rights', async () => {
    const pod = await waitFor(() => stored('Pod', 'wetee-worker-0').catch(() => undefined), {
      ...{ signal: new AbortController().signal, timeoutMs: 40_000, everyMs: 100 },
      what: 'the pod of the worker',
    })
    expect(pod).toMatchObject({ spec: { serviceAccountName: 'wetee-worker' } })
  })

  test('the same pod with the processes of its node is refused', async () => {
    const [set] = objects.filter(({ kind }) => kind === 'StatefulSet')
    const { template } = set!['spec'] as {
      template: { spec: { volumes: object[] } }
    }
    const { spec } = template
    // What the StatefulSet would add.
    const volumes = [...spec.volumes, { name: 'state', emptyDir: {} }]
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod', spec: { ...spec, volumes, hostPID: true } },
      metadata: { name: 'odd', namespace: 'wetee-system' },
    }
    await expect(cluster.plane.applyRaw(pod, { dryRun: true })).rejects.toMatchObject({
      message: expect.stringContaining('PodSecurity') as string,
    })
  })
})
