// What a namespace of one application holds besides its pods: labels, network rules, quota, limits, volumes. Pure.
import { doorPorts } from '@wetee/door'
import { z } from 'zod'
import { PRIVATE_NETWORKS } from '../../public-address.ts'
import type { DiskVolume } from '../runtime.ts'
import type { ApiObject, Desired } from './api-object.ts'
import type { KubernetesConfig } from './config.ts'
import { ownLabels } from './names.ts'

/** Ports of the agent's doors, by name. */
const DOORS = Object.entries(doorPorts)
/** The quota of a namespace: comes last, because what comes before it has counted is not bounded. */
export const QUOTA = 'wetee'
/** Whom pods run as: nobody has given it any right. */
export const INSTANCE_ACCOUNT = 'instance'
/** Gives each pod a name: `<pod>.agents.<namespace>.svc`. */
export const AGENTS_SERVICE = 'agents'
/** Rights in a namespace, from deploy/kubernetes/worker-rbac.yaml. */
const INSTANCE_ROLE = 'wetee-worker-instances'

const MIB = 1_048_576
const amounts = z.record(z.string(), z.string())
const quotaSchema = z.looseObject({
  spec: z.looseObject({ hard: amounts }),
  status: z.looseObject({ hard: amounts, used: amounts }),
})

/** As PRIVATE_NETWORKS, of the other family; those that carry IPv4 addresses among them. */
export const NOT_PUBLIC_V6 = [
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]

/** The namespace itself; Pod Security refuses what is not restricted, whoever asks. */
export function namespaceObject(name: string, worker: string): Desired {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...ownLabels(worker),
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'latest',
      },
    },
  }
}

/** The worker's own rights in a namespace that it has made; `user` as the API server knows it. */
export function roleBinding(namespace: string, worker: string, user: string): Desired {
  const [, account, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'wetee-worker', namespace, labels: ownLabels(worker) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: INSTANCE_ROLE },
    subjects: [
      account === undefined || name === undefined
        ? { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }
        : { kind: 'ServiceAccount', namespace: account, name },
    ],
  }
}

/** Everything else, in the order in which it is applied; a pod comes after all of it. */
export function namespaceContents(
  namespace: string,
  worker: string,
  config: KubernetesConfig,
): Desired[] {
  const metadata = (name: string) => ({ name, namespace, labels: ownLabels(worker) })
  return [
    ...networkPolicies(metadata, config),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(INSTANCE_ACCOUNT),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: metadata('wetee'),
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '100m', memory: '64Mi' },
            defaultRequest: { cpu: '100m', memory: '64Mi' },
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(AGENTS_SERVICE),
      spec: {
        clusterIP: 'None',
        // An agent is spoken to before it is ready: it becomes ready by that.
        publishNotReadyAddresses: true,
        selector: ownLabels(worker),
        ports: DOORS.map(([name, port]) => ({ name, port, targetPort: port, protocol: 'TCP' })),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: metadata(QUOTA),
      spec: { hard: quota(config) },
    },
  ]
}

/** Whether the cluster's controller has counted everything that a quota bounds: before that it bounds nothing, or refuses everything. */
export function isCounted(quota: ApiObject | undefined): boolean {
  const parsed = quotaSchema.safeParse(quota)
  if (!parsed.success) return false
  const { spec, status } = parsed.data
  return Object.keys(spec.hard).every((name) => name in status.hard && name in status.used)
}

/** A volume of an application; one that is there stays as it is but may grow. */
export function volumeClaim(
  namespace: string,
  worker: string,
  { name, sizeBytes }: DiskVolume,
  storageClassName: string,
): Desired {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, labels: ownLabels(worker) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage: `${Math.ceil(sizeBytes / MIB)}Mi` } },
    },
  }
}

function networkPolicies(
  metadata: (name: string) => Desired['metadata'],
  { allowedEgress, deniedEgress, workerNamespace }: KubernetesConfig,
): Desired[] {
  const policy = (name: string, spec: object): Desired => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(name),
    spec: { podSelector: {}, ...spec },
  })
  const except = (all: readonly string[], isV6: boolean) => [
    ...all,
    ...deniedEgress.filter((cidr) => cidr.includes(':') === isV6),
  ]
  const blocks = [
    { ipBlock: { cidr: '0.0.0.0/0', except: except(PRIVATE_NETWORKS, false) } },
    { ipBlock: { cidr: '::/0', except: except(NOT_PUBLIC_V6, true) } },
    ...allowedEgress.map((cidr) => ({ ipBlock: { cidr } })),
  ]
  const door = {
    from: [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': workerNamespace } } },
    ],
    ports: DOORS.map(([, port]) => ({ protocol: 'TCP', port })),
  }
  return [
    policy('nothing', { policyTypes: ['Ingress', 'Egress'] }),
    policy('out', { policyTypes: ['Egress'], egress: [{ to: blocks }] }),
    // Applied also when nobody may come in: an earlier configuration may have let somebody.
    policy('doors', {
      policyTypes: ['Ingress'],
      ingress: workerNamespace === undefined ? [] : [door],
    }),
  ]
}

/** No Secret can be made in the namespace, by anybody: what is secret never passes the API server. */
function quota({ quota: q }: KubernetesConfig): Record<string, string> {
  return {
    pods: String(q.pods),
    'limits.cpu': `${q.cpuMilli}m`,
    'limits.memory': `${q.memoryMiB}Mi`,
    persistentvolumeclaims: String(q.volumes),
    'requests.storage': `${q.storageMiB}Mi`,
    secrets: '0',
    services: '1',
    'services.loadbalancers': '0',
    'services.nodeports': '0',
  }
}
