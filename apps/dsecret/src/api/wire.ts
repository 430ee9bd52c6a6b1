// Leases, proofs and requests as JSON: integers of 64 bits as decimal strings, hex in lower case. Pure.
import type { AttestationLease, NodeProof } from '@wetee/chain'
import { z } from 'zod'
import { NodeError } from '../node-error.ts'

/** What a quorum signs about one piece of evidence. */
export type StatementRecord = AttestationLease | NodeProof

/** Most records in one signing request, as in the contracts. */
const MAX_BATCH = 64

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

/** AttestationLease on the wire. */
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

/** `POST /v1/appraise`; the evidence is read by its own parser. */
export const appraiseSchema = z.strictObject({
  evidence: z.record(z.string(), z.unknown()),
  operatorSignature: z
    .string()
    .regex(/^0x[0-9a-fA-F]{130}$/, 'expected 65 bytes of hex')
    .transform((value) => value as `0x${string}`),
})

/** `POST /v1/appraise-node`. */
export const appraiseNodeSchema = z.strictObject({ evidence: z.record(z.string(), z.unknown()) })

/** `POST /v1/sign-leases`. */
export const signLeasesSchema = z.strictObject({
  leases: z.array(leaseSchema).min(1).max(MAX_BATCH),
})

/** `POST /v1/sign-proofs`. */
export const signProofsSchema = z.strictObject({
  proofs: z.array(proofSchema).min(1).max(MAX_BATCH),
})

/** A node's signature over one batch. */
export const signatureSchema = z.object({
  epoch: uint64,
  expiry: uint64,
  member: z.int().min(0).max(63),
  signature: hex(65),
})

/** Reads a request's body. Throws NodeError `request.invalid`. */
export function parseRequest<T extends z.ZodType>(schema: T, text: string): z.output<T> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new NodeError('request.invalid', 'expected a body in JSON', { status: 400 })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'not as expected' }
  const where = path.length === 0 ? 'body' : path.map(String).join('.').slice(0, 100)
  throw new NodeError('request.invalid', `${where}: ${message.slice(0, 200)}`, { status: 400 })
}

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
