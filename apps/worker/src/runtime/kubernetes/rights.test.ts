// deploy/kubernetes/worker-rbac.yaml gives what the driver asks for in a whole life of an instance, and nothing else.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { keepLog } from '../../testing/silent-log.ts'
import { openKubernetesRuntime } from './kubernetes-runtime.ts'
import { FakeApiServer, type Seen } from './testing/api-server.ts'
import { sampleConfig, wholePod } from './testing/sample-pods.ts'

type Rule = {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}
type Role = {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly rules: readonly Rule[]
}

const file = join(import.meta.dirname, '../../../../../deploy/kubernetes/worker-rbac.yaml')
const roles = parseAllDocuments(readFileSync(file, 'utf8'))
  .map((document) => document.toJS() as Role)
  .filter(({ kind }) => kind === 'ClusterRole')
const granted = (name: string) =>
  new Set(
    roles
      .filter(({ metadata }) => metadata.name === name)
      .flatMap(({ rules }) => rules)
      .flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
        ),
      ),
  )

/** Rights that a request needs, and whether they are needed in one namespace or in all. */
function needed({ method, path, query }: Seen): {
  readonly place: 'one' | 'all'
  rights: string[]
} {
  const parts = path.split('/').filter((part) => part !== '')
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '')
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3)
  const isInOne = rest[0] === 'namespaces' && rest.length > 2
  const [resource = '', name, subresource] = isInOne ? rest.slice(2) : rest
  const what = `${group}/${resource}${subresource === undefined ? '' : `/${subresource}`}`
  const read = name !== undefined ? 'get' : query.get('watch') === '1' ? 'watch' : 'list'
  // An apply creates what is not there.
  const verbs = { GET: [read], PATCH: ['patch', 'create'], DELETE: ['delete'], POST: ['create'] }
  const rights = (verbs[method as keyof typeof verbs] ?? []).map((verb) => `${verb} ${what}`)
  return { place: isInOne ? 'one' : 'all', rights }
}

let server: FakeApiServer
const asked = { one: new Set<string>(), all: new Set<string>() }

beforeAll(async () => {
  server = await FakeApiServer.start()
  const make = (kind: string, place: string) =>
    server.put(place, { kind, apiVersion: 'v1', metadata: { name: 'x' } })
  make('StorageClass', '/apis/storage.k8s.io/v1/storageclasses/x')
  make('RuntimeClass', '/apis/node.k8s.io/v1/runtimeclasses/x')
  const runtime = await openKubernetesRuntime({
    config: sampleConfig({ storageClassName: 'x', runtimeClassName: 'x' }),
    cluster: server.cluster,
    log: keepLog(),
    signal: new AbortController().signal,
    collectMs: 20,
  })
  const spec = wholePod()
  await runtime.probe()
  await runtime.createPod(spec)
  await runtime.list()
  await runtime.usage()
  for await (const _ of runtime.logs(spec.id, 'db', { tail: 1, follow: false }));
  await runtime.stopContainer(spec.id, 'db', 0)
  await runtime.removePod(spec.id, 0)
  await runtime.removeDisks?.(spec.labels)
  const namespace = '/api/v1/namespaces/wetee-w7-0011aabb-a5'
  while (server.objects.has(namespace)) await new Promise((resolve) => setImmediate(resolve))
  await runtime.close()
  for (const seen of server.seen) {
    if (/\/selfsubject(access)?reviews$/.test(seen.path)) continue
    const { place, rights } = needed(seen)
    for (const right of rights) asked[place].add(right)
  }
})
afterAll(() => server.close())

test('in all namespaces', () => {
  // Bindings are made in a namespace before there is any right of its own there.
  const bindings = [...asked.one].filter((right) => right.endsWith('/rolebindings'))
  const all = granted('wetee-worker')
  expect(all.delete('bind rbac.authorization.k8s.io/clusterroles')).toBe(true)
  expect([...all].sort()).toEqual([...asked.all, ...bindings].sort())
})

test('in the namespaces that the worker has made', () => {
  const everywhere = granted('wetee-worker')
  const one = [...asked.one].filter((right) => !everywhere.has(right))
  expect([...granted('wetee-worker-instances')].sort()).toEqual(one.sort())
})

test('nothing of Secrets, commands or nodes, and no star', () => {
  const text = JSON.stringify(roles)
  for (const word of [
    'secrets',
    'exec',
    'attach',
    'portforward',
    'nodes',
    '"*"',
    'escalate',
    'impersonate',
  ])
    expect(text, word).not.toContain(word)
})
