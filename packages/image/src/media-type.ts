// Media types of images, as OCI and Docker name them. No I/O.
import { ImageError } from './error.ts'

/** Manifest of one image (OCI image specification). */
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
/** Images by platform. */
export const ociIndex = 'application/vnd.oci.image.index.v1+json'
/** Configuration of an image. */
export const ociConfig = 'application/vnd.oci.image.config.v1+json'
/** A layer that is not compressed. */
export const ociLayer = 'application/vnd.oci.image.layer.v1.tar'
/** Manifest of one image, Docker’s version 2 schema 2. */
export const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json'
/** Images by platform, as Docker writes them. */
export const dockerIndex = 'application/vnd.docker.distribution.manifest.list.v2+json'

/** How a layer's archive is packed. */
export type Compression = 'none' | 'gzip' | 'zstd'

const layerTypes: Readonly<Record<string, Compression>> = {
  [ociLayer]: 'none',
  [`${ociLayer}+gzip`]: 'gzip',
  [`${ociLayer}+zstd`]: 'zstd',
  'application/vnd.docker.image.rootfs.diff.tar': 'none',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
}

/**
 * Compression of a layer's media type. Throws ImageError `image.media-type`, for foreign layers
 * too.
 */
export function layerCompression(mediaType: string): Compression {
  const compression = layerTypes[mediaType]
  if (compression !== undefined) return compression
  throw new ImageError('image.media-type', `layers of type ${mediaType.slice(0, 80)} are not known`)
}
