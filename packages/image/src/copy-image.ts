// Copies an image from one layout into another; every byte is hashed on the way. Does file I/O.
import { createReadStream } from 'node:fs'
import { blobPath, makeBlobFolder, verifyBlob, writeBlobStream, wrongDigest } from './blob.ts'
import { addToLayout, openImage } from './layout.ts'
import type { Descriptor } from './manifest.ts'

/** Copies one image, whole, under a tag where one is given. Throws ImageError. */
export async function copyImage(
  from: string,
  digest: string,
  to: string,
  tag?: string,
): Promise<void> {
  const image = await openImage(from, digest)
  await makeBlobFolder(to)
  for (const blob of [...image.manifest.layers, image.manifest.config])
    await copyBlob(from, blob, to)
  const { size } = await writeBlobStream(to, createReadStream(blobPath(from, image.digest)))
  await addToLayout(to, { mediaType: image.manifest.mediaType, digest: image.digest, size }, tag)
}

/** One that is there already is hashed where it lies. */
export async function copyBlob(from: string, blob: Descriptor, to: string): Promise<void> {
  const isThere = await verifyBlob(to, blob).then(
    () => true,
    () => false,
  )
  if (isThere) return
  const source = createReadStream(blobPath(from, blob.digest), { highWaterMark: 1 << 20 })
  const copied = await writeBlobStream(to, source)
  if (copied.digest !== blob.digest) throw wrongDigest(blob.digest, copied.digest)
}
