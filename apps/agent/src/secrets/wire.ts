// What dsecret nodes answer about secrets, read strictly; nothing in it is believed yet. Pure.
import { MAX_SEALED_SECRET_BYTES, fromBase64, type ReleaseItems } from '@wetee/secrets'
import * as z from 'zod'
import { address, firstProblem, hex, uint, uint64 } from '../launch/fields.ts'
import { NodeRefusal } from '../nodes/node-call.ts'
import type { SecretName } from './plan.ts'

/** Members of a committee at most (@wetee/threshold). */
const MAX_MEMBERS = 256
/** Bytes of `GET /v1/epochs/S` at most. */
export const MAX_EPOCH_BYTES = 65_536
/** HPKE: encapsulation, and what sealing adds. */
const ENC_BYTES = 32
const SEALING_BYTES = 16

/** An epoch as a node tells it. */
export type EpochAnswer = {
  readonly epoch: bigint
  readonly threshold: number
  /** Indexes of the dealers, as the node says; a report of a wrong release names them. */
  readonly qualified: readonly number[]
  /** By index from 1; null for a share of zero. */
  readonly publicShares: readonly (`0x${string}` | null)[]
}

/** A node's release before its seal is opened. */
export type ReplyAnswer = {
  readonly epoch: bigint
  /** Of the member, from 1, as the node says. */
  readonly index: number
  readonly enc: Uint8Array
  readonly sealed: Uint8Array
  /** Over ReleaseReply, by the statement key that the sealed answer names. */
  readonly signature: `0x${string}`
}

/** A secret as the chain has it now; version 0: not set, or removed. */
export type NamedSecret = SecretName & {
  readonly version: number
  /** 64 hex digits. */
  readonly digest: string
  /** Whoever set this version: part of its label. */
  readonly owner: `0x${string}`
}

const index = z.number().int().min(1).max(MAX_MEMBERS)
const base64 = z.string().transform((text, context) => {
  const bytes = fromBase64(text)
  if (bytes !== undefined) return bytes
  context.addIssue('expected base64')
  return z.NEVER
})

const epochSchema = z.object({
  epoch: uint64,
  threshold: index,
  qualified: z.array(index).max(MAX_MEMBERS),
  publicShares: z.array(hex(33).nullable()).min(1).max(MAX_MEMBERS),
})
const replySchema = z.object({
  nodeId: uint64,
  epoch: uint64,
  index,
  enc: base64.refine((bytes) => bytes.length === ENC_BYTES, `expected ${ENC_BYTES} bytes`),
  sealed: base64,
  signature: hex(65),
})
const currentSchema = z.object({
  error: z.object({
    current: z
      .array(
        z.object({
          appId: uint64.transform(String),
          name: z.string().max(64),
          version: uint(0xffff_ffff),
          digest: z.string().regex(/^[0-9a-f]{64}$/),
          owner: address,
        }),
      )
      .max(64),
  }),
})

/** Code with which a node names the current versions. */
export const VERSION_DIFFERS = 'secret.version-differs'

/** Reads an epoch. Throws NodeRefusal `node.answer-invalid`. */
export function parseEpoch(value: unknown): EpochAnswer {
  return parse(epochSchema, value)
}

/** Reads the reply of node `nodeId`. Throws NodeRefusal `node.answer-invalid`. */
export function parseReply(value: unknown, nodeId: bigint): ReplyAnswer {
  const reply = parse(replySchema, value)
  if (reply.nodeId !== nodeId)
    throw new NodeRefusal('node.answer-invalid', `the reply names node ${reply.nodeId}`)
  return reply
}

/**
 * The versions that a node names instead of those it was asked for: of exactly these secrets, in this order. Throws NodeRefusal
 * `node.answer-invalid`.
 */
export function parseCurrent(value: unknown, asked: readonly SecretName[]): NamedSecret[] {
  const { current } = parse(currentSchema, value).error
  const same =
    current.length === asked.length &&
    asked.every(({ appId, name }, at) => current[at]?.appId === appId && current[at].name === name)
  if (!same) throw new NodeRefusal('node.answer-invalid', 'other secrets than were asked for')
  return current
}

/** Bytes of a reply to these items at most. */
export function maxReplyBytes({ secrets }: Pick<ReleaseItems, 'secrets'>): number {
  const inner = secrets.length * (base64Bytes(MAX_SEALED_SECRET_BYTES) + 100) + 32_768
  return base64Bytes(inner + SEALING_BYTES) + 4_096
}

function base64Bytes(size: number): number {
  return 4 * Math.ceil(size / 3)
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new NodeRefusal('node.answer-invalid', firstProblem(parsed.error).slice(0, 300))
}
