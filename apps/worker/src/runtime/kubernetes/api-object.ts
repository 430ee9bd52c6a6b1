// Objects of the API as far as the driver reads them, and where each kind lies. Pure.
import { z } from 'zod'

const texts = z.record(z.string(), z.string())

/** What every object has. */
export const objectSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: texts.optional(),
    annotations: texts.optional(),
  }),
})

/** An object as the API gives it. */
export type ApiObject = z.infer<typeof objectSchema>

/** An object as the driver writes it. */
export type Desired = {
  readonly apiVersion: string
  readonly kind: Kind
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** A page of a list. */
export const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(objectSchema).nullable().default([]),
})

const kinds = {
  Namespace: '/api/v1/namespaces',
  Pod: '/api/v1/*/pods',
  ServiceAccount: '/api/v1/*/serviceaccounts',
  Service: '/api/v1/*/services',
  PersistentVolumeClaim: '/api/v1/*/persistentvolumeclaims',
  ConfigMap: '/api/v1/*/configmaps',
  ResourceQuota: '/api/v1/*/resourcequotas',
  LimitRange: '/api/v1/*/limitranges',
  NetworkPolicy: '/apis/networking.k8s.io/v1/*/networkpolicies',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/*/rolebindings',
  RuntimeClass: '/apis/node.k8s.io/v1/runtimeclasses',
  StorageClass: '/apis/storage.k8s.io/v1/storageclasses',
} as const

/** Kinds that the driver knows. */
export type Kind = keyof typeof kinds

/** Path of a kind's collection, in one namespace or in all. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const path = kinds[kind]
  if (!path.includes('*')) return path
  return namespace === undefined
    ? path.replace('/*', '')
    : path.replace('*', `namespaces/${encodeURIComponent(namespace)}`)
}
