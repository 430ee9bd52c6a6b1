// The oracle's image, from its sources and this machine's Node. Same sources and Node, same digest. Does file I/O.
import { join } from 'node:path'
import { filesLayer, writeNodeImage, type WrittenImage } from '@wetee/image'

const files = ['server.mjs', 'sources.mjs', 'price.mjs', 'exchanges.mjs']

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildPriceOracleImage(layout: string): Promise<WrittenImage> {
  const sources = Object.fromEntries(
    files.map((name) => [`/app/${name}`, { source: join(import.meta.dirname, name) }] as const),
  )
  return writeNodeImage({
    layout,
    tag: '1',
    layers: [filesLayer(sources)],
    program: ['/app/server.mjs'],
  })
}
