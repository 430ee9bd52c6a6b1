// From a source to an image whose digest is the same every time. Network, processes and file I/O.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WrittenImage } from '@wetee/image'
import { machineNode, pullBase } from './base.ts'
import { BuildCache, cacheKey } from './cache.ts'
import { dockerfileRecipe } from './dockerfile/dockerfile-image.ts'
import { BuildError } from './error.ts'
import { defaultGoProxy } from './go/fetch-modules.ts'
import { goRecipe } from './go/go-image.ts'
import type { Material } from './material.ts'
import { defaultRegistry } from './node/fetch-packages.ts'
import { nodeRecipe } from './node/node-image.ts'
import { defaultPythonIndex } from './python/choose-wheels.ts'
import { pythonRecipe } from './python/python-image.ts'
import { choosePreset, type Preset } from './preset.ts'
import type { Recipe, Workshop } from './recipe.ts'
import { makeOpenFolder, type ScriptLimits } from './sandbox/isolate.ts'
import { fetchCommit } from './source/fetch-commit.ts'
import { readFolder } from './source/read-folder.ts'
import type { Source } from './source/source.ts'
import type { SourceLimits } from './source/source-writer.ts'
import { staticRecipe } from './static/static-image.ts'

/** Changes whenever the same source gives another image. */
export const builderVersion = '1'

/** A folder, a commit that is fetched, or whatever stages a source into a folder that it makes. */
type SourceOption =
  | { readonly folder: string }
  | { readonly url: string; readonly commit: string }
  | { readonly stage: (folder: string) => Promise<Source> }

/** What is built, and how. */
export type BuildOptions = {
  readonly source: SourceOption
  /** One of `presetNames`; default `auto`. */
  readonly preset?: string
  /** Folder of this user alone, for results, packages and base images. */
  readonly cache: string
  /** `registry/repository@sha256:...`. Node and static: with Node at /usr/local/bin/node, Python: with /usr/local/bin/python3, default this machine's; Go: default none. */
  readonly base?: string
  /** TCP port that the program listens on, also in its `PORT`; default 8080. */
  readonly port?: number
  /** Time of the image and its files, in seconds since 1970; default: the commit's, else 0. */
  readonly timeSeconds?: number
  /** In the place of https://registry.npmjs.org/. */
  readonly npmRegistry?: string
  /** In the place of https://proxy.golang.org/. */
  readonly goProxy?: string
  /** Folder of the Go to compile with; default: that of PATH, else /usr/local/go. */
  readonly goFolder?: string
  /** In the place of https://pypi.org/simple/. */
  readonly pythonIndex?: string
  /** Folder of the Python that becomes the base: that with `bin/python3`; default: that of PATH, else /usr/local, /usr. */
  readonly pythonFolder?: string
  /** PEM file of the authorities that a Go program trusts; default none. */
  readonly certificates?: string
  /** Builds also what was built before. */
  readonly fresh?: boolean
  /** Fetches no package: what is not in the cache ends the build with `build.material-missing`. */
  readonly offline?: boolean
  /** False: a program with a build script is refused, for machines without a sandbox. */
  readonly runsScripts?: boolean
  readonly scriptLimits?: Partial<ScriptLimits>
  readonly sourceLimits?: SourceLimits
  readonly signal?: AbortSignal
  /** Sees the source, which lies in its `folder` meanwhile, before anything is built from it; may throw to refuse it. */
  readonly onSource?: (source: Source) => Promise<void>
  readonly onStep?: (text: string) => void
  readonly onLog?: (line: string) => void
}

/** An image, where it lies, and all that went into it. */
export type BuiltImage = WrittenImage & {
  /** Layout folder in the cache. */
  readonly layout: string
  readonly preset: Preset
  readonly source: Pick<Source, 'commit' | 'uri' | 'tree' | 'sizeBytes'> & {
    readonly files: number
  }
  readonly port: number
  readonly timeSeconds: number
  readonly materials: readonly Material[]
  /** Packages that wanted to run something when installed, which was not done. */
  readonly installScripts: readonly string[]
  /** Was built before, from the same. */
  readonly cached: boolean
}

/** Builds. Throws BuildError, ImageError. */
export async function build(options: BuildOptions): Promise<BuiltImage> {
  const cache = await BuildCache.open(options.cache)
  const scratch = await mkdtemp(join(tmpdir(), 'wetee-build-'))
  try {
    await makeOpenFolder(scratch)
    return await buildIn(scratch, cache, options)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function buildIn(
  scratch: string,
  cache: BuildCache,
  options: BuildOptions,
): Promise<BuiltImage> {
  const step = options.onStep ?? (() => undefined)
  step('reading the source')
  const source = await stageSource(scratch, options)
  await options.onSource?.(source)
  const preset = choosePreset(options.preset ?? 'auto', source)
  const { port = 8080, timeSeconds = source.timeSeconds ?? 0 } = options
  const workshop: Workshop = {
    ...{ scratch, cache, port, timeSeconds, onStep: step },
    labels:
      source.commit === undefined ? {} : { 'org.opencontainers.image.revision': source.commit },
    onLog: options.onLog ?? (() => undefined),
    offline: options.offline ?? false,
    runsScripts: options.runsScripts ?? true,
    ...boundsOf(options),
  }
  const { materials, installScripts = [], write } = await plan(preset, source, workshop, options)
  const { commit, uri, tree, sizeBytes, files } = source
  const described = {
    preset,
    port,
    timeSeconds,
    materials,
    installScripts,
    source: {
      ...(commit === undefined ? {} : { commit }),
      ...(uri === undefined ? {} : { uri }),
      ...{ tree, sizeBytes, files: files.length },
    },
  }
  const key = cacheKey({ builderVersion, preset, port, timeSeconds, materials, commit, tree })
  const known = options.fresh === true ? undefined : await cache.find(key)
  if (known !== undefined) return { ...described, ...known, cached: true }
  const layout = await cache.begin()
  try {
    const written = await write(layout)
    return {
      ...described,
      ...written,
      layout: await cache.keep(key, layout, written),
      cached: false,
    }
  } finally {
    await rm(layout, { recursive: true, force: true })
  }
}

/** Below a folder that is named as in the image. */
async function stageSource(scratch: string, options: BuildOptions): Promise<Source> {
  const folder = join(scratch, 'source', 'app')
  const { source, signal, sourceLimits } = options
  const bounds = {
    ...(signal === undefined ? {} : { signal }),
    ...(sourceLimits === undefined ? {} : { limits: sourceLimits }),
  }
  if ('stage' in source) return source.stage(folder)
  if ('folder' in source) return readFolder(source.folder, folder, bounds)
  return fetchCommit(
    source.url,
    source.commit,
    { folder, scratch: join(scratch, 'objects') },
    bounds,
  )
}

async function plan(
  preset: Preset,
  source: Source,
  workshop: Workshop,
  options: BuildOptions,
): Promise<Recipe> {
  const { npmRegistry: registry = defaultRegistry, goProxy: proxy = defaultGoProxy } = options
  if (preset === 'dockerfile') {
    if (options.base === undefined) return dockerfileRecipe(source, workshop)
    throw new BuildError(
      'build.image-invalid',
      'a Dockerfile names its base itself: leave --base out',
    )
  }
  const pulled = options.base === undefined ? undefined : await pullBase(options.base, workshop)
  if (preset === 'go') {
    const { certificates, goFolder } = options
    return goRecipe(source, workshop, {
      proxy,
      ...(pulled === undefined ? {} : { base: pulled }),
      ...(certificates === undefined ? {} : { certificates }),
      ...(goFolder === undefined ? {} : { goFolder }),
    })
  }
  if (preset === 'python') {
    const { pythonIndex: index = defaultPythonIndex, pythonFolder } = options
    return pythonRecipe(source, workshop, {
      index,
      ...(pulled === undefined ? {} : { base: pulled }),
      ...(pythonFolder === undefined ? {} : { pythonFolder }),
    })
  }
  const base = pulled ?? (await machineNode(workshop))
  if (preset === 'static') return staticRecipe(source, workshop, base)
  return nodeRecipe(source, workshop, { base, isMachine: pulled === undefined, registry })
}

function boundsOf({ scriptLimits, sourceLimits, signal }: BuildOptions) {
  return {
    ...(scriptLimits === undefined ? {} : { scriptLimits }),
    ...(sourceLimits === undefined ? {} : { sourceLimits }),
    ...(signal === undefined ? {} : { signal }),
  }
}
