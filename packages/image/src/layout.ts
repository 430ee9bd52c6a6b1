// OCI layout folders: what they list, and whether every byte is what the digests say. Does file
// I/O.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBlobFolder, readDocument, verifyBlob, writeFileAtomic } from './blob.ts'
import { ImageError } from './error.ts'
import {
  choosePlatform,
  indexEntries,
  parseConfig,
  parseManifestOrIndex,
  parseObject,
  requireDigest,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type ImageManifest,
  type IndexEntry,
} from './manifest.ts'
import { ociIndex } from './media-type.ts'

/** Images in a layout, newest last; `refName` is the tag. */
export type Layout = { readonly images: readonly IndexEntry[] }

/**
 * An image whose manifest and config have been hashed; its layers have not, except by
 * `verifyLayout`.
 */
export type OpenImage = {
  /** Digest of the manifest; another than asked for where an index was. */
  readonly digest: Digest
  readonly manifest: ImageManifest
  readonly config: ImageConfig
  /** Manifest, config and layers together. */
  readonly sizeBytes: number
}

/** Reads `index.json`. Throws ImageError `layout.invalid`. */
export async function readLayout(layout: string): Promise<Layout> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(join(layout, 'index.json'))
  } catch (cause) {
    throw new ImageError('layout.invalid', `${layout} has no index.json`, { cause })
  }
  return { images: indexEntries(parseObject(bytes, 'layout.invalid')['manifests']) }
}

/** Reads and hashes an image's manifest and config, through an index where the digest names one. */
export async function openImage(layout: string, digest: string): Promise<OpenImage> {
  const asked = requireDigest(digest)
  let manifestDigest = asked
  let bytes = await readDocument(layout, asked)
  let parsed = parseManifestOrIndex(bytes)
  if (parsed.kind === 'index') {
    manifestDigest = choosePlatform(parsed.entries).digest
    bytes = await readDocument(layout, manifestDigest)
    parsed = parseManifestOrIndex(bytes)
  }
  if (parsed.kind === 'index')
    throw new ImageError('image.manifest', 'an index of indexes is not supported')
  const { manifest } = parsed
  const configBytes = await readDocument(layout, manifest.config.digest)
  const config = parseConfig(configBytes, manifest.layers.length)
  const layers = manifest.layers.reduce((sum, { size }) => sum + size, 0)
  const sizeBytes = bytes.length + configBytes.length + layers
  return { digest: manifestDigest, manifest, config, sizeBytes }
}

/**
 * Re-hashes every blob of an image. Throws ImageError with the blob that is missing or wrong; a
 * layout that passes holds
 * exactly the image that the digest names.
 */
export async function verifyLayout(layout: string, digest: string): Promise<OpenImage> {
  const image = await openImage(layout, digest)
  await verifyBlob(layout, image.manifest.config)
  for (const layer of unique(image.manifest.layers)) await verifyBlob(layout, layer)
  return image
}

/**
 * Lists an image in `index.json`, under a tag where one is given; the tag leaves its former image.
 */
export async function addToLayout(
  layout: string,
  image: Descriptor,
  refName?: string,
): Promise<void> {
  await makeBlobFolder(layout)
  const before = await readLayout(layout).catch(() => ({ images: [] }))
  const kept = before.images.filter((entry) => {
    if (refName !== undefined && entry.refName === refName) return false
    return entry.digest !== image.digest || entry.refName !== undefined
  })
  const images: IndexEntry[] = [
    ...kept.slice(-200),
    { ...image, os: 'linux', architecture: 'amd64', ...(refName === undefined ? {} : { refName }) },
  ]
  const index = { schemaVersion: 2, mediaType: ociIndex, manifests: images.map(toEntry) }
  await writeJson(join(layout, 'oci-layout'), { imageLayoutVersion: '1.0.0' })
  await writeJson(join(layout, 'index.json'), index)
}

function toEntry({ mediaType, digest, size, os, architecture, refName }: IndexEntry) {
  return {
    mediaType,
    digest,
    size,
    ...(os === undefined ? {} : { platform: { architecture, os } }),
    ...(refName === undefined
      ? {}
      : { annotations: { 'org.opencontainers.image.ref.name': refName } }),
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, new TextEncoder().encode(`${JSON.stringify(value)}\n`))
}

function unique(descriptors: readonly Descriptor[]): Descriptor[] {
  return [...new Map(descriptors.map((d) => [`${d.digest} ${d.size}`, d])).values()]
}
