// Derived keys of this instance's application: asked of the network once for each key of it and path, kept in memory. Does network I/O
// through the source.
import { refusal } from '@wetee/tee-device'
import type { SecretSource } from '../secrets/secret-source.ts'

/** Keys that are kept; the one longest unused goes first. */
const MAX_KEYS = 64
/** Paths that are asked for at a time. */
const MAX_ASKED = 4

/** A key: its path, 1 to 256 bytes of UTF-8, and S of the older key of the network where it is that one's. */
export type KeyName = { readonly path: string; readonly olderKey?: `0x${string}` | undefined }

/** By path and network key. */
export class DerivedKeys {
  readonly #source: Pick<SecretSource, 'request'>
  readonly #keys = new Map<string, Uint8Array>()
  readonly #asked = new Map<string, Promise<void>>()

  constructor(source: Pick<SecretSource, 'request'>) {
    this.#source = source
  }

  /**
   * Runs `use` with the 32 bytes of a key, which it must not keep. Throws a refusal `key.busy` (429) while four others are being
   * asked for, and as SecretSource.request does.
   */
  async with<T>(name: KeyName, use: (key: Uint8Array) => T): Promise<T> {
    const text = JSON.stringify([name.path, name.olderKey])
    for (;;) {
      const key = this.#keys.get(text)
      if (key !== undefined) {
        this.#keys.delete(text)
        this.#keys.set(text, key)
        return use(key)
      }
      await this.#ask(text, name)
    }
  }

  /** Fills all keys with zeros. */
  close(): void {
    for (const key of this.#keys.values()) key.fill(0)
    this.#keys.clear()
  }

  #ask(text: string, name: KeyName): Promise<void> {
    const running = this.#asked.get(text)
    if (running !== undefined) return running
    if (this.#asked.size >= MAX_ASKED)
      throw refusal(429, 'key.busy', `${MAX_ASKED} other keys are being asked for: ask again`)
    const asking = this.#fetch(text, name).finally(() => this.#asked.delete(text))
    this.#asked.set(text, asking)
    return asking
  }

  async #fetch(text: string, { path, olderKey }: KeyName): Promise<void> {
    const named = olderKey === undefined ? {} : { olderKey }
    const { keys } = await this.#source.request({ secrets: [], keys: [path], ...named })
    const key = keys[0]
    if (key === undefined) throw new Error('a release without its key')
    this.#keys.set(text, key)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size <= MAX_KEYS || oldest === undefined) return
    this.#keys.get(oldest)?.fill(0)
    this.#keys.delete(oldest)
  }
}
