// The policy that a secret is encrypted under: who may be given it, beside what the chain says. Pure.
import { bytesToHex } from '@noble/hashes/utils.js'
import { digestOf } from '@wetee/threshold'
import { z } from 'zod'
import { readCanonical, writeCanonical, type CanonicalForm } from './canonical.ts'
import { hex32, isAscending, type Hex } from './fields.ts'

/** First field of every policy. */
const POLICY_FORMAT = 'wetee/secret-policy/v1'
/** Bytes of a policy's text at most. */
export const MAX_POLICY_BYTES = 4_096
/** Measurements that a policy names at most. */
export const MAX_POLICY_MEASUREMENTS = 48

/** Conditions that all have to hold; nothing in it means "any". */
export type Policy = {
  /**
   * `dao`: what the DAO's reference values accept at the time; else the measurement ids that are
   * accepted (and that the DAO accepts as well), 1 to 48, ascending.
   */
  readonly measurements: 'dao' | readonly Hex[]
  /** Least security level in the terms of the reader's version, 0 to 255. */
  readonly minLevel: number
  /** Bits of `teeClassBits`: 1 TDX, 2 SEV-SNP, 4 SGX; 1 to 255, never 0. */
  readonly teeClasses: number
}

const schema = z.strictObject({
  format: z.literal(POLICY_FORMAT),
  measurements: z.union([
    z.literal('dao'),
    z
      .array(hex32)
      .min(1)
      .max(MAX_POLICY_MEASUREMENTS)
      .refine(isAscending, 'expected ids in ascending order, none twice'),
  ]),
  minLevel: z.int().min(0).max(255),
  teeClasses: z.int().min(1).max(255),
})
const form: CanonicalForm<typeof schema> = {
  what: 'policy',
  code: 'policy.invalid',
  schema,
  maxBytes: MAX_POLICY_BYTES,
}

/** The policy's RFC 8785 text. Throws SecretsError `policy.invalid`. */
export function serializePolicy({ measurements, minLevel, teeClasses }: Policy): string {
  const ids = measurements === 'dao' ? measurements : [...measurements]
  return writeCanonical(form, { format: POLICY_FORMAT, measurements: ids, minLevel, teeClasses })
}

/** Reads a policy in its RFC 8785 form. Throws SecretsError `policy.invalid`. */
export function parsePolicy(text: string): Policy {
  const { measurements, minLevel, teeClasses } = readCanonical(form, text)
  return { measurements, minLevel, teeClasses }
}

/** What the label and the chain name a policy by: SHA-256 of a frame around its text. */
export function policyDigest(text: string): Hex {
  return `0x${bytesToHex(digestOf(POLICY_FORMAT, new TextEncoder().encode(text)))}`
}

/** What of an appraised reader a policy is held against. */
export type ReaderFacts = {
  /** One bit of `teeClassBits`. */
  readonly teeClass: number
  /** Security level in the terms of the reader's version. */
  readonly level: number
  /** Accepted by the DAO's reference values; lower-case hex. */
  readonly measurementId: Hex
}

/** The first condition that does not hold, in words; undefined when all do. */
export function policyProblem(policy: Policy, reader: ReaderFacts): string | undefined {
  const { measurements, minLevel, teeClasses } = policy
  if ((teeClasses & reader.teeClass) === 0)
    return `the policy allows the TEE classes ${teeClasses}, the reader runs on ${reader.teeClass}`
  if (reader.level < minLevel)
    return `the policy asks for level ${minLevel}, the reader's terms say ${reader.level}`
  if (measurements !== 'dao' && !measurements.includes(reader.measurementId))
    return `the policy does not name the reader's measurement ${reader.measurementId}`
  return undefined
}
