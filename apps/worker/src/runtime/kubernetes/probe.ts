// What a cluster lets the driver do and refuses for it: asked of the API server, never assumed of a version. Does network I/O.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Capabilities, PodSpec } from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import type { ApiClient } from './api-client.ts'
import { ApiError, statusOf } from './api-error.ts'
import type { Desired } from './api-object.ts'
import type { KubernetesConfig } from './config.ts'
import { podObject } from './pod-object.ts'

/** One right: `resource` may name a subresource, `pods/log`. */
export type Right = {
  readonly verb: string
  readonly resource: string
  readonly group?: string
  readonly namespace?: string
}

const reviewSchema = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) })
const userSchema = z.looseObject({
  status: z.looseObject({ userInfo: z.looseObject({ username: z.string().min(1) }) }),
})

/** Needed in the whole cluster; everything else is given in the namespaces that the worker makes. */
const NEEDED: readonly Right[] = [
  ...['get', 'list', 'create', 'patch', 'delete'].map((verb) => ({ verb, resource: 'namespaces' })),
  ...['list', 'watch'].map((verb) => ({ verb, resource: 'pods' })),
]
const PROBE_WORKER = 'probe'
const PROBE_POD: PodSpec = {
  id: 'probe',
  labels: { 'wetee.worker': PROBE_WORKER },
  hostNames: ['probe'],
  memory: [{ name: 'probe', sizeBytes: 4_096 }],
  containers: (['started', undefined] as const).map((gate) => ({
    name: gate ?? 'last',
    image: `probe.invalid/probe@sha256:${'0'.repeat(64)}`,
    user: '65534:65534',
    environment: {},
    readOnlyRoot: true,
    tmpfs: [],
    mounts: [{ memory: 'probe', target: '/probe', readOnly: true }],
    limits: { cpuMilli: 1, memoryBytes: 4_096, pids: 1 },
    restart: 'always',
    ...(gate === undefined ? {} : { gate }),
  })),
}

/** The name that the API server knows the driver by. */
export async function whoAmI(client: ApiClient): Promise<string> {
  const answer = await client.review('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  })
  return userSchema.parse(answer).status.userInfo.username
}

/** Whether the driver has a right. */
export async function isAllowed(client: ApiClient, right: Right): Promise<boolean> {
  const [resource, subresource] = right.resource.split('/')
  const answer = await client.review('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        verb: right.verb,
        group: right.group ?? '',
        resource,
        ...(subresource === undefined ? {} : { subresource }),
        ...(right.namespace === undefined ? {} : { namespace: right.namespace }),
      },
    },
  })
  return reviewSchema.parse(answer).status.allowed
}

/**
 * Makes a namespace as applications have it, tries a pod as the driver makes them and one that may never run there, and removes
 * it. Throws RuntimeError `engine.unfit` with what is missing.
 */
export async function probeCluster(parts: {
  readonly client: ApiClient
  readonly config: KubernetesConfig
  readonly ensure: (namespace: string, worker: string) => Promise<void>
}): Promise<Capabilities> {
  const { client, config, ensure } = parts
  await checkRights(client)
  await checkClasses(client, config)
  const namespace = `${config.namespacePrefix}-probe-${randomBytes(4).toString('hex')}`
  try {
    await ensure(namespace, PROBE_WORKER)
    const pod = podObject(PROBE_POD, namespace, config)
    await client.tryApply(pod).catch((error: unknown) => {
      throw error instanceof ApiError
        ? new RuntimeError('engine.unfit', `the cluster refuses a pod: ${error.message}`)
        : error
    })
    await expectRefusal(client, tampered(pod))
  } finally {
    const found = await client.get('Namespace', namespace).catch(() => undefined)
    if (found !== undefined) await client.delete('Namespace', found.metadata).catch(() => undefined)
  }
  return {
    memoryLimit: true,
    cpuLimit: true,
    pidsLimit: false,
    readOnlyRoot: true,
    seccomp: true,
    dropCapabilities: true,
    egress: true,
    hostFolders: false,
    singleContainers: false,
    isolation: 'engine',
    warnings: WARNINGS,
  }
}

const WARNINGS = [
  'the kubelet is trusted with limits, seccomp and read-only roots: the driver asks for them and sees only that the API takes them',
  'process limits are those of the nodes (podPidsLimit of the kubelet)',
  'rules about networks hold as far as the network plugin enforces NetworkPolicy, which was said by configuration',
]

async function checkRights(client: ApiClient): Promise<void> {
  const missing: string[] = []
  for (const right of NEEDED)
    if (!(await isAllowed(client, right))) missing.push(`${right.verb} ${right.resource}`)
  if (missing.length > 0)
    throw new RuntimeError(
      'engine.unfit',
      `the worker may not ${missing.join(', ')}: apply deploy/kubernetes/worker-rbac.yaml`,
    )
}

async function checkClasses(client: ApiClient, config: KubernetesConfig): Promise<void> {
  const classes = [
    ['RuntimeClass', config.runtimeClassName],
    ['StorageClass', config.storageClassName],
  ] as const
  for (const [kind, name] of classes)
    if (name !== undefined && (await client.get(kind, name)) === undefined)
      throw new RuntimeError('engine.unfit', `the cluster has no ${kind} ${name}`)
}

/** Pod Security has to refuse what the driver would never send: somebody else may. */
async function expectRefusal(client: ApiClient, pod: Desired): Promise<void> {
  try {
    await client.tryApply(pod)
  } catch (error) {
    if (statusOf(error) === 403 && /PodSecurity/.test((error as ApiError).message)) return
    throw error
  }
  throw new RuntimeError(
    'engine.unfit',
    'the cluster takes a pod on the network of its node: the admission plugin PodSecurity is off',
  )
}

function tampered(pod: Desired): Desired {
  return { ...pod, spec: { ...(pod['spec'] as object), hostNetwork: true } }
}
