// An image that an engine has made, written again so that its digest depends on nothing but its files and settings. Does file I/O.
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Header } from 'tar-stream'
import { readDocument } from './blob.ts'
import { ImageError } from './error.ts'
import type { LayerEntry } from './layer.ts'
import { openImage, type OpenImage } from './layout.ts'
import { parseRunSettings } from './manifest.ts'
import { readLayer } from './read-layer.ts'
import { partsOf } from './root-folder.ts'
import { writeImage, type BaseImage, type WriteConfig, type WrittenImage } from './write-image.ts'

/** Where the image goes, and what it stands on. */
export type RewriteOptions = {
  readonly layout: string
  /** What the image stands on: its layers have to be the first ones, and are taken from here as they are. */
  readonly base?: BaseImage
  /** An empty folder, for files of the new layers meanwhile. */
  readonly scratch: string
  readonly timeSeconds: number
  /** Beside its own. */
  readonly labels: Readonly<Record<string, string>>
  /** Labels of the engine's, by the start of their names. */
  readonly withoutLabels: string
  /** Bounds of all new layers together, in bytes and entries. */
  readonly limits: { readonly maxBytes: number; readonly maxEntries: number }
  readonly signal?: AbortSignal
}

/**
 * Writes the image `made` into a layout: entries sorted, with one time and without extended attributes, owners and modes as they are;
 * settings in a fixed order, no history. Of `made` the layers of the base are not read and may be missing. Throws ImageError.
 */
export async function rewriteImage(
  made: BaseImage,
  options: RewriteOptions,
): Promise<WrittenImage> {
  const image = await openImage(made.layout, made.digest)
  const { manifest, config } = image
  const base =
    options.base === undefined
      ? []
      : (await openImage(options.base.layout, options.base.digest)).config.diffIds
  if (base.some((diffId, index) => config.diffIds[index] !== diffId))
    throw new ImageError('image.config', 'the image does not stand on its base')
  const budget = { bytes: options.limits.maxBytes, entries: options.limits.maxEntries }
  const layers: LayerEntry[][] = []
  for (const [index, layer] of manifest.layers.entries()) {
    const diffId = config.diffIds[index]
    if (index < base.length || diffId === undefined) continue
    const files = new LayerFiles(join(options.scratch, `${index}-`))
    await readLayer(
      made.layout,
      layer,
      diffId,
      budget,
      (header, content) => files.add(header, content),
      options.signal,
    )
    layers.push(files.entries())
  }
  const { timeSeconds } = options
  return writeImage({
    ...{
      layout: options.layout,
      timeSeconds,
      config: await settingsOf(image, made.layout, options),
    },
    ...(options.base === undefined ? {} : { base: options.base }),
    layers: layers.map((entries) => ({ timeSeconds, entries: () => Promise.resolve(entries) })),
  })
}

async function settingsOf(
  { manifest, config }: OpenImage,
  layout: string,
  options: RewriteOptions,
): Promise<WriteConfig> {
  const settings = parseRunSettings(await readDocument(layout, manifest.config.digest))
  const { entrypoint, command, environment, user, workingDirectory } = config
  const own = Object.entries(settings.labels).filter(
    ([name]) => !name.startsWith(options.withoutLabels),
  )
  return {
    ...(entrypoint.length === 0 ? {} : { entrypoint }),
    ...(command.length === 0 ? {} : { command }),
    ...(user === '' ? {} : { user }),
    ...(workingDirectory === '' ? {} : { workingDirectory }),
    ...(settings.stopSignal === '' ? {} : { stopSignal: settings.stopSignal }),
    ...{ environment, ports: settings.ports, volumes: settings.volumes },
    labels: { ...Object.fromEntries(own), ...options.labels },
  }
}

/** What does not fit into a plain header of an archive is written as this. */
const endOfIds = 0o777777

/** Entries of one layer. */
class LayerFiles {
  readonly #place: string
  readonly #entries = new Map<string, LayerEntry>()
  /** Other names of a file, by the path that it came with. */
  readonly #names = new Map<string, string[]>()

  constructor(place: string) {
    this.#place = place
  }

  async add(header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
    const parts = partsOf(header.name)
    // The root itself is there without being said.
    if (parts.length === 0) return
    const path = `/${parts.join('/')}`
    const { uid = 0, gid = 0, mode = 0o644 } = header
    if (![uid, gid].every((id) => Number.isSafeInteger(id) && id >= 0 && id < endOfIds))
      throw new ImageError('layer.entry', `${path} has an owner out of range`)
    if (this.#entries.has(path)) throw new ImageError('layer.entry', `${path} is there twice`)
    const facts = { path, mode: mode & 0o7777, owner: { uid, gid } }
    switch (header.type) {
      case 'directory':
        this.#entries.set(path, { kind: 'directory', ...facts })
        return
      case 'symlink':
        this.#entries.set(path, { kind: 'symlink', ...facts, target: header.linkname ?? '' })
        return
      case 'file':
      case 'contiguous-file': {
        const source = `${this.#place}${this.#entries.size}`
        const file = await open(source, 'wx', 0o600)
        try {
          for await (const chunk of content) await file.writeFile(chunk)
        } finally {
          await file.close()
        }
        this.#entries.set(path, { kind: 'file', ...facts, source })
        this.#names.set(path, [path])
        return
      }
      case 'link': {
        const first = `/${partsOf(header.linkname ?? '').join('/')}`
        const names = this.#names.get(first)
        if (names === undefined)
          throw new ImageError(
            'layer.entry',
            `${path} is another name of ${first}, which is no file of its layer`,
          )
        names.push(path)
        this.#entries.set(path, { kind: 'link', ...facts, target: first })
        return
      }
      default:
        throw new ImageError('layer.entry', `${path} is a device, a pipe or something unknown`)
    }
  }

  /** Of the names of one file the first in byte order has its bytes, whatever the order they came in. */
  entries(): LayerEntry[] {
    for (const [first, names] of this.#names) {
      const file = this.#entries.get(first)
      if (names.length === 1 || file?.kind !== 'file') continue
      const [target = first, ...others] = names.sort((a, b) =>
        Buffer.compare(Buffer.from(a), Buffer.from(b)),
      )
      const { mode, owner } = file
      const facts = { mode, ...(owner === undefined ? {} : { owner }) }
      this.#entries.set(target, { ...file, path: target })
      for (const path of others) this.#entries.set(path, { kind: 'link', path, target, ...facts })
    }
    return [...this.#entries.values()]
  }
}
