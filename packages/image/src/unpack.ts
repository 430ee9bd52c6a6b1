// Unpacks an image's layers into a root folder: nothing leaves that folder, nothing but files,
// folders and links is made. Does file I/O.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { extract, type Extract } from 'tar-stream'
import { blobPath, digestOf, wrongDigest } from './blob.ts'
import { ImageError } from './error.ts'
import { openImage } from './layout.ts'
import type { Descriptor, Digest } from './manifest.ts'
import { layerCompression } from './media-type.ts'
import { RootFolder } from './root-folder.ts'

/** Bounds of what an image may become on disk; all layers together. */
export type UnpackLimits = {
  /** Uncompressed bytes, archive headers included; default 16 GiB. */
  readonly maxBytes: number
  /** Default 500,000. */
  readonly maxEntries: number
}

const defaultLimits: UnpackLimits = { maxBytes: 16 * 2 ** 30, maxEntries: 500_000 }

/**
 * Unpacks an image into `targetDir`, which must not exist or be empty: whole or not at all. Every
 * layer is hashed on the
 * way, packed and unpacked. Owners are kept when run as root, else everything belongs to the
 * caller; set-user-id bits are
 * dropped. Throws ImageError.
 */
export async function unpackImage(
  layout: string,
  digest: string,
  targetDir: string,
  options: Partial<UnpackLimits> & { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const target = resolve(targetDir)
  if ((await readdir(target).catch(() => [])).length > 0)
    throw new ImageError('unpack.target-exists', `${target} is not empty`)
  const { manifest, config } = await openImage(layout, digest)
  const budget = { ...defaultLimits, ...options }
  const counter = { bytes: budget.maxBytes, entries: budget.maxEntries }
  const temporary = `${target}.${randomUUID()}.tmp`
  await mkdir(dirname(target), { recursive: true })
  await mkdir(temporary)
  try {
    await chmod(temporary, 0o755)
    const root = new RootFolder(temporary, process.getuid?.() === 0)
    for (const [index, layer] of manifest.layers.entries()) {
      options.signal?.throwIfAborted()
      const diffId = config.diffIds[index]
      if (diffId === undefined) throw new ImageError('image.config', 'a layer has no diff id')
      await applyLayer(root, layout, layer, diffId, counter, options.signal)
    }
    await rename(temporary, target)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

type Counter = { bytes: number; entries: number }

async function applyLayer(
  root: RootFolder,
  layout: string,
  layer: Descriptor,
  diffId: Digest,
  counter: Counter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const packed = createHash('sha256')
  const unpacked = createHash('sha256')
  const stages: NodeJS.ReadWriteStream[] = [tap((chunk) => void packed.update(chunk))]
  const compression = layerCompression(layer.mediaType)
  if (compression === 'gzip') stages.push(createGunzip())
  if (compression === 'zstd') stages.push(createZstdDecompress())
  const count = (chunk: Buffer) => {
    counter.bytes -= chunk.length
    if (counter.bytes < 0) throw new ImageError('unpack.too-large', 'the image unpacks to too much')
    unpacked.update(chunk)
  }
  const archive = extract()
  root.beginLayer()
  const source = createReadStream(blobPath(layout, layer.digest), { highWaterMark: 1 << 18 })
  const reading = pipeline([source, ...stages, tap(count), archive], signal ? { signal } : {})
  const applying = applyEntries(root, archive, counter)
  const outcomes = await Promise.allSettled([reading, applying])
  const failures = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason as unknown] : []))
  const known = failures.find((failure) => failure instanceof ImageError)
  if (known !== undefined) throw known
  signal?.throwIfAborted()
  // Wrong bytes also look like a broken archive: say what is the cause.
  if (failures.length > 0) {
    const cause = failures[0]
    const actual = await hashBlob(layout, layer.digest)
    if (actual !== layer.digest) throw wrongDigest(layer.digest, actual)
    throw new ImageError('archive.invalid', `${layer.digest} is no valid archive`, { cause })
  }
  const actual = digestOf(packed)
  if (actual !== layer.digest) throw wrongDigest(layer.digest, actual)
  const actualDiffId = digestOf(unpacked)
  if (actualDiffId !== diffId) throw wrongDigest(diffId, actualDiffId)
}

async function applyEntries(root: RootFolder, archive: Extract, counter: Counter): Promise<void> {
  for await (const entry of archive) {
    if (--counter.entries < 0)
      throw new ImageError('unpack.too-many', 'the image has too many entries')
    await root.apply(entry.header, entry as AsyncIterable<Uint8Array>)
    entry.resume()
  }
}

function tap(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      try {
        look(chunk)
        callback(null, chunk)
      } catch (error) {
        callback(error as Error)
      }
    },
  })
}

async function hashBlob(layout: string, digest: Digest): Promise<Digest> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(blobPath(layout, digest)), hash)
  return digestOf(hash)
}
