// Names and labels of instances: from them alone a restarted worker finds what is its own. Pure.
import { createHash } from 'node:crypto'

/** One replica of one version of an application. */
export type InstanceKey = {
  readonly appId: bigint
  readonly version: number
  readonly replica: number
}

/** The agent's container in every pod; a service of this name is refused. */
export const AGENT_CONTAINER = 'wetee-agent'

/**
 * Tells this worker from every other one on the same engine, those of other networks and state folders among them:
 * `w<workerId>-<8 hex>`. It stays the same as long as the state folder stays where it is.
 */
export function workerTag(worker: {
  readonly chainId: number
  readonly subnet: string
  readonly workerId: bigint
  /** Absolute. */
  readonly stateDir: string
}): string {
  const { chainId, subnet, workerId, stateDir } = worker
  const text = JSON.stringify([chainId, subnet.toLowerCase(), String(workerId), stateDir])
  return `w${workerId}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}

/** Pod id of an instance: the same after every restart, so that a pod is never made twice. */
export function podIdOf(tag: string, { appId, version, replica }: InstanceKey): string {
  return `${podIdPrefix(tag, appId)}${version}-r${replica}`
}

/** What the pod ids of an application, and of no other, begin with. */
export function podIdPrefix(tag: string, appId: bigint): string {
  return `wetee-${tag}-a${appId}-v`
}

/** The instance that a pod id names; `undefined` for ids of other workers and of no instance. */
export function keyOfPodId(tag: string, podId: string): InstanceKey | undefined {
  const match = /^-a([0-9]+)-v([0-9]+)-r([0-9]+)$/.exec(podId.replace(`wetee-${tag}`, ''))
  if (match === null) return undefined
  const [, app, version, replica] = match
  const labels = { 'wetee.app': `${app}`, 'wetee.version': `${version}` }
  const key = keyOfLabels(tag, { 'wetee.worker': tag, ...labels, 'wetee.replica': `${replica}` })
  return key !== undefined && podIdOf(tag, key) === podId ? key : undefined
}

/** Labels of an instance's pod. */
export function labelsOf(tag: string, key: InstanceKey): Record<string, string> {
  return {
    'wetee.worker': tag,
    'wetee.app': String(key.appId),
    'wetee.version': String(key.version),
    'wetee.replica': String(key.replica),
  }
}

/** The instance that a pod is, by its labels; `undefined` for pods of others, of no instance, and with labels out of form. */
export function keyOfLabels(
  tag: string,
  labels: Readonly<Record<string, string>>,
): InstanceKey | undefined {
  if (labels['wetee.worker'] !== tag) return undefined
  const app = labels['wetee.app'] ?? ''
  const version = Number(decimal(labels['wetee.version']))
  const replica = Number(decimal(labels['wetee.replica']))
  if (!DECIMAL.test(app) || !(version <= 0xffff_ffff) || !(replica <= 0xffff)) return undefined
  const appId = BigInt(app)
  return appId <= MAX_APP_ID ? { appId, version, replica } : undefined
}

const DECIMAL = /^(0|[1-9][0-9]{0,19})$/
const MAX_APP_ID = 2n ** 64n - 1n

function decimal(text = ''): string | undefined {
  return DECIMAL.test(text) ? text : undefined
}
