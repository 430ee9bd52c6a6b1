// Which way a source is built, from what lies in it. Pure.
import { BuildError } from './error.ts'
import type { StagedTree } from './source/source-writer.ts'

/** What can be asked for. */
export const presetNames = ['auto', 'dockerfile', 'node', 'python', 'go', 'static'] as const

/** The ways there are. */
export type Preset = Exclude<(typeof presetNames)[number], 'auto'>

const marks: readonly (readonly [file: string, preset: Preset])[] = [
  ['Dockerfile', 'dockerfile'],
  ['Containerfile', 'dockerfile'],
  ['package.json', 'node'],
  ['go.mod', 'go'],
  ['pyproject.toml', 'python'],
  ['requirements.txt', 'python'],
  ['index.html', 'static'],
  ['public/index.html', 'static'],
]

/** The preset asked for, or the first that the files tell. Throws BuildError `build.preset-*`. */
export function choosePreset(asked: string, { files }: Pick<StagedTree, 'files'>): Preset {
  const paths = new Set(files.map(({ path }) => path))
  const found = asked === 'auto' ? marks.find(([file]) => paths.has(file))?.[1] : asked
  if (found !== undefined && isPreset(found)) return found
  throw new BuildError(
    'build.preset-unknown',
    asked === 'auto'
      ? `nothing tells how to build this: expected one of ${marks.map(([file]) => file).join(', ')} at its root`
      : `the preset is "${asked.slice(0, 40)}", expected ${presetNames.join(', ')}`,
  )
}

/** The folder of a static site's files: `public` where that has a page, else the root. */
export function siteOf({ files }: Pick<StagedTree, 'files'>): 'public' | '' {
  const paths = new Set(files.map(({ path }) => path))
  if (paths.has('public/index.html')) return 'public'
  if (paths.has('index.html')) return ''
  throw new BuildError(
    'build.entry-missing',
    'a static site has index.html, at its root or in public/',
  )
}

function isPreset(name: string): name is Preset {
  return name !== 'auto' && (presetNames as readonly string[]).includes(name)
}
