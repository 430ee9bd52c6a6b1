// Names, labels and annotations of what the driver makes in a cluster: by them alone it finds its own again. Pure.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { PodSpec } from '../runtime.ts'
import type { ApiObject } from './api-object.ts'

/** Everything that the driver makes carries it. */
const MANAGED = { 'app.kubernetes.io/managed-by': 'wetee-worker' } as const
/** Whose it is: the value of the port's label `wetee.worker`, hashed where Kubernetes would not take it. */
const WORKER_LABEL = 'wetee.dev/worker'
export const POD_LABEL = 'wetee.dev/pod'
/** The port's labels, as JSON: values of Kubernetes' own are too narrow. */
export const LABELS_ANNOTATION = 'wetee.dev/labels'
/** Containers whose names Kubernetes would not take, as JSON: name in the cluster to name in the port. */
export const NAMES_ANNOTATION = 'wetee.dev/containers'
/** The driver's own pods. */
export const SELECTOR = `app.kubernetes.io/managed-by=wetee-worker,${WORKER_LABEL}`

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** Whether a text is a name for objects and containers. */
export function isDnsLabel(text: string): boolean {
  return DNS_LABEL.test(text)
}

/** Namespace of a pod: one for each application of each worker; of a pod of no application one of its own. */
export function namespaceOf(
  prefix: string,
  { id, labels }: Pick<PodSpec, 'id' | 'labels'>,
): string {
  const worker = labels['wetee.worker'] ?? ''
  const app = labels['wetee.app']
  const readable = `${prefix}-${worker}-a${app}`
  if (app !== undefined && /^[0-9]+$/.test(app) && isDnsLabel(worker) && isDnsLabel(readable))
    return readable
  const key = app === undefined ? ['pod', worker, id] : ['app', worker, app]
  return `${prefix}-${hash(JSON.stringify(key))}`
}

/** Labels of an object of a worker. */
export function ownLabels(worker: string): Record<string, string> {
  return { ...MANAGED, [WORKER_LABEL]: labelValue(worker) }
}

/** A label value that stands for a text. */
export function labelValue(text: string): string {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text) ? text : `x-${hash(text)}`
}

/** A container's name in the cluster. */
export function containerName(name: string): string {
  return isDnsLabel(name) ? name : `c-${hash(name)}`
}

/** Whether an object is the driver's own. */
export function isManaged(labels: Readonly<Record<string, string>> | undefined): boolean {
  return (
    labels?.['app.kubernetes.io/managed-by'] === MANAGED['app.kubernetes.io/managed-by'] &&
    labels[WORKER_LABEL] !== undefined
  )
}

/** The port's labels of a pod; `undefined` where the note is missing or damaged. */
export function readPodLabels(pod: ApiObject): Record<string, string> | undefined {
  return readTexts(pod.metadata.annotations?.[LABELS_ANNOTATION])
}

/** Names in the cluster to names in the port; `undefined` where the note is missing or damaged. */
export function readContainerNames(pod: ApiObject | undefined): Record<string, string> | undefined {
  return readTexts(pod?.metadata.annotations?.[NAMES_ANNOTATION])
}

const textsSchema = z.record(z.string(), z.string())

function readTexts(json: string | undefined): Record<string, string> | undefined {
  if (json === undefined) return undefined
  try {
    return textsSchema.parse(JSON.parse(json))
  } catch {
    return undefined
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20)
}
