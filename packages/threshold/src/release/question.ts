// What was asked of a member, in one digest that it signs beside its releases: which bytes a proof was about. Pure.
import { derivedItems, type DerivedKeyName } from '../derived/derived-key.ts'
import { exactly } from '../encryption/label.ts'
import type { CheckedCiphertext } from '../encryption/check.ts'
import type { Group } from '../group/group.ts'
import { digestOf, unsigned } from '../transcript/transcript.ts'
import type { Item, ReleaseRequest } from './batch.ts'
import { secretItems } from './release.ts'
import { KIND_NAMES, type ReleaseKind } from './wire.ts'

const QUESTION_TAG = 'wetee/threshold/v1 release request'
const ITEMS_TAG = 'wetee/threshold/v1 release items'

/** Secrets and derived keys of one request; either may be none. */
export type ReleaseQuestion = {
  readonly request: Omit<ReleaseRequest, 'epoch'>
  readonly ciphertexts: readonly CheckedCiphertext[]
  readonly names: readonly DerivedKeyName[]
}

/**
 * 32 bytes: request id, reader key, and for each kind a digest of every context and base, no bytes
 * where nothing of that kind is asked for. Throws ThresholdError `ciphertext.invalid`,
 * `argument.invalid`.
 */
export function releaseQuestionDigest(
  group: Group,
  { request, ciphertexts, names }: ReleaseQuestion,
): Uint8Array {
  return digestOf(
    QUESTION_TAG,
    exactly('requestId', request.requestId, 32),
    exactly('readerKey', request.readerKey, 32),
    itemsDigest('secrets', secretItems(ciphertexts)),
    itemsDigest('derived keys', derivedItems(group, names)),
  )
}

/** 32 bytes of one kind's items; no bytes for none. */
export function itemsDigest(kind: ReleaseKind, items: readonly Item[]): Uint8Array {
  if (items.length === 0) return new Uint8Array(0)
  return digestOf(
    ITEMS_TAG,
    KIND_NAMES[kind],
    unsigned(items.length, 2),
    ...items.flatMap(({ encoded, context }) => [context, encoded]),
  )
}
