// What has been verified before, by the digest of its bytes, so that it is not verified again. Pure.
import { bareHex, equalBytes, utf8 } from '../bytes.ts'
import type { CryptoBackend } from '../crypto/backend.ts'
import { KeyMemory } from '../crypto/key-memory.ts'
import type { Certificate } from '../x509/certificate.ts'

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
  readonly #texts: { readonly texts: readonly string[]; readonly digest: Uint8Array }[] = []
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

  /** The digest of a list of texts, made now unless it is among the last ones. */
  digestOf(texts: readonly string[], make: () => Uint8Array): Uint8Array {
    const known = this.#find(texts)
    if (known !== undefined) return known.digest
    const digest = make()
    this.#texts.unshift({ texts: [...texts], digest })
    this.#texts.length = Math.min(this.#texts.length, MAX_TEXTS)
    return digest
  }

  #find(texts: readonly string[]) {
    return this.#texts.find(
      (entry) =>
        entry.texts.length === texts.length &&
        entry.texts.every((text, index) => text === texts[index]),
    )
  }

  /** The result for `key`, made now if it is not held. A key stands for one type of result. */
  async remember<T>(key: string, make: () => Promise<T> | T): Promise<T> {
    if (this.#entries.has(key)) {
      const held = this.#entries.get(key) as T
      this.#entries.delete(key)
      this.#entries.set(key, held)
      return held
    }
    const made = await make()
    this.#entries.set(key, made)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest)
    return made
  }
}

/** What an appraisal works with. */
export type AppraisalContext = {
  /** The instant of the appraisal, milliseconds. */
  readonly atMs: number
  readonly crypto: CryptoBackend
  /** As `crypto.verify`, by the key of one machine or guest: few of those are seen again. */
  readonly verifyEvidence: CryptoBackend['verify']
  readonly cache: AppraisalCache | undefined
}

/** Makes the context of one appraisal; keys of vendors are read once in it. */
export function openContext(
  atMs: number,
  crypto: CryptoBackend,
  cache: AppraisalCache | undefined,
): AppraisalContext {
  const remembered = cache?.keysOf(crypto)
  const keys = remembered ?? new KeyMemory()
  return {
    atMs,
    cache: remembered && cache,
    verifyEvidence: (key, message, signature) =>
      crypto.verify(key, message, signature, remembered?.fromSecondUse),
    crypto: {
      verify: (key, message, signature) => crypto.verify(key, message, signature, keys),
      sha256: (...parts) => crypto.sha256(...parts),
    },
  }
}

/** The back end for keys that are worth holding from their second use on: reading RSA keys is dear. */
export function oneUse({ crypto, verifyEvidence }: AppraisalContext): CryptoBackend {
  return { ...crypto, verify: verifyEvidence }
}

/**
 * The result of `make`, which depends on `parts` alone; remembered under `kind` and the digest of
 * the parts where there is a cache.
 */
export async function remember<T>(
  { crypto, cache }: AppraisalContext,
  kind: string,
  parts: readonly Uint8Array[],
  make: () => Promise<T> | T,
): Promise<T> {
  if (cache === undefined) return make()
  return cache.remember(`${kind} ${bareHex(digestOf(parts, crypto))}`, make)
}

/** SHA-256 of texts, known without hashing where the cache has seen them lately. */
export function digestOfTexts(
  { crypto, cache }: AppraisalContext,
  texts: readonly string[],
): Uint8Array {
  const make = () => digestOf(texts.map(utf8), crypto)
  return cache === undefined ? make() : cache.digestOf(texts, make)
}

function digestOf(parts: readonly Uint8Array[], crypto: CryptoBackend): Uint8Array {
  // Lengths first, so that no two lists of parts give the same bytes.
  const lengths = Uint32Array.from(parts, ({ length }) => length)
  return crypto.sha256(new Uint8Array(lengths.buffer), ...parts)
}
