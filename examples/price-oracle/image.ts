// Builds the oracle's image from its sources and this machine's Node. Same sources and Node, same digest. Does file I/O.
import { join } from 'node:path'
import { filesLayer, nodePath, nodeRuntimeLayer, writeImage, type WrittenImage } from '@wetee/image'

const files = ['server.mjs', 'sources.mjs', 'price.mjs', 'exchanges.mjs']

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildPriceOracleImage(layout: string): Promise<WrittenImage> {
  const sources = Object.fromEntries(
    files.map((name) => [`/app/${name}`, { source: join(import.meta.dirname, name) }] as const),
  )
  return writeImage({
    layout,
    tag: '1',
    layers: [await nodeRuntimeLayer(), filesLayer(sources)],
    config: {
      entrypoint: [nodePath, '/app/server.mjs'],
      environment: { NODE_ENV: 'production' },
      ports: [8080],
      user: '1000:1000',
      workingDirectory: '/app',
    },
  })
}
