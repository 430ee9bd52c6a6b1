// Names and labels of instances: from them alone a restarted worker finds what is its own. Pure.

/** One replica of one version of an application. */
export type InstanceKey = {
  readonly appId: bigint
  readonly version: number
  readonly replica: number
}

/** The agent's container in every pod; a service of this name is refused. */
export const AGENT_CONTAINER = 'wetee-agent'

/** Pod id of an instance: the same after every restart, so that a pod is never made twice. */
export function instanceId({ appId, version, replica }: InstanceKey): string {
  return `a${appId}-v${version}-r${replica}`
}

/** Pod id on an engine that several workers may share. */
export function podIdOf(workerId: bigint, key: InstanceKey): string {
  return `wetee-w${workerId}-${instanceId(key)}`
}

/** Labels of an instance's pod. */
export function labelsOf(workerId: bigint, key: InstanceKey): Record<string, string> {
  return {
    'wetee.worker': String(workerId),
    'wetee.app': String(key.appId),
    'wetee.version': String(key.version),
    'wetee.replica': String(key.replica),
  }
}

/** The instance that a pod is, by its labels; `undefined` for other pods of this worker and for labels out of form. */
export function keyOfLabels(labels: Readonly<Record<string, string>>): InstanceKey | undefined {
  const number = (name: string, max: bigint): bigint | undefined => {
    const text = labels[name]
    if (text === undefined || !/^(0|[1-9][0-9]{0,19})$/.test(text)) return undefined
    const value = BigInt(text)
    return value <= max ? value : undefined
  }
  const appId = number('wetee.app', 2n ** 64n - 1n)
  const version = number('wetee.version', 0xffff_ffffn)
  const replica = number('wetee.replica', 0xffffn)
  if (appId === undefined || version === undefined || replica === undefined) return undefined
  return { appId, version: Number(version), replica: Number(replica) }
}
