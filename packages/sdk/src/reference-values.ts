// The measurements that the Subnet accepts, with their names where a list knows them. Network I/O.
import { measurementIdOf, type ReferenceValue } from '@wetee/attestation'
import { teeClassBits } from '@wetee/manifest'
import type { Hex } from 'viem'
import { SdkError } from './error.ts'
import type { Network } from './network.ts'
import { dsecretRole, workerRole } from './reader.ts'

/** A measurement as the Subnet has it. */
export type ReferenceRecord = {
  /** For whose machines it counts: 1 workers and what runs on them, 2 dsecret nodes. */
  readonly role: number
  /** 32 bytes. */
  readonly measurementId: Hex
  /** Undefined for hardware that this program does not know. */
  readonly platform: keyof typeof teeClassBits | undefined
  readonly status: 'accepted' | 'deprecated' | 'revoked'
  /** First second at which it counts. */
  readonly validFrom: bigint
  /** First second at which a deprecated one no longer counts; 0 for others. */
  readonly until: bigint
  /** Whether evidence with it counts at the block that was read. */
  readonly counts: boolean
  /** The value of the list that has this measurement on this platform. */
  readonly named?: ReferenceValue
}

/** Most measurements that are read. */
const maxReferences = 1_024
/** Reads that are open at once. */
const batchSize = 16

const statuses = ['none', 'accepted', 'deprecated', 'revoked'] as const
const roles = [workerRole, dsecretRole]

/**
 * Every measurement that the Subnet has ever had a reference value for, as it stands at the newest
 * finalized block, in the order they were first set. `values` gives names (`parseReferenceValues`);
 * it makes nothing accepted. Throws `subnet.references-many` above 1,024 of them.
 */
export async function readReferenceValues(
  network: Network,
  { values = [] }: { readonly values?: readonly ReferenceValue[] } = {},
): Promise<ReferenceRecord[]> {
  const { number: at, timestamp } = await network.reader.finalized()
  const keys = await setKeys(network, at)
  const names = new Map(
    values.map((value) => [`${value.platform} ${measurementIdOf(value)}`, value]),
  )
  const records: ReferenceRecord[] = []
  for (let first = 0; first < keys.length; first += batchSize) {
    const batch = keys.slice(first, first + batchSize)
    const read = await Promise.all(
      batch.map(({ role, measurementId }) =>
        network.reader.view('subnet', 'referenceValue', [role, measurementId], at),
      ),
    )
    for (const [index, { status: number, teeClass, validFrom, until }] of read.entries()) {
      const key = batch[index]
      const status = statuses[number] ?? 'revoked'
      if (key === undefined || status === 'none') continue
      const platform = platformOf(teeClass)
      const named = names.get(`${platform} ${key.measurementId}`)
      const counts =
        timestamp >= validFrom &&
        (status === 'accepted' || (status === 'deprecated' && timestamp < until))
      records.push({
        ...key,
        platform,
        status,
        validFrom,
        until,
        counts,
        ...(named === undefined ? {} : { named }),
      })
    }
  }
  return records
}

async function setKeys(
  network: Network,
  at: bigint,
): Promise<{ readonly role: number; readonly measurementId: Hex }[]> {
  const events = await network.reader.events('subnet', 'ReferenceValueSet', {}, at)
  const keys = new Map<string, { role: number; measurementId: Hex }>()
  for (const { args } of events) {
    const { role, measurementId } = args as { role: number; measurementId: Hex }
    if (!roles.includes(role)) continue
    keys.set(`${role} ${measurementId}`, {
      role,
      measurementId: measurementId.toLowerCase() as Hex,
    })
  }
  if (keys.size > maxReferences)
    throw new SdkError(
      'subnet.references-many',
      `the Subnet has ${keys.size} reference values, at most ${maxReferences} are read`,
    )
  return [...keys.values()]
}

function platformOf(teeClass: number): ReferenceRecord['platform'] {
  const names = Object.keys(teeClassBits) as (keyof typeof teeClassBits)[]
  return names.find((name) => teeClassBits[name] === teeClass)
}
