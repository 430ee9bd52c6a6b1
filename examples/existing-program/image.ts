// Packs json-server as npm publishes it, unchanged, with a file of goods and this machine's Node. Does file I/O.
import { join } from 'node:path'
import { filesLayer, npmPackagesLayer, writeNodeImage, type WrittenImage } from '@wetee/image'

const here = import.meta.dirname

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildExistingProgramImage(layout: string): Promise<WrittenImage> {
  return writeNodeImage({
    layout,
    tag: '1',
    layers: [
      npmPackagesLayer(here, ['json-server']),
      filesLayer({
        '/data/goods.json': { source: join(here, 'goods.json') },
        // It does not start without a folder of static files.
        '/app/public/robots.txt': 'User-agent: *\nDisallow: /\n',
      }),
    ],
    program: ['/app/node_modules/json-server/lib/bin.js'],
  })
}
