// What a commit is built from, apart from which image its Compose file names: a commit that only takes over the image of the last
// update is the same source, and starts no other. Pure.
import { createHash } from 'node:crypto'
import type { Source } from '@wetee/build'
import { replaceServiceImage } from '@wetee/manifest'

const anyImage = `image.invalid/any@sha256:${'0'.repeat(64)}`

/** SHA-256 over paths, modes and contents. Throws ManifestError as `replaceServiceImage`. */
export function sourceName(
  files: Source['files'],
  compose: { readonly path: string; readonly text: string; readonly service: string },
): string {
  const hash = createHash('sha256')
  for (const { path, mode, names } of files)
    if (path !== compose.path) hash.update(`${mode} ${names.sha256} ${path}\0`)
  return hash.update(replaceServiceImage(compose.text, compose.service, anyImage)).digest('hex')
}
