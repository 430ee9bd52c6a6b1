// The image of the scoring program, with the npm package it opens inputs by. Same files and Node, same digest. Does file I/O.
import { join } from 'node:path'
import { filesLayer, npmPackagesLayer, writeNodeImage, type WrittenImage } from '@wetee/image'

const here = import.meta.dirname

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildPrivateScoringImage(layout: string): Promise<WrittenImage> {
  return writeNodeImage({
    layout,
    tag: '1',
    layers: [
      npmPackagesLayer(here, ['hpke']),
      filesLayer({
        '/app/server.mjs': { source: join(here, 'server.mjs') },
        '/app/scoring.mjs': { source: join(here, 'scoring.mjs') },
      }),
    ],
    program: ['/app/server.mjs'],
  })
}
