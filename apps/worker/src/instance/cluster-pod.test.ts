// What a cluster is told of an instance: order, gates, mounts, and nothing of a secret.
import { nodePath } from '@wetee/image'
import { agentProbe, buildManifest, podPermissions, type ManifestDocument } from '@wetee/manifest'
import { expect, test } from 'vitest'
import type { PodContainer, PodMount } from '../runtime/runtime.ts'
import { checkKubernetesPod } from '../runtime/kubernetes/pod-check.ts'
import { clusterPlatformPod, clusterPod, clusterUnfitReasons } from './cluster-pod.ts'

const digest = `sha256:${'ab'.repeat(32)}` as const
const workerKey = `0x${'0b'.repeat(32)}` as const
const cluster = { workerKey, agentImage: `registry.test/agent@${digest}`, hasDisks: true }
const agentLimits = { cpuMilli: 500, memoryBytes: 1e8, pids: 64 }
const compose = `
name: shop
services:
  web:
    image: registry.test:5000/web:1.0
    ports: ["8080"]
    user: "1000:1001"
    depends_on:
      db: { condition: service_healthy }
      migrate: { condition: service_completed_successfully }
    secrets: [token]
  migrate:
    image: registry.test/migrate:1
    depends_on: [db]
  db:
    image: registry.test/db:1
    volumes: ["data_1:/data"]
    healthcheck:
      { test: ["CMD", "/ok"], interval: 5s, timeout: 2s, retries: 3, start_period: 10s }
secrets:
  token: { external: true }
volumes:
  data_1:
    x-wetee: { size: 64M }
`

async function manifest(text = compose): Promise<ManifestDocument> {
  return (await buildManifest(text, { resolveImage: () => Promise.resolve(digest) })).document
}

const podOf = (document: ManifestDocument, over: { user?: string } = {}) => {
  const pod = clusterPod({
    ...{ cluster, document, replica: 1, launch: '{"launch":1}', agentLimits },
    imageOf: () => ({ entrypoint: ['/own'], command: ['serve'], user: over.user ?? '' }),
    restartOf: (name) => (name === 'migrate' ? 'on-failure' : 'always'),
  })
  const hostNames = document.services.map(({ name }) => name)
  checkKubernetesPod({ id: 'p', labels: { 'wetee.worker': 'w' }, hostNames, ...pod })
  return pod
}
const named = (containers: readonly PodContainer[], name: string) =>
  containers.find((container) => container.name === name)!
const targets = (mounts: readonly PodMount[]) => mounts.map(({ target }) => target)

test('the agent is first, what is waited for comes before what waits, the rest last', async () => {
  const { containers } = podOf(await manifest())
  expect(containers.map(({ name, gate, restart }) => [name, gate, restart])).toEqual([
    ['wetee-agent', 'healthy', 'always'],
    ['db', 'healthy', 'always'],
    ['migrate', 'completed', 'on-failure'],
    ['web', undefined, 'always'],
  ])
})

test('services start once their agent has everything that they need', async () => {
  const { containers } = podOf(await manifest())
  const { check, image, user } = named(containers, 'wetee-agent')
  expect(check?.program.slice(1, 2)).toEqual(['-e'])
  expect(check?.program[2]).toContain('"state":"(verified|attested)"')
  expect({ image, user }).toEqual({ image: cluster.agentImage, user: '65534:65534' })
})

test('each service is started through its launcher, by digest, as a number, with what is its own', async () => {
  const { containers } = podOf(await manifest())
  const web = named(containers, 'web')
  expect(web).toMatchObject({
    image: `registry.test:5000/web@${digest}`,
    user: '1000:1001',
    entrypoint: ['/run/wetee/launch', '/own'],
    command: ['serve'],
  })
  expect(targets(web.mounts)).toEqual(['/run/wetee.sock', '/run/wetee', '/run/secrets'])
  const db = named(containers, 'db')
  expect(db.user).toBe('65534:65534')
  expect(db.check).toEqual({
    program: ['/run/wetee/launch', '/ok'],
    ...{ intervalMs: 5_000, timeoutMs: 2_000, failures: 5 },
  })
})

test('ATTACK the volumes with sockets and the key of the door are in no service, the launch in the agent alone', async () => {
  const { containers } = podOf(await manifest())
  const own = ['wetee_run', 'wetee_tee']
  for (const { name, mounts } of containers) {
    const isAgent = name === 'wetee-agent'
    const seen = mounts.flatMap((mount) => ('memory' in mount ? [mount.memory] : []))
    expect(
      own.map((volume) => seen.includes(volume)),
      name,
    ).toEqual([isAgent, isAgent])
    expect(JSON.stringify(mounts).includes('launch'), name).toBe(isAgent)
  }
})

test('a volume is a claim of its replica, also where its name is none of Kubernetes', async () => {
  const text = compose.replaceAll('data_1', 'data')
  expect(podOf(await manifest(text)).disks).toEqual([{ name: 'data-r1', sizeBytes: 64 << 20 }])
  const [odd] = podOf(await manifest()).disks
  expect(odd?.name).toMatch(/^v-[0-9a-f]{20}-r1$/)
  const other = podOf(await manifest(compose.replaceAll('data_1', 'data_2'))).disks
  expect(other[0]?.name).not.toBe(odd?.name)
})

test('root becomes nobody, and a user with a name is refused in words', async () => {
  const document = await manifest()
  for (const user of ['0', '0:0', '7:0'])
    expect(named(podOf(document, { user }).containers, 'db').user).toBe('65534:65534')
  expect(() => podOf(document, { user: 'postgres' })).toThrow('names the user "postgres"')
})

test('a confidential pod may be told of the images of its containers and the commands of its probes, and of no others', async () => {
  const document = await manifest()
  const { containers } = podOf(document)
  const { images, commands } = podPermissions(digest, document.services)
  const run = containers.map(({ image }) => image.slice(image.lastIndexOf('@') + 1))
  expect(images.toSorted()).toEqual(run.toSorted())
  const probes = containers.flatMap(({ check }) => (check === undefined ? [] : [check.program]))
  expect(commands.toSorted()).toEqual(probes.toSorted())
  expect(agentProbe[0]).toBe(nodePath)
})

test('the machine`s own agent is alone in its pod and holds nothing up', () => {
  const { containers } = clusterPlatformPod(cluster, '{}', agentLimits)
  expect(containers).toHaveLength(1)
  expect(containers[0]).toMatchObject({ name: 'wetee-agent', image: cluster.agentImage })
  expect(containers[0]?.gate).toBe(undefined)
})

test.each([
  ['volumes without disks', compose, false, 'no volumes on disks'],
  ["the agent's port", compose.replace('8080', '7443'), true, 'port 7443'],
  [
    'an update that stops first',
    `${compose}x-wetee:\n  update: { strategy: stop-first }\n`,
    true,
    'stop-first',
  ],
  [
    'two kinds of restarts',
    `${compose.replace('volumes:\n  data_1:', 'volumes:\n  data_1:')}`.replace(
      '  migrate:\n',
      '  once:\n    image: registry.test/once:1\n    restart: "no"\n  migrate:\n',
    ),
    true,
    'different restart policies',
  ],
])('%s: said before anything is made', async (_what, text, hasDisks, reason) => {
  expect(clusterUnfitReasons(await manifest(text), hasDisks).join('; ')).toContain(reason)
})

test('what a cluster can run has no reason against it', async () => {
  expect(clusterUnfitReasons(await manifest(), true)).toEqual([])
})
