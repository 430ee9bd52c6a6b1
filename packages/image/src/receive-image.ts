// Takes an image blob by blob from whoever has it into a layout; every byte is hashed on the way. Does file I/O.
import { createHash } from 'node:crypto'
import {
  blobPath,
  digestOf,
  makeBlobFolder,
  verifyBlob,
  writeBlob,
  writeBlobStream,
  wrongDigest,
} from './blob.ts'
import { copyBlob } from './copy-image.ts'
import { ImageError } from './error.ts'
import { addToLayout } from './layout.ts'
import {
  maxDocumentBytes,
  parseManifestOrIndex,
  requireDigest,
  type Descriptor,
} from './manifest.ts'
import { rm } from 'node:fs/promises'

/**
 * Writes the image with this digest into a layout. `fetch` gives the bytes of a blob and is not believed; blobs that a layout of
 * `known` has are copied from there. Throws ImageError `blob.digest`, `image.too-large`, `image.manifest`.
 */
export async function receiveImage(
  digest: string,
  layout: string,
  fetch: (digest: string) => AsyncIterable<Uint8Array>,
  known: readonly string[] = [],
): Promise<void> {
  const asked = requireDigest(digest)
  const bytes = await readAll(fetch(asked), maxDocumentBytes)
  const found = digestOf(createHash('sha256').update(bytes))
  if (found !== asked) throw wrongDigest(asked, found)
  const parsed = parseManifestOrIndex(bytes)
  if (parsed.kind === 'index') throw new ImageError('image.manifest', 'expected one image')
  const { manifest } = parsed
  await makeBlobFolder(layout)
  for (const blob of [manifest.config, ...manifest.layers])
    if (!(await isThere(layout, blob))) await takeBlob(blob, layout, fetch, known)
  await writeBlob(layout, bytes)
  await addToLayout(layout, { mediaType: manifest.mediaType, digest: asked, size: bytes.length })
}

async function takeBlob(
  blob: Descriptor,
  layout: string,
  fetch: (digest: string) => AsyncIterable<Uint8Array>,
  known: readonly string[],
): Promise<void> {
  for (const other of known)
    if (await isThere(other, blob)) {
      await copyBlob(other, blob, layout)
      return
    }
  const written = await writeBlobStream(layout, atMost(fetch(blob.digest), blob.size))
  if (written.digest === blob.digest) return
  await rm(blobPath(layout, written.digest), { force: true })
  throw wrongDigest(blob.digest, written.digest)
}

function isThere(layout: string, blob: Descriptor): Promise<boolean> {
  return verifyBlob(layout, blob).then(
    () => true,
    () => false,
  )
}

async function* atMost(source: AsyncIterable<Uint8Array>, maximum: number) {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > maximum) throw new ImageError('image.too-large', `more than ${maximum} bytes`)
    yield chunk
  }
}

async function readAll(source: AsyncIterable<Uint8Array>, maximum: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of atMost(source, maximum)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
