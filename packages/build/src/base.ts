// Base images by digest, as materials. Network and file I/O.
import { nodeRuntimeLayer, pullImage, writeImage, type BaseImage } from '@wetee/image'
import { BuildError } from './error.ts'
import type { Material } from './material.ts'
import type { Workshop } from './recipe.ts'

/** A base, and what it is called in provenance. */
export type TakenBase = { readonly image: BaseImage; readonly material: Material }

/** Pulls `registry/repository@sha256:...` into the cache. Throws BuildError `build.image-invalid`, ImageError. */
export async function pullBase(reference: string, workshop: Workshop): Promise<TakenBase> {
  const { cache, signal, onStep } = workshop
  const [, digest] = /@(sha256:[0-9a-f]{64})$/.exec(reference) ?? []
  if (digest === undefined)
    throw new BuildError(
      'build.image-invalid',
      `the base image is "${reference.slice(0, 200)}", expected it by digest: registry/repository@sha256:...`,
    )
  onStep('pulling the base image')
  await pullImage(reference, cache.bases, signal === undefined ? {} : { signal })
  return {
    image: { layout: cache.bases, digest },
    material: imageMaterial(`oci:${reference}`, digest),
  }
}

/** The Node of this machine. */
export async function machineNode({ cache }: Workshop): Promise<TakenBase> {
  const layout = cache.bases
  const layers = [await nodeRuntimeLayer()]
  const { digest } = await writeImage({ layout, tag: 'node', layers, config: {} })
  return {
    image: { layout, digest },
    material: imageMaterial(`urn:wetee:base:node-${process.version}`, digest),
  }
}

/** An image as a material. */
export function imageMaterial(uri: string, digest: string): Material {
  return { uri, digest: { sha256: digest.slice('sha256:'.length) } }
}
