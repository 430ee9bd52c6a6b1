// One build from its order to its end: what is still missing, what it says, what came of it. Does file I/O.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  build,
  BuildError,
  openBuildCache,
  readAdvertisedBranch,
  readSourceArchive,
  readSourceFile,
  type BuiltImage,
  type Source,
} from '@wetee/build'
import { ImageError, openImage } from '@wetee/image'
import type { BuildOrder } from './build-order.ts'
import { orderLimits } from './build-order.ts'
import { BuilderError } from './builder-error.ts'
import { builtManifestDigest, maxComposeBytes } from './built-manifest.ts'
import { hasMaterial, takeMaterial, trimFolder, type Expected } from './materials.ts'
import { signBuild, type SignedBuild, type Signer } from './sign-build.ts'

/** How far a build is. `waiting`: for materials. */
export type JobState = 'waiting' | 'building' | 'done' | 'failed'

/** What a job works with. */
export type JobPlaces = {
  /** Of the cache. */
  readonly folder: string
  readonly agent: Signer
  /** False where the machine has no sandbox: then programs with a build script are refused. */
  readonly runsScripts: boolean
  readonly buildTimeoutMs: number
  /** Certificates (PEM) of authorities for servers of repositories, in the place of Node's. */
  readonly ca?: string
  /** Sees what nobody is told. */
  readonly onFault: (error: unknown) => void
}

/** An image that was built, with its blobs as they can be asked for. */
export type JobImage = {
  readonly layout: string
  readonly digest: string
  readonly preset: string
  readonly blobs: readonly Expected[]
  readonly signed: SignedBuild
}

const maxLines = 10_000
const maxLineLength = 2_000
const cachedPackageBytes = 256 * 2 ** 20
const sourceLimits = { maxBytes: orderLimits.maxSourceBytes, maxFiles: 20_000, maxDepth: 64 }

/** A build that was ordered. */
export class BuildJob {
  /** Who knows it may read and end the build. */
  readonly id = randomBytes(32).toString('hex')
  readonly order: BuildOrder
  readonly lines: string[] = []
  readonly #places: JobPlaces
  readonly #missing = new Map<string, Expected>()
  readonly #receiving = new Set<string>()
  readonly #abort = new AbortController()
  #state: JobState = 'waiting'
  /** Of the commit, where a manifest was asked for. */
  #composeText: string | undefined
  #image: JobImage | undefined
  #error: { readonly code: string; readonly message: string } | undefined
  #changed = Promise.withResolvers<void>()
  #ended = Promise.withResolvers<void>()

  constructor(order: BuildOrder, places: JobPlaces) {
    this.order = order
    this.#places = places
  }

  get state(): JobState {
    return this.#state
  }

  /** Why it failed. */
  get error() {
    return this.#error
  }

  /** Materials that have not come yet. */
  get missing(): string[] {
    return [...this.#missing.keys()]
  }

  /** Is kept when no more comes of it. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Ends with the next line or step. */
  get changed(): Promise<void> {
    return this.#changed.promise
  }

  /** Looks which materials are here from builds before; starts when nothing is missing. */
  async begin(): Promise<void> {
    const { order } = this
    // What is of the build before, which is gone.
    for (const name of ['results', 'work'])
      await rm(join(this.#places.folder, name), { recursive: true, force: true })
    const cache = await openBuildCache(this.#places.folder)
    await mkdir(this.#work, { recursive: true, mode: 0o700 })
    const wanted = new Set(order.packages.map(({ digest }) => hexOf(digest)))
    await trimFolder(cache.packages, wanted, cachedPackageBytes)
    for (const one of [order.source, ...order.packages])
      if (!(await hasMaterial(one.digest, this.#pathOf(one.digest))))
        this.#missing.set(one.digest, one)
    if (this.#missing.size === 0) void this.#run()
  }

  /** Takes one material. Throws BuilderError `builder.material-*`. */
  async take(digest: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    const expected = this.#missing.get(digest)
    if (this.#state !== 'waiting' || expected === undefined || this.#receiving.has(digest))
      throw new BuilderError('builder.material-unexpected', 'this build does not wait for that')
    this.#receiving.add(digest)
    try {
      await takeMaterial(expected, this.#pathOf(digest), body)
      this.#missing.delete(digest)
    } finally {
      this.#receiving.delete(digest)
    }
    if (this.#missing.size === 0 && this.#state === 'waiting') void this.#run()
  }

  /** The image. Throws BuilderError `builder.not-done`. */
  image(): JobImage {
    if (this.#image !== undefined) return this.#image
    throw new BuilderError('builder.not-done', `the build is ${this.#state}`)
  }

  /** Ends it at whatever it is. */
  async end(why: string): Promise<void> {
    if (this.#state === 'waiting') this.#fail({ code: 'builder.ended', message: why })
    this.#abort.abort(new BuilderError('builder.ended', why))
    await this.#ended.promise
  }

  get #work(): string {
    return join(this.#places.folder, 'work')
  }

  #pathOf(digest: string): string {
    const folder = digest.startsWith('sha256:') ? this.#work : join(this.#places.folder, 'npm')
    return join(folder, hexOf(digest))
  }

  async #run(): Promise<void> {
    this.#turn('building')
    const { agent, buildTimeoutMs } = this.#places
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(buildTimeoutMs)])
    try {
      await this.#requireBranch(signal)
      const image = await this.#build(signal)
      signal.throwIfAborted()
      const manifestDigest = await this.#manifestOf(image)
      this.#say('signing')
      const signed = await signBuild({ image, manifestDigest }, this.order, agent, signal)
      const { layout, digest, preset } = image
      this.#image = { layout, digest, preset, blobs: await blobsOf(image), signed }
      this.#turn('done')
      this.#ended.resolve()
    } catch (error) {
      this.#fail(this.#reasonOf(error, signal))
    }
  }

  /** What the order says of the repository is then more than the word of whoever sent it. */
  async #requireBranch(signal: AbortSignal): Promise<void> {
    const { repository, branch, commit } = this.order
    if (branch === undefined) return
    this.#say(`asking ${repository} where ${branch} is`)
    const { ca } = this.#places
    const options = ca === undefined ? { signal } : { signal, ca }
    const found = await readAdvertisedBranch(repository, branch, options)
    if (found !== commit)
      throw new BuilderError(
        'builder.branch-differs',
        `${branch} of ${repository} is at ${found ?? 'nothing'}, not at ${commit}`,
      )
  }

  async #manifestOf({ digest }: BuiltImage) {
    const { manifest } = this.order
    if (manifest === undefined || this.#composeText === undefined) return undefined
    this.#say(`making the manifest of ${manifest.compose}`)
    return builtManifestDigest(this.#composeText, manifest, digest)
  }

  async #build(signal: AbortSignal): Promise<BuiltImage> {
    const { repository, commit, source, preset, port, manifest } = this.order
    const { folder, runsScripts } = this.#places
    return build({
      source: {
        stage: (target) => {
          const archive = createReadStream(this.#pathOf(source.digest))
          return readSourceArchive(archive, { commit, uri: repository }, target, sourceLimits)
        },
      },
      ...{ preset, port, sourceLimits, signal },
      cache: folder,
      offline: true,
      fresh: true,
      runsScripts,
      onSource: async (staged) => {
        if (manifest !== undefined) this.#composeText = await readCompose(staged, manifest.compose)
      },
      onStep: (text) => {
        // What is not begun yet is left when it ends.
        signal.throwIfAborted()
        this.#say(text)
      },
      onLog: (text) => this.#say(text),
    })
  }

  #reasonOf(error: unknown, signal: AbortSignal) {
    const known =
      error instanceof BuildError || error instanceof ImageError || error instanceof BuilderError
    const reason: unknown = signal.aborted ? signal.reason : error
    if (reason instanceof BuilderError || (known && !signal.aborted))
      return { code: (reason as BuildError).code, message: (reason as Error).message }
    if (signal.aborted) return { code: 'build.timeout', message: 'it took too long' }
    this.#places.onFault(error)
    return { code: 'internal', message: 'a fault of the builder; its log has it' }
  }

  #fail(error: { readonly code: string; readonly message: string }): void {
    this.#error = error
    this.#turn('failed')
    this.#ended.resolve()
  }

  #say(text: string): void {
    if (this.lines.length >= maxLines) return
    this.lines.push(text.slice(0, maxLineLength))
    this.#wake()
  }

  #turn(state: JobState): void {
    this.#state = state
    this.#wake()
  }

  #wake(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}

/** A file of the commit itself, and no link to another. */
async function readCompose(source: Source, path: string): Promise<string> {
  const text = await readSourceFile(source, path, maxComposeBytes)
  if (text !== undefined) return text
  throw new BuilderError(
    'builder.compose-invalid',
    `the commit has no Compose file ${path} of at most ${maxComposeBytes} bytes`,
  )
}

async function blobsOf({ layout, digest }: BuiltImage): Promise<Expected[]> {
  const { manifest, sizeBytes } = await openImage(layout, digest)
  const parts = [manifest.config, ...manifest.layers]
  const rest = parts.reduce((sum, { size }) => sum + size, 0)
  return [
    { digest, sizeBytes: sizeBytes - rest },
    ...parts.map(({ digest: part, size }) => ({ digest: part, sizeBytes: size })),
  ]
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1)
}
