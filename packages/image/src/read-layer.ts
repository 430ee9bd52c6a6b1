// Reads one layer of an image, entry by entry, within bounds: every byte is hashed on the way. Does file I/O.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { extract, type Extract, type Header } from 'tar-stream'
import { blobPath, digestOf, wrongDigest } from './blob.ts'
import { ImageError } from './error.ts'
import type { Descriptor, Digest } from './manifest.ts'
import { layerCompression } from './media-type.ts'

/** What may still be read: uncompressed bytes with archive headers, and entries. Counts down. */
export type LayerBudget = { bytes: number; entries: number }

/** Takes one entry; `content` is that of a file, and is left unread where it does not matter. */
type TakeEntry = (header: Header, content: AsyncIterable<Uint8Array>) => Promise<void>

/** Gives each entry of a layer in turn; packed and unpacked bytes are hashed on the way. Throws ImageError. */
export async function readLayer(
  layout: string,
  layer: Descriptor,
  diffId: Digest,
  budget: LayerBudget,
  take: TakeEntry,
  signal?: AbortSignal,
): Promise<void> {
  const packed = createHash('sha256')
  const unpacked = createHash('sha256')
  const stages: NodeJS.ReadWriteStream[] = [tap((chunk) => void packed.update(chunk))]
  const compression = layerCompression(layer.mediaType)
  if (compression === 'gzip') stages.push(createGunzip())
  if (compression === 'zstd') stages.push(createZstdDecompress())
  const count = (chunk: Buffer) => {
    budget.bytes -= chunk.length
    if (budget.bytes < 0) throw new ImageError('unpack.too-large', 'the image unpacks to too much')
    unpacked.update(chunk)
  }
  const archive = extract()
  const source = createReadStream(blobPath(layout, layer.digest), { highWaterMark: 1 << 18 })
  const reading = pipeline([source, ...stages, tap(count), archive], signal ? { signal } : {})
  const taking = takeEntries(archive, budget, take)
  const outcomes = await Promise.allSettled([reading, taking])
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

async function takeEntries(archive: Extract, budget: LayerBudget, take: TakeEntry): Promise<void> {
  for await (const entry of archive) {
    if (--budget.entries < 0)
      throw new ImageError('unpack.too-many', 'the image has too many entries')
    await take(entry.header, entry as AsyncIterable<Uint8Array>)
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
