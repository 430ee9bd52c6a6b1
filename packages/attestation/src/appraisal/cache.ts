// What has been verified before, by the digest of its bytes, so that it is not verified again. Pure.
import { bareHex, equalBytes, utf8, type Hex } from '../bytes.ts'
import type { CryptoBackend } from '../crypto/backend.ts'
import { KeyMemory } from '../crypto/key-memory.ts'
import { SignatureChecks } from '../crypto/signature-checks.ts'
import type { Certificate } from '../x509/certificate.ts'

/** A list of texts, whole, its digest, and what its content is named by once that was asked for. */
type KnownTexts = {
  readonly texts: readonly string[]
  readonly digest: Uint8Array
  content?: Hex
}

/** Default of `maxEntries`. */
const DEFAULT_ENTRIES = 1024
/** Lists of texts that are known without hashing them; a verifier has few that are current. */
const MAX_TEXTS = 8
/** Roots that are known without hashing them; a trust store has at most as many. */
const MAX_READ_ROOTS = 16

/**
 * Remembers results that follow from bytes alone: certificate chains, collateral, quoting enclaves.
 * Nothing that depends on time or on a policy is kept, and no failure, so that an appraisal gives
 * the same answer with and without it. Holds at most `maxEntries` results, the least recently used
 * leaves first; each is bounded by the limits on what it was read from, about 1 MiB at worst and
 * 100 KiB for real collateral. What one back end has verified is not used for another: a cache
 * serves the first one that it is given with, and no other.
 */
export class AppraisalCache {
  readonly #entries = new Map<string, unknown>()
  readonly #maxEntries: number
  readonly #keys = new KeyMemory()
  readonly #texts: KnownTexts[] = []
  readonly #roots: Certificate[] = []
  #owner: CryptoBackend | undefined

  /** Throws RangeError for `maxEntries` that is no whole number above zero. */
  constructor({ maxEntries = DEFAULT_ENTRIES }: { readonly maxEntries?: number } = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1)
      throw new RangeError(`maxEntries is ${maxEntries}, expected a whole number above zero`)
    this.#maxEntries = maxEntries
  }

  /** Number of results held. */
  get size(): number {
    return this.#entries.size
  }

  /** Keys that this back end has read; undefined where the cache serves another one. */
  keysOf(crypto: CryptoBackend): KeyMemory | undefined {
    this.#owner ??= crypto
    return this.#owner === crypto ? this.#keys : undefined
  }

  /** A certificate that is among the last roots that were read, byte for byte, or `read` now. */
  rootOf(der: Uint8Array, read: () => Certificate): Certificate {
    const known = this.#roots.find((root) => equalBytes(root.der, der))
    if (known !== undefined) return known
    const root = read()
    this.#roots.unshift(root)
    this.#roots.length = Math.min(this.#roots.length, MAX_READ_ROOTS)
    return root
  }

  /** Whether a list of texts is among the last ones whose digest was asked for. */
  knows(texts: readonly string[]): boolean {
    return this.#find(texts) !== undefined
  }

  /** The digest of a list of texts that is among the last ones. */
  digestOf(texts: readonly string[]): Uint8Array | undefined {
    return this.#find(texts)?.digest
  }

  /** Holds the digest of a list of texts. */
  holdDigest(texts: readonly string[], digest: Uint8Array): void {
    if (this.knows(texts)) return
    this.#texts.unshift({ texts: [...texts], digest })
    this.#texts.length = Math.min(this.#texts.length, MAX_TEXTS)
  }

  /** What `make` gives for a list of texts, made once while it is among the last ones; it has to follow from the texts alone. */
  contentOf(texts: readonly string[], make: () => Hex): Hex {
    const known = this.#find(texts)
    return known === undefined ? make() : (known.content ??= make())
  }

  #find(texts: readonly string[]) {
    return this.#texts.find(
      (entry) =>
        entry.texts.length === texts.length &&
        entry.texts.every((text, index) => text === texts[index]),
    )
  }

  /** The result that is held for `key`. A key stands for one type of result. */
  find<T extends object | true>(key: string): T | undefined {
    const held = this.#entries.get(key) as T | undefined
    if (held !== undefined) this.hold(key, held)
    return held
  }

  /** Holds a result; only what has been verified. */
  hold(key: string, result: object | true): void {
    this.#entries.delete(key)
    this.#entries.set(key, result)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest)
  }
}

/** What an appraisal works with. */
export type AppraisalContext = {
  /** The instant of the appraisal, milliseconds. */
  readonly atMs: number
  readonly sha256: CryptoBackend['sha256']
  readonly checks: SignatureChecks
  readonly cache: AppraisalCache | undefined
}

/** What the context of an appraisal is made of. */
export type ContextOptions = {
  readonly atMs: number
  readonly crypto: CryptoBackend
  readonly cache: AppraisalCache | undefined
}

/**
 * The answer of `read`, once all signature checks that it started have succeeded. Throws what the
 * first of them that fails throws, else what `read` throws: in the order of `read`, a check comes
 * before all that is read after it.
 */
export async function appraiseWith<T>(
  { atMs, crypto, cache }: ContextOptions,
  read: (context: AppraisalContext) => Promise<T> | T,
): Promise<T> {
  const keys = cache?.keysOf(crypto)
  const checks = new SignatureChecks(crypto, keys)
  const sha256: CryptoBackend['sha256'] = (...parts) => crypto.sha256(...parts)
  try {
    return await read({ atMs, sha256, checks, cache: keys && cache })
  } finally {
    await checks.settle()
  }
}

/**
 * The result of `make`, which depends on `parts` alone; remembered under `kind` and the digest of
 * the parts where there is a cache, once the checks that `make` started have succeeded.
 */
export async function remember<T extends object | true>(
  context: AppraisalContext,
  kind: string,
  parts: readonly Uint8Array[],
  make: () => Promise<T> | T,
): Promise<T> {
  const { cache, checks } = context
  if (cache === undefined) return make()
  const key = entryKey(context, kind, parts)
  const held = cache.find<T>(key)
  if (held !== undefined) return held
  const made = await make()
  checks.afterwards(() => cache.hold(key, made))
  return made
}

/** The key of a result of `kind` that depends on `parts` alone. */
export function entryKey(
  context: Pick<AppraisalContext, 'sha256'>,
  kind: string,
  parts: readonly Uint8Array[],
): string {
  return `${kind} ${bareHex(digestOf(parts, context))}`
}

/** SHA-256 of texts, known without hashing where the cache has seen them lately. */
export function digestOfTexts(context: AppraisalContext, texts: readonly string[]): Uint8Array {
  const { cache, checks } = context
  const known = cache?.digestOf(texts)
  if (known !== undefined) return known
  const digest = digestOf(texts.map(utf8), context)
  checks.afterwards(() => cache?.holdDigest(texts, digest))
  return digest
}

function digestOf(
  parts: readonly Uint8Array[],
  { sha256 }: Pick<AppraisalContext, 'sha256'>,
): Uint8Array {
  // Lengths first, so that no two lists of parts give the same bytes.
  const lengths = Uint32Array.from(parts, ({ length }) => length)
  return sha256(new Uint8Array(lengths.buffer), ...parts)
}
