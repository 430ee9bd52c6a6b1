// The static preset: a folder of files behind our own small web server. Does file I/O.
import { join } from 'node:path'
import { filesLayer, writeNodeImage } from '@wetee/image'
import type { TakenBase } from '../base.ts'
import { siteOf } from '../preset.ts'
import type { Recipe, Workshop } from '../recipe.ts'
import type { Source } from '../source/source.ts'
import { serverProgram, siteFolder } from './server-program.ts'

/** Plans a static site above a base that has Node. Throws BuildError `build.entry-missing`. */
export function staticRecipe(
  source: Source,
  { port, timeSeconds, labels }: Workshop,
  base: TakenBase,
): Recipe {
  const site = siteOf(source)
  const wanted = source.files.filter(({ path, mode }) => mode !== '120000' && path.startsWith(site))
  const files = wanted.map(({ path }) => {
    const inside = site === '' ? path : path.slice(site.length + 1)
    return [`${siteFolder}/${inside}`, { source: join(source.folder, path) }] as const
  })
  const write = (layout: string) =>
    writeNodeImage({
      ...{ layout, base: base.image, port, timeSeconds, labels },
      layers: [
        filesLayer({ '/app/server.mjs': serverProgram }),
        { ...filesLayer(Object.fromEntries(files)), timeSeconds },
      ],
      program: ['/app/server.mjs', siteFolder],
      environment: { PORT: String(port) },
    })
  return { materials: [base.material], write }
}
