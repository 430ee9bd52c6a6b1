// What a namespace holds: rules about networks, no Secrets, names that cannot meet.
import { BlockList } from 'node:net'
import { expect, test } from 'vitest'
import { PRIVATE_NETWORKS } from '../../public-address.ts'
import { containerName, isDnsLabel, labelValue, namespaceOf } from './names.ts'
import {
  isCounted,
  namespaceContents,
  namespaceObject,
  NOT_PUBLIC_V6,
  roleBinding,
  volumeClaim,
} from './namespace-objects.ts'
import { list, tree } from './testing/restricted.ts'
import { sampleConfig, samplePod } from './testing/sample-pods.ts'

const contents = (over = {}) => namespaceContents('ns', 'w1', sampleConfig(over))
const specs = (kind: string, over = {}) =>
  contents(over)
    .filter((object) => object.kind === kind)
    .map((object) => [object.metadata.name, tree(object['spec'])] as const)

test('a namespace enforces restricted pods and everything in it is labelled as ours', () => {
  const labels = { 'app.kubernetes.io/managed-by': 'wetee-worker', 'wetee.dev/worker': 'w1' }
  expect(namespaceObject('ns', 'w1').metadata.labels).toMatchObject({
    ...labels,
    'pod-security.kubernetes.io/enforce': 'restricted',
  })
  for (const { metadata } of [...contents(), roleBinding('ns', 'w1', 'u')])
    expect(metadata).toMatchObject({ namespace: 'ns', labels })
})

test('nothing comes in but from the namespace of the worker, at the ports of the doors', () => {
  const of = (over = {}) => new Map(specs('NetworkPolicy', over))
  expect(of().get('nothing')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  expect(of().get('doors')).toEqual({ podSelector: {}, policyTypes: ['Ingress'], ingress: [] })
  expect(of({ workerNamespace: 'wetee-system' }).get('doors')).toMatchObject({
    ingress: [
      {
        from: [
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'wetee-system' } } },
        ],
        ports: [
          { protocol: 'TCP', port: 7443 },
          { protocol: 'TCP', port: 7444 },
        ],
      },
    ],
  })
})

test('what goes out goes to public addresses: not to the cluster, private networks or metadata', () => {
  const blocks = (over = {}) => {
    const [rule] = list(new Map(specs('NetworkPolicy', over)).get('out')?.['egress'])
    return list(rule?.['to']).map(({ ipBlock }) => tree(ipBlock))
  }
  const [v4, v6, ...rest] = blocks()
  expect(v4).toEqual({ cidr: '0.0.0.0/0', except: [...PRIVATE_NETWORKS] })
  expect(v6).toEqual({ cidr: '::/0', except: NOT_PUBLIC_V6 })
  expect(rest).toEqual([])
  // One for each family: a list takes addresses of one for mapped ones of the other.
  const closed = { ipv4: new BlockList(), ipv6: new BlockList() }
  const familyOf = (text: string) => (text.includes(':') ? 'ipv6' : 'ipv4')
  const isClosed = (address: string) => closed[familyOf(address)].check(address, familyOf(address))
  for (const cidr of [...PRIVATE_NETWORKS, ...NOT_PUBLIC_V6]) {
    const [address = '', bits] = cidr.split('/')
    closed[familyOf(address)].addSubnet(address, Number(bits), familyOf(address))
  }
  for (const address of [
    '169.254.169.254',
    '10.96.0.1',
    '172.31.0.1',
    '192.168.1.1',
    '100.100.100.200',
    '127.0.0.1',
    '0.0.0.0',
  ])
    expect(isClosed(address), address).toBe(true)
  for (const address of ['fd00:ec2::254', 'fe80::1', '::1', '64:ff9b::a00:1'])
    expect(isClosed(address), address).toBe(true)
  for (const address of ['9.9.9.9', '172.32.0.1', '100.63.255.255'])
    expect(isClosed(address), address).toBe(false)
  const more = blocks({
    deniedEgress: ['203.0.113.0/24', '2001:db8::/32'],
    allowedEgress: ['10.1.0.0/16'],
  })
  expect(more.map(({ cidr, except }) => [cidr, (except as string[] | undefined)?.at(-1)])).toEqual([
    ['0.0.0.0/0', '203.0.113.0/24'],
    ['::/0', '2001:db8::/32'],
    ['10.1.0.0/16', undefined],
  ])
})

test('the quota lets nobody make a Secret, a load balancer or a port of the node', () => {
  const [[, quota] = []] = specs('ResourceQuota')
  expect(quota?.['hard']).toMatchObject({
    secrets: '0',
    'services.loadbalancers': '0',
    'services.nodeports': '0',
    'limits.cpu': '128000m',
    'limits.memory': '262144Mi',
  })
})

test('a quota is counted when the controller has written down every one of its bounds', () => {
  const hard = { pods: '1', secrets: '0' }
  const metadata = { name: 'wetee', uid: 'u', resourceVersion: '1' }
  const quota = (status?: object) => ({ metadata, spec: { hard }, ...(status ? { status } : {}) })
  expect(isCounted(quota({ hard, used: { pods: '0', secrets: '0' } }))).toBe(true)
  for (const status of [
    undefined,
    {},
    { hard },
    { hard, used: { pods: '0' } },
    { hard: { pods: '1' }, used: hard },
  ])
    expect(isCounted(quota(status))).toBe(false)
  expect(isCounted(undefined)).toBe(false)
})

test('the worker binds its role to itself, be it a service account or a user', () => {
  const subjects = (user: string) => roleBinding('ns', 'w1', user)['subjects']
  expect(subjects('system:serviceaccount:wetee-system:wetee-worker')).toEqual([
    { kind: 'ServiceAccount', namespace: 'wetee-system', name: 'wetee-worker' },
  ])
  expect(subjects('alice')).toEqual([
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' },
  ])
})

test('a volume is asked for in whole MiB, never smaller', () => {
  const claim = volumeClaim('ns', 'w1', { name: 'v', sizeBytes: 1_048_577 }, 'fast')
  expect(claim['spec']).toMatchObject({
    storageClassName: 'fast',
    resources: { requests: { storage: '2Mi' } },
  })
})

test('namespaces are one for each application of each worker, whatever the labels look like', () => {
  const of = (worker: string, app?: string, id = 'p') =>
    namespaceOf('wetee', {
      id,
      labels: { 'wetee.worker': worker, ...(app === undefined ? {} : { 'wetee.app': app }) },
    })
  expect(namespaceOf('wetee', samplePod())).toBe('wetee-w7-0011aabb-a5')
  const all = [
    of('w1', '1'),
    of('w1', '2'),
    of('w1-a1', '2'),
    of('w1', '1-a2'),
    of('W1', '1'),
    of('w'.repeat(60), '1'),
    of('w'.repeat(61), '1'),
    of('w1', undefined, 'a'),
    of('w1', undefined, 'b'),
  ]
  expect(new Set(all).size).toBe(all.length)
  for (const name of all) expect(isDnsLabel(name), name).toBe(true)
})

test('names and label values that Kubernetes would not take are replaced by ones that differ', () => {
  expect(containerName('web')).toBe('web')
  expect(containerName('web_1')).not.toBe(containerName('web-1'))
  expect(isDnsLabel(containerName('web_1'))).toBe(true)
  expect(labelValue('a.b-C_1')).toBe('a.b-C_1')
  for (const text of ['', 'a b', '-a', 'a'.repeat(64)]) {
    expect(labelValue(text)).toMatch(/^x-[0-9a-f]{20}$/)
    expect(labelValue(text)).not.toBe(labelValue(`${text}!`))
  }
})
