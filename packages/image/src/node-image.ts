// The image of a Node program: a Node, then the program's own layers, run by an ordinary user. Does file I/O.
import type { LayerSource } from './layer.ts'
import { nodePath, nodeRuntimeLayer } from './node-runtime.ts'
import { writeImage, type BaseImage, type WrittenImage } from './write-image.ts'

/** A Node program as an image; what it is made of decides the digest. */
export type NodeImage = {
  /** Layout folder, made when missing. */
  readonly layout: string
  readonly tag?: string
  /** An image that has Node at `nodePath`; this machine's Node when not given. */
  readonly base?: BaseImage
  /** Above the base, in this order; the program lies below `/app`. */
  readonly layers: readonly LayerSource[]
  /** Words after `node`: options, the program's path in the image, its arguments. */
  readonly program: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** TCP port it listens on; default 8080. */
  readonly port?: number
  readonly labels?: Readonly<Record<string, string>>
  /** Time of the image itself, in seconds since 1970; default 0. */
  readonly timeSeconds?: number
}

/** Writes it. Throws ImageError. */
export async function writeNodeImage(image: NodeImage): Promise<WrittenImage> {
  const { layout, tag, base, layers, program, environment, port = 8080, labels } = image
  return writeImage({
    layout,
    ...(tag === undefined ? {} : { tag }),
    ...(base === undefined ? {} : { base }),
    ...(image.timeSeconds === undefined ? {} : { timeSeconds: image.timeSeconds }),
    layers: [...(base === undefined ? [await nodeRuntimeLayer()] : []), ...layers],
    config: {
      entrypoint: [nodePath, ...program],
      environment: { NODE_ENV: 'production', ...environment },
      ports: [port],
      user: '1000:1000',
      workingDirectory: '/app',
      ...(labels === undefined ? {} : { labels }),
    },
  })
}
