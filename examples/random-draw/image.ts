// The image of the drawing program, with the npm packages it calculates by. Same files and Node, same digest. Does file I/O.
import { join } from 'node:path'
import { filesLayer, npmPackagesLayer, writeNodeImage, type WrittenImage } from '@wetee/image'

const here = import.meta.dirname

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildRandomDrawImage(layout: string): Promise<WrittenImage> {
  return writeNodeImage({
    layout,
    tag: '1',
    layers: [
      npmPackagesLayer(here, ['secp256k1', '@noble/hashes']),
      filesLayer({
        '/app/server.mjs': { source: join(here, 'server.mjs') },
        '/app/draw.mjs': { source: join(here, 'draw.mjs') },
      }),
    ],
    program: ['/app/server.mjs'],
  })
}
