// The example's image, from its source files and this machine's Node. Same source and Node, same digest. Does file I/O.
import { join } from 'node:path'
import { filesLayer, writeNodeImage, type WrittenImage } from '@wetee/image'

const programFile = (name: string) => ({ source: join(import.meta.dirname, name) })

/** Writes the image into a layout folder (made when missing). Throws ImageError. */
export async function buildHelloImage(layout: string): Promise<WrittenImage> {
  return writeNodeImage({
    layout,
    tag: '1',
    layers: [
      filesLayer({
        '/app/server.mjs': programFile('server.mjs'),
        '/app/note.mjs': programFile('note.mjs'),
      }),
    ],
    program: ['/app/server.mjs'],
  })
}
