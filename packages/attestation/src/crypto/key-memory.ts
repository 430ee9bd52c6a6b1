// Keys that a back end has read, so that it does not read them again. Pure.
import { latin1 } from '../bytes.ts'
import type { PublicKey } from './backend.ts'

/** Default of `maxKeys`. */
const DEFAULT_KEYS = 128

/** Where a back end looks for keys that it has read. */
export type KeyReader = {
  /** What `read` makes of the key, or undefined where the key is not to be held. */
  read<K>(key: PublicKey, read: () => K): K | undefined
}

/**
 * What one back end made of public keys, by their bytes; of no use to another back end. Holds at
 * most `maxKeys`, the oldest leaves first. For one appraisal, or for those that share a cache.
 */
export class KeyMemory implements KeyReader {
  readonly #keys = new Map<string, unknown>()
  readonly #usedOnce = new Set<string>()
  readonly #maxKeys: number

  constructor(maxKeys = DEFAULT_KEYS) {
    this.#maxKeys = maxKeys
  }

  /** Holds a key from its second use on: many keys sign one piece of evidence and no other. */
  readonly fromSecondUse: KeyReader = {
    read: (key, read) => {
      const id = idOf(key)
      if (this.#keys.has(id) || this.#usedOnce.delete(id)) return this.read(key, read)
      this.#usedOnce.add(id)
      const [oldest] = this.#usedOnce
      if (this.#usedOnce.size > this.#maxKeys && oldest !== undefined) this.#usedOnce.delete(oldest)
      return undefined
    },
  }

  /** Number of keys held. */
  get size(): number {
    return this.#keys.size
  }

  /** What `read` makes of the key, made now if it is not held. A failure is not held. */
  read<K>(publicKey: PublicKey, read: () => K): K {
    const id = idOf(publicKey)
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

function idOf({ kind, bytes }: PublicKey): string {
  return `${kind} ${latin1(bytes)}`
}
