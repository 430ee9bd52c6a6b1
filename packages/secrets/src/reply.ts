// A node's answer to a release: what is sealed for the reader, and what the node signs beside it. Pure.
import { frame, unsigned } from '@wetee/threshold'
import { z } from 'zod'
import { base64Length, fromBase64, writeBase64 } from './base64.ts'
import { readValue } from './canonical.ts'
import { SecretsError } from './error.ts'
import { bytesOf, digestHex, hex20, type Hex } from './fields.ts'
import { MAX_RELEASE_SECRETS } from './items.ts'
import { MAX_SEALED_SECRET_BYTES } from './sealed-secret.ts'

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const INFO_TAG = 'wetee/release-reply/v1'
/** Bytes of a release of 64 items. */
const MAX_RELEASE_BYTES = 14 + 33 * 256 + 64

/** Bytes of an answer's text at most: 64 sealed secrets and two releases in base64, and their names. */
const MAX_ANSWER_BYTES =
  MAX_RELEASE_SECRETS * (base64Length(MAX_SEALED_SECRET_BYTES) + 100) + 32_768

/** Whom an answer is from and to: HPKE binds it, so no answer opens as another one. */
export type ReplyContext = {
  readonly chainId: bigint
  /** Contract Cloud. */
  readonly cloud: Hex
  readonly nodeId: bigint
  /** 32 bytes. */
  readonly requestId: Hex
}

/** What a node says to the reader alone. */
export type ReleaseAnswer = {
  /** The node's own, which the proofs of its releases bind: 20 bytes, lower case. */
  readonly statementKey: Hex
  /** Release bytes (@wetee/threshold); absent when no secret was asked for. */
  readonly secrets: Uint8Array | undefined
  /** Release bytes of derived keys; absent when no key was asked for. */
  readonly keys: Uint8Array | undefined
  /** Sealed secrets by digest, 64 hex digits without `0x`. */
  readonly ciphertexts: ReadonlyMap<string, Uint8Array>
}

/** `info` of HPKE: frame of chain id (256 bits), Cloud, node (64 bits) and request id. */
export function replyInfo({ chainId, cloud, nodeId, requestId }: ReplyContext): Uint8Array {
  return frame(
    INFO_TAG,
    unsigned(chainId, 32),
    bytesOf('cloud', cloud, 20),
    unsigned(nodeId, 8),
    bytesOf('requestId', requestId, 32),
  )
}

/**
 * The answer as JSON text in UTF-8; the caller fills it with zeros, and no other copy of the releases is left. Throws SecretsError
 * `release.answer-malformed`.
 */
export function encodeAnswer(answer: ReleaseAnswer): Uint8Array {
  const { statementKey, secrets, keys, ciphertexts } = answer
  bytesOf('statementKey', statementKey, 20)
  const sealed = [...ciphertexts].flatMap(([digest, bytes], at) => [
    `${at === 0 ? '' : ','}"${digest}":"`,
    bytes,
    '"',
  ])
  const quoted = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? ['null'] : ['"', bytes, '"']
  return joinParts([
    `{"statementKey":"${statementKey}","secrets":`,
    ...quoted(secrets),
    ',"keys":',
    ...quoted(keys),
    ',"ciphertexts":{',
    ...sealed,
    '}}',
  ])
}

/** Texts in ASCII as they are, bytes in base64. */
function joinParts(parts: readonly (string | Uint8Array)[]): Uint8Array {
  const length = parts.reduce(
    (sum, part) => sum + (typeof part === 'string' ? part.length : base64Length(part.length)),
    0,
  )
  if (length > MAX_ANSWER_BYTES) throw malformed(`at most ${MAX_ANSWER_BYTES} bytes`)
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts)
    if (typeof part === 'string') at += ENCODER.encodeInto(part, whole.subarray(at)).written
    else at = writeBase64(whole, at, part)
  return whole
}

const schema = z.strictObject({
  statementKey: hex20,
  secrets: base64(MAX_RELEASE_BYTES).nullable(),
  keys: base64(MAX_RELEASE_BYTES).nullable(),
  ciphertexts: z
    .record(digestHex, base64(MAX_SEALED_SECRET_BYTES))
    .refine((all) => Object.keys(all).length <= MAX_RELEASE_SECRETS, 'expected at most 64'),
})

/** Reads an answer; what is in it is checked by nothing yet. Throws SecretsError `release.answer-malformed`. */
export function parseAnswer(bytes: Uint8Array): ReleaseAnswer {
  if (bytes.length > MAX_ANSWER_BYTES) throw malformed(`at most ${MAX_ANSWER_BYTES} bytes`)
  let value: unknown
  try {
    value = JSON.parse(DECODER.decode(bytes))
  } catch {
    // Not the cause: what was sealed does not belong into a message.
    throw malformed('one JSON document')
  }
  const form = { what: 'an answer', code: 'release.answer-malformed', schema } as const
  const { statementKey, secrets, keys, ciphertexts } = readValue(form, value)
  return {
    statementKey,
    secrets: secrets ?? undefined,
    keys: keys ?? undefined,
    ciphertexts: new Map(Object.entries(ciphertexts)),
  }
}

function base64(maxBytes: number) {
  return z
    .string()
    .max(base64Length(maxBytes))
    .transform((text, context) => {
      const bytes = fromBase64(text)
      if (bytes !== undefined) return bytes
      context.addIssue('expected base64')
      return z.NEVER
    })
}

function malformed(expected: string): SecretsError {
  return new SecretsError('release.answer-malformed', `an answer: expected ${expected}`)
}
