// Sealed secrets on disk, one file for each digest in a folder for each application, bounded. File I/O, synchronously.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { MAX_SEALED_SECRET_BYTES } from '@wetee/secrets'
import { NodeError, unable } from '../node-error.ts'

/** Bounds of a store. */
export type StoreLimits = {
  readonly files: number
  readonly bytes: number
  readonly filesOfApp: number
  readonly bytesOfApp: number
}

/** 64 secrets of 65 KiB fit sixteen times into what an application has. */
const STORE_LIMITS: StoreLimits = {
  files: 131_072,
  bytes: 4 * 2 ** 30,
  filesOfApp: 1_024,
  bytesOfApp: 64 * 2 ** 20,
}

/** One file. */
export type StoredFile = { readonly appId: bigint; readonly digest: string; readonly bytes: number }

const DIGEST = /^[0-9a-f]{64}$/
const APP_ID = /^[1-9][0-9]{0,19}$/
const PARTIAL = '.partial'

/** What it holds is what its caller has checked; a file may still have rotted, so what is read is checked again. */
export class CiphertextStore {
  readonly #folder: string
  readonly #limits: StoreLimits
  readonly #files = new Map<string, StoredFile>()
  readonly #apps = new Map<bigint, { files: number; bytes: number }>()
  #bytes = 0

  /** Opens the folder, made when missing; what was written by halves goes. Throws NodeError `ciphertext.store-unusable`. */
  constructor(folder: string, limits: StoreLimits = STORE_LIMITS) {
    this.#folder = folder
    this.#limits = limits
    this.#guard(() => this.#load())
  }

  /** Files and bytes in it. */
  get size(): { readonly files: number; readonly bytes: number } {
    return { files: this.#files.size, bytes: this.#bytes }
  }

  has(digest: string): boolean {
    return this.#files.has(digest)
  }

  /** All files, oldest first as far as this process has seen them come. */
  list(): readonly StoredFile[] {
    return [...this.#files.values()]
  }

  /** Those of one application. */
  listOf(appId: bigint): readonly StoredFile[] {
    return this.list().filter((file) => file.appId === appId)
  }

  /** The bytes; undefined for what is not here or cannot be read. */
  get(digest: string): Uint8Array | undefined {
    const file = this.#files.get(digest)
    if (file === undefined) return undefined
    try {
      const path = this.#pathOf(file)
      if (statSync(path).size > MAX_SEALED_SECRET_BYTES) return undefined
      return new Uint8Array(readFileSync(path))
    } catch {
      return undefined
    }
  }

  /** What has to go before an application may have so many bytes more; below zero: nothing. */
  excess(appId: bigint, bytes: number): { readonly files: number; readonly bytes: number } {
    const held = this.#apps.get(appId) ?? { files: 0, bytes: 0 }
    const { filesOfApp, bytesOfApp } = this.#limits
    return { files: held.files + 1 - filesOfApp, bytes: held.bytes + bytes - bytesOfApp }
  }

  /**
   * Writes a file beside, syncs and renames it: it is there whole or not at all. One that is there stays. Throws NodeError
   * `ciphertext.store-full`, `ciphertext.app-full`, `ciphertext.store-unusable` (the disk).
   */
  put(appId: bigint, digest: string, bytes: Uint8Array): void {
    if (!DIGEST.test(digest)) throw new Error('expected 64 lower-case hex digits')
    if (this.#files.has(digest)) return
    const { files, bytes: maxBytes } = this.#limits
    if (this.#files.size >= files || this.#bytes + bytes.length > maxBytes)
      throw unable('ciphertext.store-full', `this node keeps ${files} secrets at most`)
    const over = this.excess(appId, bytes.length)
    if (over.files > 0 || over.bytes > 0)
      throw new NodeError(
        'ciphertext.app-full',
        `application ${appId} has as many secrets here as it may: remove some`,
        { status: 409 },
      )
    const file = { appId, digest, bytes: bytes.length }
    this.#guard(() => this.#write(this.#pathOf(file), bytes))
    this.#count(file, 1)
  }

  remove(digest: string): void {
    const file = this.#files.get(digest)
    if (file === undefined) return
    this.#guard(() => rmSync(this.#pathOf(file), { force: true }))
    this.#count(file, -1)
  }

  #pathOf({ appId, digest }: StoredFile): string {
    return join(this.#folder, String(appId), digest)
  }

  #write(path: string, bytes: Uint8Array): void {
    const folder = join(path, '..')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const partial = `${path}${PARTIAL}`
    try {
      const handle = openSync(partial, 'w', 0o600)
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
      renameSync(partial, path)
    } catch (error) {
      rmSync(partial, { force: true })
      throw error
    }
  }

  #load(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (const app of readdirSync(this.#folder)) {
      if (!APP_ID.test(app)) continue
      const folder = join(this.#folder, app)
      for (const name of readdirSync(folder)) {
        const path = join(folder, name)
        if (DIGEST.test(name))
          this.#count({ appId: BigInt(app), digest: name, bytes: statSync(path).size }, 1)
        else if (name.endsWith(PARTIAL)) rmSync(path, { force: true })
      }
    }
  }

  #count(file: StoredFile, sign: 1 | -1): void {
    if (sign === 1) this.#files.set(file.digest, file)
    else this.#files.delete(file.digest)
    const held = this.#apps.get(file.appId) ?? { files: 0, bytes: 0 }
    held.files += sign
    held.bytes += sign * file.bytes
    this.#bytes += sign * file.bytes
    if (held.files === 0) this.#apps.delete(file.appId)
    else this.#apps.set(file.appId, held)
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      const { code } = cause as { code?: unknown }
      throw unable(
        'ciphertext.store-unusable',
        `${this.#folder}: ${String(code)}: secrets cannot be written`,
        cause,
      )
    }
  }
}
