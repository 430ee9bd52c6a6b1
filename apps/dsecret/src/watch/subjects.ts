// What a node watches, what it knows of it, and why it may count no more. Types and small tables; pure.
import type { Hex } from '../chain/chain-view.ts'

/** A lease of one replica, the machine of a worker, the machine of a dsecret node. */
export type SubjectKind = 'lease' | 'worker' | 'node'

/** `lapsed`: time alone; `revoked`: somebody took it back; `ended`: its owner or operator is done with it. */
export type GoneState = 'lapsed' | 'revoked' | 'ended'

/** Why something counts no more, and what kind of end that is. */
export const CAUSES = {
  'lease.lapsed': 'lapsed',
  'proof.lapsed': 'lapsed',
  'measurement.revoked': 'revoked',
  'measurement.deprecated': 'revoked',
  'platform.denied': 'revoked',
  'evidence.revoked': 'revoked',
  'keys.changed': 'revoked',
  'machine.revoked': 'revoked',
  'node.slashed': 'revoked',
  'app.paused': 'ended',
  'app.ended': 'ended',
  'version.over': 'ended',
  'replica.removed': 'ended',
  'worker.shutdown': 'ended',
  'node.left': 'ended',
} as const satisfies Record<string, GoneState>

/** A cause by its stable code; docs/reference/dsecret.md says what each means. */
export type CauseCode = keyof typeof CAUSES

/** A cause with the time of the block that has it, or of the second that had to pass. */
export type Cause = { readonly code: CauseCode; readonly at: bigint }

/** Names a subject: a lease by application, version and replica, a machine by its worker or node. */
export type SubjectName = {
  readonly kind: SubjectKind
  /** `12/3/0` for a lease, `4` for a machine. */
  readonly id: string
}

/** Something that counts now. Times in seconds. */
export type LiveSubject = SubjectName & {
  /** Counts no more from this second on, unless it is renewed. */
  readonly until: bigint
  /** Has to be read again at this second at the latest. */
  readonly checkAt: bigint
  /** What it rests on, as keys of `Changes`. */
  readonly rests: readonly string[]
}

/** What a reading of the chain says of one subject. */
export type Observation =
  | { readonly live: LiveSubject }
  | { readonly gone: SubjectName; readonly cause: Cause }

/** What happened in a range of blocks. */
export type Changes = {
  /** Keys of everything that may be another than before. */
  readonly touched: ReadonlySet<string>
  /** Number of the block in which something was taken back, by key; the newest one. */
  readonly causes: ReadonlyMap<string, bigint>
}

/** Keys of what subjects rest on. */
export const restsOn = {
  app: (appId: bigint) => `app/${appId}`,
  worker: (workerId: bigint) => `worker/${workerId}`,
  node: (nodeId: bigint) => `node/${nodeId}`,
  platform: (platformId: Hex) => `platform/${platformId.toLowerCase()}`,
  key: (key: Hex) => `key/${key.toLowerCase()}`,
  measurement: (role: number, measurementId: Hex) =>
    `measurement/${role}/${measurementId.toLowerCase()}`,
  /** Any measurement of a role: which one a machine has is not on chain. */
  measurements: (role: number) => `measurements/${role}`,
} as const

/** One text for a subject. */
export function nameOf({ kind, id }: SubjectName): string {
  return `${kind}/${id}`
}

/** Application, version and replica of a lease; undefined for another subject. */
export function leaseOf({
  kind,
  id,
}: SubjectName):
  | { readonly appId: bigint; readonly version: number; readonly replica: number }
  | undefined {
  const [appId, version, replica] = id.split('/')
  if (kind !== 'lease' || appId === undefined) return undefined
  return { appId: BigInt(appId), version: Number(version), replica: Number(replica) }
}
