// Leases and proofs as JSON between worker, agent and dsecret nodes: integers of 64 bits as decimal strings. Pure.
import { z } from 'zod'
import type { AttestationLease, NodeProof } from '../chain/records.ts'

const uint64 = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,19})$/)
  .transform(BigInt)
  .refine((value) => value < 2n ** 64n, 'more than 64 bits')
const hex = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))])
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((value) => value.toLowerCase() as `0x${string}`)

/** AttestationLease on the wire; parses to the form that the contract takes. */
export const leaseSchema = z.strictObject({
  appId: uint64,
  version: z.int().min(0).max(0xffff_ffff),
  replica: z.int().min(0).max(0xffff),
  workerId: uint64,
  platformId: hex(32),
  instanceKey: address,
  hpkeKey: hex(32),
  tlsKeyHash: hex(32),
  measurementId: hex(32),
  evidenceBlock: uint64,
  notBefore: uint64,
  notAfter: uint64,
  evidenceDigest: hex(32),
})

/** NodeProof on the wire. */
export const proofSchema = z.strictObject({
  role: z.int().min(1).max(2),
  nodeId: uint64,
  platformId: hex(32),
  statementKey: address,
  encryptionKey: hex(33),
  tlsKeyHash: hex(32),
  measurementId: hex(32),
  evidenceBlock: uint64,
  notBefore: uint64,
  notAfter: uint64,
  evidenceDigest: hex(32),
})

/** A node's signature over a batch. */
export const signatureSchema = z.object({
  epoch: uint64,
  expiry: uint64,
  member: z.union([z.int().min(0), uint64]).optional(),
  signature: hex(65),
})

/** What the agent says when a threshold has appraised it. */
export const appraisedSchema = z.strictObject({
  evidenceDigest: hex(32),
  lease: leaseSchema,
  nodes: z.array(uint64).min(1).max(64),
})

/** What the agent asks the operator to sign. */
export const authorizeSchema = z.strictObject({ instanceKey: address, evidenceBlock: uint64 })

/** JSON form of a lease or proof: bigints as decimal strings. */
export function toWire(record: AttestationLease | NodeProof): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? String(value) : value,
    ]),
  )
}

/** The same text for equal records, whatever the order of their fields. */
export function recordText(record: AttestationLease | NodeProof): string {
  return JSON.stringify(Object.entries(toWire(record)).sort(([a], [b]) => (a < b ? -1 : 1)))
}
