// The attestation lease as dsecret nodes answer it, and whether it speaks of this instance. Pure.
import * as z from 'zod'
import { address, hex, uint, uint64 } from '../launch/fields.ts'

const decimal = uint64.transform(String)

/** AttestationLease in JSON: 64-bit integers as decimal strings, hex in lower case. */
export const leaseSchema = z.strictObject({
  appId: decimal,
  version: uint(0xffff_ffff),
  replica: uint(0xffff),
  workerId: decimal,
  platformId: hex(32),
  instanceKey: address,
  hpkeKey: hex(32),
  tlsKeyHash: hex(32),
  measurementId: hex(32),
  evidenceBlock: decimal,
  notBefore: decimal,
  notAfter: decimal,
  evidenceDigest: hex(32),
})

/** A lease that a node says it will sign. */
export type Lease = z.infer<typeof leaseSchema>

/** The fields that follow from what the agent itself has sent. */
export type ExpectedLease = Pick<
  Lease,
  | 'appId'
  | 'version'
  | 'replica'
  | 'workerId'
  | 'instanceKey'
  | 'hpkeKey'
  | 'tlsKeyHash'
  | 'evidenceBlock'
  | 'evidenceDigest'
>

/** The first field in which a lease speaks of something else, or whose times are no interval. */
export function leaseMismatch(lease: Lease, expected: ExpectedLease): string | undefined {
  for (const field of Object.keys(expected) as (keyof ExpectedLease)[])
    if (lease[field] !== expected[field]) return field
  return BigInt(lease.notAfter) > BigInt(lease.notBefore) ? undefined : 'notAfter'
}

/** The same text for equal leases, whatever the order of their fields. */
export function leaseText(lease: Lease): string {
  const fields = Object.keys(leaseSchema.shape) as (keyof Lease)[]
  return JSON.stringify(fields.map((field) => lease[field]))
}
