// Images on disk, one OCI layout per manifest digest; whole or not there. Pulls over the network, hashes files.
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ImageError, openImage, pullImage, verifyLayout, type ImageConfig } from '@wetee/image'
import { parseImageReference } from '@wetee/manifest'
import { messageOf, WorkerError } from '../worker-error.ts'

/** Pulls `reference` into a layout folder; throws ImageError. */
export type PullImage = (
  reference: string,
  layout: string,
  options: { signal: AbortSignal; withoutLayers?: boolean },
) => Promise<void>

/** What a store is made of. */
export type ImageStoreParts = {
  readonly folder: string
  /** Loopback registries (`host:port`) that may be asked. */
  readonly loopbackRegistries: ReadonlySet<string>
  readonly pull?: PullImage
  /** Somebody else pulls the layers: manifest and config are enough. */
  readonly withoutLayers?: boolean
}

/** What the worker does with images; tests have them in memory. */
export type Images = Pick<
  ImageStore,
  'layout' | 'present' | 'userOf' | 'programOf' | 'pull' | 'distrust' | 'keepOnly'
>

const LOOPBACK = /^(127\.|localhost(:|$)|\[::1\]|0\.0\.0\.0)/

/** Images of all applications. An image counts only after every byte of it was hashed by this process. */
export class ImageStore {
  readonly #parts: ImageStoreParts
  /** By digest. */
  readonly #verified = new Map<string, ImageConfig>()
  readonly #pulling = new Map<string, Promise<void>>()

  constructor(parts: ImageStoreParts) {
    this.#parts = parts
  }

  /** Layout folder of an image, there or not. */
  layout(digest: string): string {
    return join(this.#parts.folder, digest.replace(/^sha256:/, ''))
  }

  /** Which of these are whole; hashes what this process has not seen yet. */
  async present(digests: Iterable<string>): Promise<Set<string>> {
    const found = new Set<string>()
    for (const digest of digests) if (await this.#isWhole(digest)) found.add(digest)
    return found
  }

  /** `User` of a present image, empty when it names none. */
  userOf(digest: string): string {
    return this.#verified.get(digest)?.user ?? ''
  }

  /** What a present image runs by itself; empty lists where it names nothing. */
  programOf(digest: string): Pick<ImageConfig, 'entrypoint' | 'command'> {
    const { entrypoint = [], command = [] } = this.#verified.get(digest) ?? {}
    return { entrypoint, command }
  }

  /**
   * Pulls an image by digest; callers at the same time share one download.
   * Throws WorkerError `registry.not-allowed`, `image.digest-mismatch` (nothing of it stays), `image.unavailable`.
   */
  pull(reference: string, signal: AbortSignal): Promise<void> {
    const parsed = parseImageReference(reference)
    const digest = parsed?.digest
    if (parsed === undefined || digest === undefined)
      return Promise.reject(
        new WorkerError('image.unavailable', `${reference}: not a reference by digest`),
      )
    if (LOOPBACK.test(parsed.registry) && !this.#parts.loopbackRegistries.has(parsed.registry))
      return Promise.reject(
        new WorkerError(
          'registry.not-allowed',
          `${parsed.registry} is this machine itself: add it to registries to allow it`,
        ),
      )
    const running = this.#pulling.get(digest)
    if (running !== undefined) return running
    const started = this.#pull(reference, digest, signal).finally(() =>
      this.#pulling.delete(digest),
    )
    this.#pulling.set(digest, started)
    return started
  }

  /** Forgets that an image was whole, so that it is hashed again before its next use. */
  distrust(digest: string): void {
    this.#verified.delete(digest)
  }

  /** Removes every image but these. */
  async keepOnly(digests: ReadonlySet<string>): Promise<void> {
    const { folder } = this.#parts
    const kept = new Set(
      [...digests, ...this.#pulling.keys()].map((d) => d.slice('sha256:'.length)),
    )
    for (const name of await readdir(folder).catch(() => []))
      if (/^[0-9a-f]{64}$/.test(name) && !kept.has(name)) {
        this.#verified.delete(`sha256:${name}`)
        await rm(join(folder, name), { recursive: true, force: true })
      }
  }

  async #isWhole(digest: string): Promise<boolean> {
    if (this.#verified.has(digest)) return true
    // Half of a download is not an image.
    if (this.#pulling.has(digest) || !existsSync(this.layout(digest))) return false
    try {
      this.#verified.set(digest, await this.#configOf(digest))
      return true
    } catch {
      return false
    }
  }

  /** Hashes all that is needed of an image. */
  async #configOf(digest: string): Promise<ImageConfig> {
    const read = this.#parts.withoutLayers === true ? openImage : verifyLayout
    return (await read(this.layout(digest), digest)).config
  }

  async #pull(reference: string, digest: string, signal: AbortSignal): Promise<void> {
    const layout = this.layout(digest)
    const { pull = pullImage } = this.#parts
    try {
      await mkdir(layout, { recursive: true, mode: 0o755 })
      const { withoutLayers = false } = this.#parts
      await pull(reference, layout, { signal, withoutLayers })
      this.#verified.set(digest, await this.#configOf(digest))
    } catch (cause) {
      const mismatch =
        cause instanceof ImageError && (cause.code === 'blob.digest' || cause.code === 'blob.size')
      if (mismatch) await rm(layout, { recursive: true, force: true })
      throw new WorkerError(
        mismatch ? 'image.digest-mismatch' : 'image.unavailable',
        `${reference}: ${messageOf(cause)}`,
        { cause, retryable: true },
      )
    }
  }
}
