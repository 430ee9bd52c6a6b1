// Deterministic OCI images: the same files give the same digest on every machine. Does file I/O;
// layers are streamed.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack, type Pack } from 'tar-stream'
import {
  blobPath,
  makeBlobFolder,
  verifyBlob,
  writeBlob,
  writeBlobStream,
  writeFileAtomic,
} from './blob.ts'
import { copyBlob } from './copy-image.ts'
import { ImageError } from './error.ts'
import type { LayerEntry, LayerSource } from './layer.ts'
import { addToLayout, openImage } from './layout.ts'
import { isDigest, type Descriptor, type Digest, type ImageConfig } from './manifest.ts'
import { ociConfig, ociLayer, ociManifest } from './media-type.ts'

/** How the image wants to be run. */
export type WriteConfig = {
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  /** `uid:gid`. */
  readonly user?: string
  readonly workingDirectory?: string
  readonly environment?: Readonly<Record<string, string>>
  /** A number is one of TCP. */
  readonly ports?: readonly (number | `${number}/udp`)[]
  readonly labels?: Readonly<Record<string, string>>
  /** Paths that a runtime puts a volume at. */
  readonly volumes?: readonly string[]
  readonly stopSignal?: string
}

/** What was written; `size` in bytes, all blobs together. */
export type WrittenImage = {
  readonly digest: Digest
  readonly configDigest: Digest
  readonly size: number
}

/** An image in a layout whose layers come first in another one. */
export type BaseImage = { readonly layout: string; readonly digest: string }

/**
 * Writes an image into a layout folder (made when missing), under a tag where one is given. Of a base its layers and
 * variables are taken, nothing else. `timeSeconds` since 1970 is the image's own time, not that of its files; default 0.
 */
export async function writeImage(options: {
  readonly layout: string
  readonly base?: BaseImage
  readonly layers: readonly LayerSource[]
  readonly config: WriteConfig
  readonly tag?: string
  readonly timeSeconds?: number
}): Promise<WrittenImage> {
  const { layout, timeSeconds = 0 } = options
  await makeBlobFolder(layout)
  const base = options.base === undefined ? noBase : await takeBase(layout, options.base)
  const layers: Descriptor[] = [...base.layers]
  const diffIds: Digest[] = [...base.diffIds]
  for (const source of options.layers) {
    const { digest, size } = await writeLayer(layout, await source.entries(), source.timeSeconds)
    layers.push({ mediaType: ociLayer, digest, size })
    diffIds.push(digest)
  }
  const environment = { ...base.environment, ...options.config.environment }
  const configBytes = encode(configOf({ ...options.config, environment }, diffIds, timeSeconds))
  const configDigest = await writeBlob(layout, configBytes)
  const manifestBytes = encode({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: ociConfig, digest: configDigest, size: configBytes.length },
    layers,
  })
  const digest = await writeBlob(layout, manifestBytes)
  const image = { mediaType: ociManifest, digest, size: manifestBytes.length }
  await addToLayout(layout, image, options.tag)
  const size = layers.reduce((sum, l) => sum + l.size, configBytes.length + manifestBytes.length)
  return { digest, configDigest, size }
}

type Base = Pick<ImageConfig, 'diffIds' | 'environment'> & {
  readonly layers: readonly Descriptor[]
}

const noBase: Base = { layers: [], diffIds: [], environment: {} }

/** Copies the layers of an image through the hash; one that is here already is hashed where it lies. */
async function takeBase(layout: string, base: BaseImage): Promise<Base> {
  const { manifest, config } = await openImage(base.layout, base.digest)
  for (const layer of manifest.layers) await copyBlob(base.layout, layer, layout)
  const { diffIds, environment } = config
  return { layers: manifest.layers, diffIds, environment }
}

type LayerRecord = { readonly digest: Digest; readonly size: number }

// Layers of this process by fingerprint, with a folder that has them: a second layout copies
// instead of packing again.
const written = new Map<string, LayerRecord & { readonly layout: string }>()
const maxWritten = 64

async function writeLayer(
  layout: string,
  entries: readonly LayerEntry[],
  timeSeconds = 0,
): Promise<LayerRecord> {
  const sorted = withParents(entries)
  const key = await fingerprint(sorted, timeSeconds)
  const known = await reuse(layout, key)
  if (known !== undefined) return known
  const layer = await writeBlobStream(layout, packLayer(sorted, timeSeconds))
  await remember(layout, key, layer)
  return layer
}

/** A layer as the tar archive that it is in an image; the same files give the same bytes. Ends with an error where one cannot be read. */
export async function toLayerArchive(source: LayerSource): Promise<Readable> {
  const archive = packLayer(withParents(await source.entries()), source.timeSeconds)
  return Readable.from(archive, { objectMode: false })
}

function packLayer(sorted: readonly LayerEntry[], timeSeconds = 0): AsyncIterable<Uint8Array> {
  const archive = pack()
  packAll(archive, sorted, new Date(timeSeconds * 1000)).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  return archive as AsyncIterable<Uint8Array>
}

/** Sorted by path, parents before children, each folder once. */
function withParents(entries: readonly LayerEntry[]): LayerEntry[] {
  const all = new Map<string, LayerEntry>()
  for (const entry of entries) {
    const parts = entry.path.split('/').filter((part) => part !== '')
    if (!entry.path.startsWith('/') || parts.length === 0 || parts.some(isDots))
      throw new ImageError('layer.entry', `expected an absolute path, got ${entry.path}`)
    const path = `/${parts.join('/')}`
    const before = all.get(path)
    if (before !== undefined && (before.kind !== 'directory' || entry.kind !== 'directory'))
      throw new ImageError('layer.entry', `${path} is given twice`)
    all.set(path, { ...entry, path })
  }
  for (const path of [...all.keys()])
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end)
      const kind = all.get(parent)?.kind ?? 'directory'
      if (kind !== 'directory') throw new ImageError('layer.entry', `${parent} is no folder`)
      if (!all.has(parent)) all.set(parent, { kind: 'directory', path: parent, mode: 0o755 })
    }
  return [...all.values()].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}

function isDots(part: string): boolean {
  return part === '.' || part === '..' || part.includes('\0')
}

/** Names the content without reading large files: by size, time and inode of what is copied. */
async function fingerprint(entries: readonly LayerEntry[], timeSeconds: number): Promise<string> {
  const hash = createHash('sha256').update(`${timeSeconds}\n`)
  for (const entry of entries) {
    const { content: _, ...facts } = { content: undefined, ...entry }
    hash.update(JSON.stringify(facts))
    if (entry.kind !== 'file') continue
    if ('content' in entry) {
      hash.update(createHash('sha256').update(entry.content).digest())
      continue
    }
    const { size, mtimeNs, ctimeNs, ino, dev } = await stat(entry.source, { bigint: true })
    hash.update([size, mtimeNs, ctimeNs, ino, dev].join(' '))
  }
  return hash.digest('hex')
}

const cacheFile = 'layers.json'

/**
 * A layer that was packed before: hashed again where it lies here, copied through the hash from
 * another layout.
 */
async function reuse(layout: string, key: string): Promise<LayerRecord | undefined> {
  const here = (await readCache(layout))[key]
  if (here !== undefined && (await holds(layout, here))) return here
  const other = written.get(key)
  if (other === undefined || other.layout === layout || !(await holds(other.layout, other)))
    return undefined
  const { digest, size } = other
  const source = createReadStream(blobPath(other.layout, digest), { highWaterMark: 1 << 20 })
  if ((await writeBlobStream(layout, source)).digest !== digest) return undefined
  await remember(layout, key, { digest, size })
  return { digest, size }
}

async function holds(layout: string, layer: LayerRecord): Promise<boolean> {
  return verifyBlob(layout, layer).then(
    () => true,
    () => false,
  )
}

async function remember(layout: string, key: string, layer: LayerRecord): Promise<void> {
  if (written.size >= maxWritten) written.clear()
  written.set(key, { ...layer, layout })
  const entries = Object.entries(await readCache(layout)).slice(1 - maxWritten)
  const cache = Object.fromEntries([...entries, [key, layer]])
  await writeFileAtomic(join(layout, cacheFile), encode(cache))
}

async function readCache(layout: string): Promise<Record<string, LayerRecord>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(layout, cacheFile), 'utf8'))
    const entries = Object.entries(value as Record<string, LayerRecord>)
    return Object.fromEntries(
      entries.filter(([, { digest, size }]) => isDigest(digest) && Number.isSafeInteger(size)),
    )
  } catch {
    return {}
  }
}

async function packAll(archive: Pack, entries: readonly LayerEntry[], mtime: Date): Promise<void> {
  for (const entry of entries) await packOne(archive, entry, mtime)
  archive.finalize()
}

const maxWholeBytes = 1 << 20

async function packOne(archive: Pack, entry: LayerEntry, mtime: Date): Promise<void> {
  const { uid, gid } = entry.owner ?? { uid: 0, gid: 0 }
  const header = {
    name: entry.path.slice(1),
    mode: entry.mode,
    uid,
    gid,
    mtime,
    uname: '',
    gname: '',
  }
  if (entry.kind === 'directory')
    await packWhole(archive, { ...header, name: `${header.name}/`, type: 'directory' })
  else if (entry.kind === 'symlink')
    await packWhole(archive, { ...header, type: 'symlink', linkname: entry.target })
  else if (entry.kind === 'link')
    await packWhole(archive, { ...header, type: 'link', linkname: entry.target.slice(1) })
  else if ('content' in entry) await packWhole(archive, header, entry.content)
  else {
    const { size } = await stat(entry.source)
    // Most files are small, and a stream for each costs more than its bytes.
    if (size <= maxWholeBytes) return packWhole(archive, header, await readFile(entry.source))
    const sink = archive.entry({ ...header, size })
    await pipeline(createReadStream(entry.source, { highWaterMark: 1 << 20 }), sink)
  }
}

/** Writes an entry that has no content, or one in memory. */
export async function packWhole(
  archive: Pack,
  header: Parameters<Pack['entry']>[0],
  content?: Uint8Array,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (error) reject(error)
      else resolve()
    }
    if (content === undefined) archive.entry(header, done)
    else archive.entry({ ...header, size: content.length }, content, done)
  })
}

function configOf(config: WriteConfig, diffIds: readonly Digest[], timeSeconds: number) {
  const created = new Date(timeSeconds * 1000).toISOString().replace('.000Z', 'Z')
  const environment = Object.entries({ PATH: defaultPath, ...config.environment })
  const ports = [...(config.ports ?? [])]
    .sort((a, b) => parseInt(`${a}`) - parseInt(`${b}`) || (typeof a === 'number' ? -1 : 1))
    .map((port) => (typeof port === 'number' ? `${port}/tcp` : port))
  return {
    created,
    architecture: 'amd64',
    os: 'linux',
    config: {
      ...(config.user === undefined ? {} : { User: config.user }),
      ...(ports.length === 0
        ? {}
        : { ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])) }),
      Env: environment.map(([name, value]) => `${name}=${value}`).sort(),
      ...(config.entrypoint === undefined ? {} : { Entrypoint: config.entrypoint }),
      ...(config.command === undefined ? {} : { Cmd: config.command }),
      WorkingDir: config.workingDirectory ?? '/',
      ...(config.labels === undefined ? {} : { Labels: sortedRecord(config.labels) }),
      ...(config.volumes === undefined || config.volumes.length === 0
        ? {}
        : { Volumes: Object.fromEntries([...config.volumes].sort().map((path) => [path, {}])) }),
      ...(config.stopSignal === undefined ? {} : { StopSignal: config.stopSignal }),
    },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map(() => ({ created, created_by: 'wetee' })),
  }
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

function sortedRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}
