// What an instance asks for in one request, and the digest of it that it signs. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { readValue, writeOrdered, type CanonicalForm } from './canonical.ts'
import {
  digestHex,
  keyPath,
  positive64,
  secretName,
  secretVersion,
  verificationKey,
  type Hex,
} from './fields.ts'

/** Secrets in one request at most. */
export const MAX_RELEASE_SECRETS = 64
/** Derived keys in one request at most. */
export const MAX_RELEASE_KEYS = 16

/** One version of one secret. */
export type SecretItem = {
  /** Application that the secret belongs to, decimal. */
  readonly appId: string
  readonly name: string
  /** From 1; 0 with UNKNOWN_DIGEST: whoever asks does not know the current version and is told. */
  readonly version: number
  /** Of the ciphertext, 64 hex digits without `0x`. */
  readonly digest: string
}

/** Digest of an item whose current version is not known. */
export const UNKNOWN_DIGEST = '0'.repeat(64)

/** Secrets and paths of derived keys, at least one item together, none twice. */
export type ReleaseItems = {
  readonly secrets: readonly SecretItem[]
  readonly keys: readonly string[]
  /** S of the older key that derived keys are asked under, and nothing else; absent: all under the instance's own. */
  readonly olderKey?: Hex | undefined
}

const itemSchema = z
  .strictObject({
    appId: positive64,
    name: secretName,
    version: z.union([z.literal(0), secretVersion]),
    digest: digestHex,
  })
  .refine(
    ({ version, digest }) => (version === 0) === (digest === UNKNOWN_DIGEST),
    'version 0 and a digest of zeros go together',
  )
const schema = z
  .strictObject({
    secrets: z
      .array(itemSchema)
      .max(MAX_RELEASE_SECRETS)
      .refine(
        (items) =>
          allDiffer(items.map(({ appId, name }) => `${appId}/${name}`)) &&
          allDiffer(items.map(({ digest }) => digest).filter((it) => it !== UNKNOWN_DIGEST)),
        'a secret is named twice',
      ),
    keys: z.array(keyPath).max(MAX_RELEASE_KEYS).refine(allDiffer, 'a key is named twice'),
    olderKey: verificationKey.optional(),
  })
  .refine(
    ({ secrets, olderKey }) => olderKey === undefined || secrets.length === 0,
    'an older key is named for derived keys alone',
  )
  .refine(({ secrets, keys }) => secrets.length + keys.length > 0, 'nothing is asked for')
// Of 80 items: 64 of at most 230 bytes and 16 paths of 256, each byte six of JSON.
const form: CanonicalForm<typeof schema> = {
  what: 'items',
  code: 'release.items-invalid',
  schema,
  maxBytes: 65_536,
}

/** Reads the items of a request that was JSON. Throws SecretsError `release.items-invalid`. */
export function parseReleaseItems(value: unknown): ReleaseItems {
  return readValue(form, value)
}

/** Items as `parseReleaseItems` reads them, and their digest. Throws SecretsError `release.items-invalid`. */
export function readReleaseItems(value: unknown): {
  readonly items: ReleaseItems
  readonly itemsDigest: Hex
} {
  let items: ReleaseItems | undefined
  const text = writeOrdered(form, value, (read) => ordered((items = read)))
  return { items: items!, itemsDigest: digestOfText(text) }
}

/**
 * SHA-256 of the items' RFC 8785 text, in the order that they are asked for: `itemsDigest` of a
 * ReleaseRequest. Throws SecretsError `release.items-invalid`.
 */
export function releaseItemsDigest({ secrets, keys, olderKey }: ReleaseItems): Hex {
  const named = { keys: [...keys], ...(olderKey === undefined ? {} : { olderKey }) }
  const items = secrets.map(({ appId, digest, name, version }) => ({
    appId,
    digest,
    name,
    version,
  }))
  return digestOfText(writeOrdered(form, { ...named, secrets: items }, ordered))
}

/** Fields in the order of RFC 8785. */
function ordered({ secrets, keys, olderKey }: ReleaseItems) {
  return {
    keys,
    ...(olderKey === undefined ? {} : { olderKey }),
    secrets: secrets.map(({ appId, digest, name, version }) => ({ appId, digest, name, version })),
  }
}

function digestOfText(text: string): Hex {
  return `0x${bytesToHex(sha256(utf8ToBytes(text)))}`
}

function allDiffer(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length
}
