// `POST /v1/release` as JSON (docs/reference/secrets.md). Pure.
import {
  readEvidenceDocument,
  type AppraisalCache,
  type EvidenceDocument,
} from '@wetee/attestation'
import { readReleaseItems, SecretsError, type ReleaseItems } from '@wetee/secrets'
import { z } from 'zod'
import { MAX_APPRAISE_BYTES } from '../api/limits.ts'
import { parseRequest } from '../api/wire.ts'
import type { Hex } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'

/** An appraisal, and 80 items. */
export const MAX_RELEASE_CALL_BYTES = MAX_APPRAISE_BYTES + 65_536

/** A request whose form is right; nothing in it is believed yet. */
export type ReleaseCall = {
  readonly document: EvidenceDocument
  readonly operatorSignature: Hex
  /** 32 bytes, lower case. */
  readonly requestId: Hex
  readonly items: ReleaseItems
  /** `releaseItemsDigest` of them. */
  readonly itemsDigest: Hex
  readonly signature: Hex
}

const signature = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{130}$/)])
const schema = z.strictObject({
  evidence: z.record(z.string(), z.unknown()),
  operatorSignature: signature,
  requestId: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]),
  secrets: z.array(z.unknown()).max(64),
  keys: z.array(z.unknown()).max(16),
  olderKey: z.unknown().optional(),
  signature,
})

/**
 * Reads a request's body; endorsements that `cache` was appraised with lately are not looked through again. Throws NodeError
 * `request.invalid`, `release.items-invalid`, AttestationError.
 */
export function parseReleaseCall(text: string, cache?: AppraisalCache): ReleaseCall {
  const { evidence, secrets, keys, olderKey, ...rest } = parseRequest(schema, text)
  const named = olderKey === undefined ? {} : { olderKey }
  const read = refusing(() => readReleaseItems({ secrets, keys, ...named }))
  return { ...rest, ...read, document: readEvidenceDocument(evidence, text, cache) }
}

/** What @wetee/secrets refuses is the asker's fault. Throws NodeError with its code. */
function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof SecretsError)) throw cause
    throw new NodeError(cause.code, cause.message, { status: 400, cause })
  }
}
