// Leases and proofs as JSON between worker, agent and dsecret nodes: integers of 64 bits as decimal strings, hex in lower case. Pure.
import { z } from 'zod'
import type { AttestationLease, NodeProof } from './types.ts'

/** What a quorum signs about one piece of evidence. */
export type StatementRecord = AttestationLease | NodeProof

/** Most members that a committee has, as in `Quorum.sol`. */
const MAX_MEMBERS = 64

/** An unsigned integer of 64 bits: decimal text, parsed to a bigint. */
export const uint64Schema = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,19})$/)
  .transform(BigInt)
  .refine((value) => value < 2n ** 64n, 'more than 64 bits')

/** An address in any case, parsed to lower case. */
export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((value) => value.toLowerCase() as `0x${string}`)

/** Exactly so many bytes as lower-case hex. */
export const hexSchema = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))])

/** AttestationLease on the wire. */
export const leaseSchema = z.strictObject({
  appId: uint64Schema,
  version: z.int().min(0).max(0xffff_ffff),
  replica: z.int().min(0).max(0xffff),
  workerId: uint64Schema,
  platformId: hexSchema(32),
  instanceKey: addressSchema,
  hpkeKey: hexSchema(32),
  tlsKeyHash: hexSchema(32),
  measurementId: hexSchema(32),
  evidenceBlock: uint64Schema,
  notBefore: uint64Schema,
  notAfter: uint64Schema,
  evidenceDigest: hexSchema(32),
})

/** NodeProof on the wire. */
export const proofSchema = z.strictObject({
  role: z.int().min(1).max(2),
  nodeId: uint64Schema,
  platformId: hexSchema(32),
  statementKey: addressSchema,
  encryptionKey: hexSchema(33),
  tlsKeyHash: hexSchema(32),
  measurementId: hexSchema(32),
  evidenceBlock: uint64Schema,
  notBefore: uint64Schema,
  notAfter: uint64Schema,
  evidenceDigest: hexSchema(32),
})

/** A node's signature over one batch; `member` is its index in the committee of `epoch`. */
export const signatureSchema = z.object({
  epoch: uint64Schema,
  expiry: uint64Schema,
  member: z
    .int()
    .min(0)
    .max(MAX_MEMBERS - 1),
  signature: hexSchema(65),
})

/** JSON form: bigints as decimal strings. */
export function toWire(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'bigint' ? String(value) : value,
    ]),
  )
}

/** The same text for equal records, whatever the order of their fields. */
export function recordText(record: StatementRecord): string {
  return JSON.stringify(Object.entries(toWire(record)).sort(([a], [b]) => (a < b ? -1 : 1)))
}
