// An image as the archive that `POST /images/load` of the Docker Engine API takes. Reads files;
// layers are streamed.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack, type Pack } from 'tar-stream'
import { blobPath, readDocument } from './blob.ts'
import { ImageError } from './error.ts'
import { openImage, type OpenImage } from './layout.ts'
import { layerCompression } from './media-type.ts'
import { packWhole } from './write-image.ts'

/**
 * The image under its config digest, which engines then call the image's id. Blobs are sent as they
 * lie in the layout:
 * call `verifyLayout` before, engines check only the uncompressed layers against the config.
 */
export function toDockerArchive(layout: string, digest: string): Readable {
  const archive = pack()
  fill(archive, layout, digest).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  return Readable.from(archive, { objectMode: false })
}

async function fill(archive: Pack, layout: string, digest: string): Promise<void> {
  const image = await openImage(layout, digest)
  const { config, layers } = image.manifest
  for (const { mediaType } of layers)
    if (layerCompression(mediaType) === 'zstd')
      throw new ImageError('image.media-type', 'engines load no zstd layers from an archive')
  const hex = config.digest.slice('sha256:'.length)
  await packBytes(archive, `${hex}.json`, await readDocument(layout, config.digest))
  const names = layerNames(image)
  for (const [name, layer] of new Map(names.map((name, i) => [name, layers[i]]))) {
    if (layer === undefined) continue
    const path = blobPath(layout, layer.digest)
    const { size } = await stat(path)
    const sink = archive.entry({ name, size, mode: 0o644, mtime: new Date(0) })
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), sink)
  }
  const list = [{ Config: `${hex}.json`, RepoTags: null, Layers: names }]
  await packBytes(archive, 'manifest.json', new TextEncoder().encode(JSON.stringify(list)))
  archive.finalize()
}

function layerNames({ manifest }: OpenImage): string[] {
  return manifest.layers.map(({ digest }) => `${digest.slice('sha256:'.length)}.tar`)
}

async function packBytes(archive: Pack, name: string, bytes: Uint8Array): Promise<void> {
  await packWhole(archive, { name, mode: 0o644, mtime: new Date(0) }, bytes)
}
