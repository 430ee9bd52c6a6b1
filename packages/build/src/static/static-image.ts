// The static preset: a folder of files behind our own small web server. Does file I/O.
import { join } from 'node:path'
import { filesLayer, writeNodeImage, type BaseImage, type WrittenImage } from '@wetee/image'
import { siteOf } from '../preset.ts'
import type { Source } from '../source/source.ts'
import { serverProgram, siteFolder } from './server-program.ts'

/** Writes the image. Throws BuildError `build.entry-missing`. */
export async function writeStaticImage(
  source: Source,
  image: {
    readonly layout: string
    readonly base: BaseImage
    readonly port: number
    readonly timeSeconds: number
    readonly labels: Readonly<Record<string, string>>
  },
): Promise<WrittenImage> {
  const site = siteOf(source)
  const wanted = source.files.filter(({ path, mode }) => mode !== '120000' && path.startsWith(site))
  const files = wanted.map(({ path }) => {
    const inside = site === '' ? path : path.slice(site.length + 1)
    return [`${siteFolder}/${inside}`, { source: join(source.folder, path) }] as const
  })
  const { timeSeconds } = image
  return writeNodeImage({
    ...image,
    layers: [
      filesLayer({ '/app/server.mjs': serverProgram }),
      { ...filesLayer(Object.fromEntries(files)), timeSeconds },
    ],
    program: ['/app/server.mjs', siteFolder],
    environment: { PORT: String(image.port) },
  })
}
