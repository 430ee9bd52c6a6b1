// From a source to an image whose digest is the same every time. Network, processes and file I/O.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  nodeRuntimeLayer,
  pullImage,
  writeImage,
  type BaseImage,
  type WrittenImage,
} from '@wetee/image'
import { BuildCache, cacheKey } from './cache.ts'
import { BuildError } from './error.ts'
import type { Material } from './material.ts'
import { defaultRegistry } from './node/fetch-packages.ts'
import { materialsOf, planNode, writeProgramImage, type NodePlan } from './node/node-image.ts'
import { choosePreset, type Preset } from './preset.ts'
import { writeBuildRoot } from './sandbox/build-root.ts'
import { makeOpenFolder, type ScriptLimits } from './sandbox/isolate.ts'
import { fetchCommit } from './source/fetch-commit.ts'
import { readFolder } from './source/read-folder.ts'
import type { Source } from './source/source.ts'
import type { SourceLimits } from './source/source-writer.ts'
import { writeStaticImage } from './static/static-image.ts'

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
  /** `registry/repository@sha256:...`, with Node at /usr/local/bin/node; default: this machine's Node. */
  readonly base?: string
  /** TCP port that the program listens on, also in its `PORT`; default 8080. */
  readonly port?: number
  /** Time of the image and its files, in seconds since 1970; default: the commit's, else 0. */
  readonly timeSeconds?: number
  /** In the place of https://registry.npmjs.org/. */
  readonly npmRegistry?: string
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
  if (preset === 'dockerfile')
    throw new BuildError('build.engine-missing', 'Dockerfiles are not built yet')
  const { port = 8080, timeSeconds = source.timeSeconds ?? 0 } = options
  const plan = preset === 'node' ? await planNode(source) : undefined
  if (options.runsScripts === false && plan?.manifest.buildScript !== undefined)
    throw new BuildError(
      'build.sandbox-missing',
      'this builder has no sandbox for build scripts: commit what the script makes, or build elsewhere',
    )
  const base = await takeBase(cache, options)
  const needsRoot = plan?.manifest.buildScript !== undefined && options.base === undefined
  const buildRoot = needsRoot ? await writeMachineRoot(cache) : base
  const materials = [
    material('base', base, options.base),
    ...(needsRoot ? [material('build-environment', buildRoot)] : []),
    ...(plan === undefined ? [] : materialsOf(plan)),
  ]
  const { commit, uri, tree, sizeBytes, files } = source
  const described = {
    preset,
    port,
    timeSeconds,
    materials,
    installScripts: installScriptsOf(plan),
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
    const labels: Record<string, string> =
      commit === undefined ? {} : { 'org.opencontainers.image.revision': commit }
    const image = { layout, base, port, timeSeconds, labels }
    const written =
      plan === undefined
        ? await writeStaticImage(source, image)
        : await writeProgramImage(source, plan, {
            ...image,
            buildRoot,
            scratch,
            cache: cache.packages,
            registry: options.npmRegistry ?? defaultRegistry,
            offline: options.offline ?? false,
            onStep: step,
            onLog: options.onLog ?? (() => undefined),
            ...boundsOf(options),
          })
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

async function takeBase(cache: BuildCache, options: BuildOptions): Promise<BaseImage> {
  const layout = cache.bases
  if (options.base === undefined) {
    const layers = [await nodeRuntimeLayer()]
    const { digest } = await writeImage({ layout, tag: 'node', layers, config: {} })
    return { layout, digest }
  }
  const [, digest] = /@(sha256:[0-9a-f]{64})$/.exec(options.base) ?? []
  if (digest === undefined)
    throw new BuildError(
      'build.image-invalid',
      `the base image is "${options.base.slice(0, 200)}", expected it by digest: registry/repository@sha256:...`,
    )
  options.onStep?.('pulling the base image')
  await pullImage(
    options.base,
    layout,
    options.signal === undefined ? {} : { signal: options.signal },
  )
  return { layout, digest }
}

async function writeMachineRoot(cache: BuildCache): Promise<BaseImage> {
  const { digest } = await writeBuildRoot(cache.bases)
  return { layout: cache.bases, digest }
}

function material(name: string, { digest }: BaseImage, reference?: string): Material {
  const uri =
    reference === undefined ? `urn:wetee:${name}:node-${process.version}` : `oci:${reference}`
  return { uri, digest: { sha256: digest.slice('sha256:'.length) } }
}

function boundsOf({ scriptLimits, sourceLimits, signal }: BuildOptions) {
  return {
    ...(scriptLimits === undefined ? {} : { scriptLimits }),
    ...(sourceLimits === undefined ? {} : { sourceLimits }),
    ...(signal === undefined ? {} : { signal }),
  }
}

function installScriptsOf(plan: NodePlan | undefined): string[] {
  const packages = plan?.lock.packages ?? []
  return packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ place }) => place)
}
