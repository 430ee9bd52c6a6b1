// Keys that a back end has read, so that it does not read them again. Pure.
import { latin1 } from '../bytes.ts'
import type { PublicKey } from './backend.ts'

/** Default of `maxKeys`. */
const DEFAULT_KEYS = 128

/** Where a back end looks for keys that it has read. */
export type KeyReader = {
  /** What `read` makes of the key, made now if it is not held. */
  read<K>(key: PublicKey, read: () => K): K
}

/**
 * What one back end made of public keys, by their bytes; of no use to another back end. Holds at
 * most `maxKeys`, the least recently used leave first.
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

  /** A key that is held. */
  find(id: string): unknown {
    const key = this.#keys.get(id)
    if (key !== undefined) this.hold(id, key)
    return key
  }

  /** Holds a key. */
  hold(id: string, key: unknown): void {
    this.#keys.delete(id)
    this.#keys.set(id, key)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > this.#maxKeys && oldest !== undefined) this.#keys.delete(oldest)
  }
}

/**
 * Keys of one appraisal: each is read once. Those that it reads itself get into the memory that it
 * shares with others only when they are handed on.
 */
export class AppraisalKeys implements KeyReader {
  readonly #own = new Map<string, unknown>()
  readonly #shared: KeyMemory | undefined

  constructor(shared?: KeyMemory) {
    this.#shared = shared
  }

  /** What `read` makes of the key, made now if nobody has read it. A failure is not held. */
  read<K>(publicKey: PublicKey, read: () => K): K {
    const id = idOf(publicKey)
    const known = this.#own.get(id) ?? this.#shared?.find(id)
    if (known !== undefined) return known as K
    const key = read()
    this.#own.set(id, key)
    return key
  }

  /** Hands a key on to the shared memory. Only for keys that a check has succeeded with. */
  share(publicKey: PublicKey): void {
    if (this.#shared === undefined) return
    const id = idOf(publicKey)
    const key = this.#own.get(id)
    if (key !== undefined) this.#shared.hold(id, key)
  }
}

function idOf({ kind, bytes }: PublicKey): string {
  return `${kind} ${latin1(bytes)}`
}
