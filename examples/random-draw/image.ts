// Builds the image of the drawing program, with the npm packages it calculates by. Same files and Node, same digest. Does file I/O.
import { join } from 'node:path'
import {
  filesLayer,
  nodePath,
  nodeRuntimeLayer,
  npmPackagesLayer,
  writeImage,
  type WrittenImage,
} from '@wetee/image'

const here = import.meta.dirname

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildRandomDrawImage(layout: string): Promise<WrittenImage> {
  return writeImage({
    layout,
    tag: '1',
    layers: [
      await nodeRuntimeLayer(),
      npmPackagesLayer(here, ['secp256k1', '@noble/hashes']),
      filesLayer({
        '/app/server.mjs': { source: join(here, 'server.mjs') },
        '/app/draw.mjs': { source: join(here, 'draw.mjs') },
      }),
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
