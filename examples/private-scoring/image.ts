// Builds the image of the scoring program, with the npm package it opens inputs by. Same files and Node, same digest. Does file I/O.
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
export async function buildPrivateScoringImage(layout: string): Promise<WrittenImage> {
  return writeImage({
    layout,
    tag: '1',
    layers: [
      await nodeRuntimeLayer(),
      npmPackagesLayer(here, ['hpke']),
      filesLayer({
        '/app/server.mjs': { source: join(here, 'server.mjs') },
        '/app/scoring.mjs': { source: join(here, 'scoring.mjs') },
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
