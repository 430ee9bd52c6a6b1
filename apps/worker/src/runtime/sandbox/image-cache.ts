// Unpacked images by manifest digest, and root file systems made from them. Does file I/O.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unpackImage } from '@wetee/image'
import { imageError } from '../spec.ts'
import { TOOL_ENVIRONMENT, type Tools } from './tools.ts'

const run = promisify(execFile)
/** What no container is being made from goes beyond this, the least recently used first; halves of an unpacking too. */
const MAX_IMAGES = 16
const COPY_TIMEOUT_MS = 300_000

/** Unpacked images of one state folder. */
export class ImageCache {
  readonly #folder: string
  readonly #tools: Tools
  readonly #signal: AbortSignal
  readonly #unpacking = new Map<string, Promise<void>>()
  readonly #used = new Map<string, number>()

  constructor(folder: string, tools: Tools, signal: AbortSignal) {
    this.#folder = folder
    this.#tools = tools
    this.#signal = signal
  }

  /**
   * Makes a root at `target`: its folders are its own; its files are shared with the image when nothing can be written to
   * them, else copied. Throws RuntimeError `image.*`.
   */
  async makeRoot(
    image: { readonly layout: string; readonly digest: string },
    target: string,
    readOnly: boolean,
  ): Promise<void> {
    const source = join(this.#folder, image.digest.replace(':', '-'))
    this.#used.set(source, (this.#used.get(source) ?? 0) + 1)
    try {
      await this.#unpack(image, source)
      const how = readOnly ? '-al' : '-a'
      await run(this.#tools.cp, [how, '--reflink=auto', '--', source, target], {
        env: TOOL_ENVIRONMENT,
        signal: this.#signal,
        timeout: COPY_TIMEOUT_MS,
      })
    } finally {
      const uses = (this.#used.get(source) ?? 1) - 1
      if (uses > 0) this.#used.set(source, uses)
      else this.#used.delete(source)
    }
  }

  #unpack(image: { layout: string; digest: string }, target: string): Promise<void> {
    const running = this.#unpacking.get(target)
    if (running !== undefined) return running
    const started = this.#unpackNow(image, target).finally(() => this.#unpacking.delete(target))
    this.#unpacking.set(target, started)
    return started
  }

  async #unpackNow(image: { layout: string; digest: string }, target: string): Promise<void> {
    if (!existsSync(target)) {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await this.#makeRoom()
      try {
        await unpackImage(image.layout, image.digest, target, { signal: this.#signal })
      } catch (error) {
        throw imageError(error)
      }
    }
    const now = new Date()
    await utimes(target, now, now)
  }

  async #makeRoom(): Promise<void> {
    const paths = (await readdir(this.#folder)).map((name) => join(this.#folder, name))
    const aged = await Promise.all(
      paths
        .filter((path) => !this.#used.has(path))
        .map(async (path) => ({ path, usedAtMs: (await stat(path)).mtimeMs })),
    )
    const oldest = aged.sort((a, b) => a.usedAtMs - b.usedAtMs)
    const surplus = Math.max(0, oldest.length - MAX_IMAGES + 1)
    for (const { path } of oldest.slice(0, surplus)) await removeTree(path, this.#tools)
  }
}

/** Removes a folder whatever a container has made of it; does nothing when it is gone. */
export async function removeTree(path: string, { rm, chmod: change }: Tools): Promise<void> {
  const options = { env: TOOL_ENVIRONMENT, timeout: COPY_TIMEOUT_MS, maxBuffer: 1 << 20 }
  if (!existsSync(path)) return
  await run(rm, ['-rf', '--', path], options).catch(async () => {
    // Not root, and folders that their owner may not enter.
    await run(change, ['-R', 'u+rwX', '--', path], options).catch(() => undefined)
    await run(rm, ['-rf', '--', path], options)
  })
}
