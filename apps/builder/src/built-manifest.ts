// The manifest that a Compose file of the commit and the image which was built give, by the code that plans updates. Pure.
import {
  buildManifest,
  ManifestError,
  parseImageReference,
  replaceServiceImage,
} from '@wetee/manifest'
import type { ManifestOrder } from './build-order.ts'
import { BuilderError } from './builder-error.ts'

/** Most that is read of a Compose file; a manifest takes less. */
export const maxComposeBytes = 1_048_576

/**
 * Digest of the manifest with the image in the place of the service's. No registry is asked: every other image has to be named by its
 * digest. Throws BuilderError `builder.compose-invalid`.
 */
export async function builtManifestDigest(
  composeText: string,
  { compose: file, service, image, name }: ManifestOrder,
  imageDigest: string,
): Promise<`0x${string}`> {
  try {
    const text = replaceServiceImage(composeText, service, `${image}@${imageDigest}`)
    const { digest } = await buildManifest(text, { ...{ name, file }, resolveImage: namedDigest })
    return digest
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause
    throw new BuilderError('builder.compose-invalid', cause.message, { cause })
  }
}

function namedDigest(reference: string): Promise<string> {
  const digest = parseImageReference(reference)?.digest
  if (digest !== undefined) return Promise.resolve(digest)
  return Promise.reject(
    new Error('a builder asks no registry: name every image but its own by @sha256:...'),
  )
}
