// Builds the example's image from its one source file and this machine's Node. Same source and
// Node, same digest. Does file I/O.
import { join } from 'node:path'
import { filesLayer, nodePath, nodeRuntimeLayer, writeImage, type Digest } from '@wetee/image'

/** What was built; `size` in bytes. */
export type BuiltImage = {
  readonly digest: Digest
  readonly configDigest: Digest
  readonly size: number
}

/** Tag in the layout, and in compose.yaml. */
const helloTag = '1'

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildHelloImage(layoutDir: string): Promise<BuiltImage> {
  return writeImage({
    layout: layoutDir,
    tag: helloTag,
    layers: [
      await nodeRuntimeLayer(),
      filesLayer({ '/app/server.mjs': { source: join(import.meta.dirname, 'server.mjs') } }),
    ],
    config: {
      entrypoint: [nodePath, '/app/server.mjs'],
      environment: { NODE_ENV: 'production' },
      ports: [8080],
      user: '1000:1000',
      workingDirectory: '/app',
    },
  })
}
