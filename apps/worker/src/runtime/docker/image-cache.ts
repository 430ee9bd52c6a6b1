// Images of OCI layouts in the engine: loaded once, named by manifest digest, checked at every use. Does I/O.
import type Docker from 'dockerode'
import { openImage, toDockerArchive, verifyLayout, type ImageConfig } from '@wetee/image'
import { RuntimeError } from '../runtime-error.ts'
import { imageError } from '../spec.ts'
import { drainFrames, statusOf, type EngineClient } from './engine-client.ts'

/** An image in the engine; `id` is its config digest, which names every byte of it. */
export type LoadedImage = { readonly id: string; readonly config: ImageConfig }

const REPOSITORY = 'wetee.local/image'
/** Images that no container uses are kept for the next start, this many of them. */
const MAX_UNUSED = 16

/** Of one engine. */
export class ImageCache {
  readonly #client: EngineClient
  readonly #loading = new Map<string, Promise<void>>()
  readonly #lastUse = new Map<string, number>()
  #clock = 0

  constructor(client: EngineClient) {
    this.#client = client
  }

  /**
   * The image, loaded if need be. The manifest is hashed and names the config, the engine compares the layers with the
   * config while it loads them. Throws RuntimeError `image.digest-mismatch` and `image.invalid`.
   */
  async load(layout: string, digest: string): Promise<LoadedImage> {
    const image = await openImage(layout, digest).catch((error: unknown) => {
      throw imageError(error)
    })
    const id = image.manifest.config.digest
    const name = `${REPOSITORY}:${digest.slice('sha256:'.length)}`
    this.#lastUse.set(name, ++this.#clock)
    const found = await this.#client.find('look an image up', (d) => d.getImage(name).inspect())
    if (found?.Id !== id) await this.#loadOnce(layout, digest, id, name)
    return { id, config: image.config }
  }

  /** Takes images of ours away that no container uses, but for the last few. */
  async prune(): Promise<void> {
    const images = await this.#client.call('list images', (d) =>
      d.listImages({ filters: { reference: [REPOSITORY] } }),
    )
    const used = await this.#client.call('list containers', (d) => d.listContainers({ all: true }))
    const inUse = new Set(used.map(({ ImageID }) => ImageID))
    const names = images
      .filter(({ Id }) => !inUse.has(Id))
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .filter((name) => name.startsWith(`${REPOSITORY}:`))
      .sort((a, b) => (this.#lastUse.get(a) ?? 0) - (this.#lastUse.get(b) ?? 0))
    for (const name of names.slice(0, Math.max(0, names.length - MAX_UNUSED)))
      await this.#client
        .find('remove an image', (d) => d.getImage(name).remove())
        .catch((error: unknown) => {
          // In use again: a container was made of it meanwhile.
          if (statusOf(error) !== 409) throw error
        })
  }

  #loadOnce(layout: string, digest: string, id: string, name: string): Promise<void> {
    const loading =
      this.#loading.get(name) ??
      this.#load(layout, digest, id, name).finally(() => this.#loading.delete(name))
    this.#loading.set(name, loading)
    return loading
  }

  async #load(layout: string, digest: string, id: string, name: string): Promise<void> {
    try {
      await this.#client.wait('load an image', (docker, ended) =>
        send(docker, layout, digest, ended),
      )
    } catch (error) {
      // Engines do not say in one way that a layer is not what the config names: the layout does.
      await verifyLayout(layout, digest).catch((wrong: unknown) => {
        throw imageError(wrong)
      })
      throw error instanceof RuntimeError ? error : imageError(error)
    }
    const [repo = '', tag = ''] = [REPOSITORY, name.slice(REPOSITORY.length + 1)]
    await this.#client.call('name an image', (d) => d.getImage(id).tag({ repo, tag }))
    const { Id } = await this.#client.call('look an image up', (d) => d.getImage(name).inspect())
    if (Id !== id)
      throw new RuntimeError(
        'image.digest-mismatch',
        `the engine holds image ${Id}, expected ${id} of manifest ${digest}`,
      )
  }
}

/** A source that fails ends the request; the engine's own failure comes in its answer. */
async function send(
  docker: Docker,
  layout: string,
  digest: string,
  ended: AbortSignal,
): Promise<void> {
  const archive = toDockerArchive(layout, digest)
  const broken = new AbortController()
  archive.once('error', (error) => broken.abort(error))
  const abortSignal = AbortSignal.any([ended, broken.signal])
  try {
    const answer = await docker.loadImage(archive, { quiet: true, abortSignal })
    await drainFrames(answer as AsyncIterable<Uint8Array>)
  } catch (error) {
    throw broken.signal.aborted ? broken.signal.reason : error
  } finally {
    archive.destroy()
  }
}
