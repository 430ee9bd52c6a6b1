// Keys that a back end has read, so that it does not read them again. Pure.
import type { PublicKey } from './backend.ts'

/** Default of `maxKeys`. */
const DEFAULT_KEYS = 128

/**
 * What one back end made of public keys, by their bytes; of no use to another back end. Holds at
 * most `maxKeys`, the oldest leaves first. For one appraisal, or for those that share a cache.
 */
export class KeyMemory {
  readonly #keys = new Map<string, unknown>()
  readonly #maxKeys: number

  constructor(maxKeys = DEFAULT_KEYS) {
    this.#maxKeys = maxKeys
  }

  /** Number of keys held. */
  get size(): number {
    return this.#keys.size
  }

  /** What `read` makes of the key, made now if it is not held. A failure is not held. */
  read<K>({ kind, bytes }: PublicKey, read: () => K): K {
    const id = `${kind} ${String.fromCharCode(...bytes)}`
    if (this.#keys.has(id)) return this.#keys.get(id) as K
    const key = read()
    this.#keys.set(id, key)
    // Some back ends read keys later: what fails then is not held either.
    if (key instanceof Promise) key.catch(() => this.#keys.delete(id))
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > this.#maxKeys && oldest !== undefined) this.#keys.delete(oldest)
    return key
  }
}
