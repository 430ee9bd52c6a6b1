// Blobs of an OCI layout folder: written through a temporary file, hashed on the way, renamed when
// right. Does file I/O.
import { createHash, randomUUID, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ImageError } from './error.ts'
import { maxDocumentBytes, type Digest } from './manifest.ts'

/** Where a blob of a layout lies. */
export function blobPath(layout: string, digest: Digest): string {
  return join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length))
}

/** The digest that a hash has come to. */
export function digestOf(hash: Hash): Digest {
  return `sha256:${hash.digest('hex')}`
}

/** Writes bytes whose digest follows from them. */
export async function writeBlob(layout: string, bytes: Uint8Array): Promise<Digest> {
  const digest = digestOf(createHash('sha256').update(bytes))
  await writeFileAtomic(blobPath(layout, digest), bytes)
  return digest
}

/** Writes a whole file or none of it. */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o644)
    try {
      await file.chmod(0o644)
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Writes a stream as a blob; the whole is never in memory. */
export async function writeBlobStream(
  layout: string,
  source: AsyncIterable<Uint8Array>,
): Promise<{ digest: Digest; size: number }> {
  const folder = join(layout, 'blobs', 'sha256')
  const temporary = join(folder, `${randomUUID()}.tmp`)
  const hash = createHash('sha256')
  let size = 0
  try {
    const file = await open(temporary, 'wx', 0o644)
    try {
      await file.chmod(0o644)
      for await (const chunk of source) {
        hash.update(chunk)
        size += chunk.length
        await file.writeFile(chunk)
      }
    } finally {
      await file.close()
    }
    const digest = digestOf(hash)
    await rename(temporary, blobPath(layout, digest))
    return { digest, size }
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Makes the folders of a layout, open to every reader whatever the umask: an agent has a user of its own. */
export async function makeBlobFolder(layout: string): Promise<void> {
  const root = resolve(layout)
  const folder = join(root, 'blobs', 'sha256')
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (const path of [root, join(root, 'blobs'), folder])
    if (path.length >= first.length) await chmod(path, 0o755)
}

/** A small blob, hashed. Throws ImageError `blob.missing`, `blob.digest` or `image.too-large`. */
export async function readDocument(layout: string, digest: Digest): Promise<Uint8Array> {
  const path = blobPath(layout, digest)
  const { size } = await statBlob(path, digest)
  if (size > maxDocumentBytes)
    throw new ImageError(
      'image.too-large',
      `${digest} has ${size} bytes, at most ${maxDocumentBytes}`,
    )
  const bytes = await readFile(path)
  const actual = digestOf(createHash('sha256').update(bytes))
  if (actual !== digest) throw wrongDigest(digest, actual)
  return bytes
}

/** Re-hashes a blob of any size. Throws ImageError `blob.missing`, `blob.size` or `blob.digest`. */
export async function verifyBlob(
  layout: string,
  { digest, size }: { readonly digest: Digest; readonly size: number },
): Promise<void> {
  const path = blobPath(layout, digest)
  const found = await statBlob(path, digest)
  if (found.size !== size)
    throw new ImageError('blob.size', `${digest}: expected ${size} bytes, got ${found.size}`)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  const actual = digestOf(hash)
  if (actual !== digest) throw wrongDigest(digest, actual)
}

/**
 * Says that bytes are not what they should be; worth another attempt only where old bytes were part
 * of them.
 */
export function wrongDigest(expected: Digest, actual: Digest, retryable = false): ImageError {
  const message = `expected ${expected}, the bytes are ${actual}`
  return new ImageError('blob.digest', message, { retryable })
}

async function statBlob(path: string, digest: Digest): Promise<{ size: number }> {
  try {
    const found = await stat(path)
    if (found.isFile()) return found
  } catch (cause) {
    throw new ImageError('blob.missing', `the layout has no ${digest}`, { cause })
  }
  throw new ImageError('blob.missing', `${digest} is not a file`)
}
