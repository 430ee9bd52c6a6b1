// The Dockerfile preset: base images by digest, an engine in a sandbox that builds above them, and its image written again by us.
// Network, processes and file I/O.
import { chmod, lstat, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  copyImage,
  openImage,
  readLayout,
  rewriteImage,
  unpackImage,
  type BaseImage,
} from '@wetee/image'
import { pullBase, type TakenBase } from '../base.ts'
import { BuildError } from '../error.ts'
import type { Recipe, Workshop } from '../recipe.ts'
import { openFolders, prepareRoot, runIsolated, type ScriptLimits } from '../sandbox/isolate.ts'
import { stageFolder } from '../source/read-folder.ts'
import { readSourceFile } from '../source/read-source-file.ts'
import type { Source } from '../source/source.ts'
import { enginePath, findEngine, type Engine } from './engine.ts'
import {
  maxDockerfileBytes,
  parseDockerfile,
  renderDockerfile,
  type Dockerfile,
} from './dockerfile.ts'

/** Of one build, all its steps together: what a base unpacks to is there once for each of its layers. */
const dockerfileLimits: Partial<ScriptLimits> = {
  timeoutMs: 1_800_000,
  workBytes: 8 * 2 ** 30,
  workFiles: 2_000_000,
}
const fileNames = ['Dockerfile', 'Containerfile']

/** Plans what a Dockerfile says. Throws BuildError. */
export async function dockerfileRecipe(source: Source, workshop: Workshop): Promise<Recipe> {
  const dockerfile = await readDockerfile(source)
  requireSandbox(workshop)
  const engine = await findEngine(workshop.cache.bases)
  const bases = new Map<string, TakenBase>()
  for (const image of dockerfile.images) bases.set(image, await pullBase(image, workshop))
  return {
    materials: [engine.material, ...[...bases.values()].map(({ material }) => material)],
    write: async (layout) => {
      const base = dockerfile.base === undefined ? undefined : bases.get(dockerfile.base)?.image
      const made = await runEngine(source, workshop, { dockerfile, engine, bases, base })
      const { timeSeconds, labels, signal, scratch } = workshop
      const { workBytes = 0, workFiles = 0 } = limitsOf(workshop)
      const files = join(scratch, 'layers')
      await mkdir(files)
      workshop.onStep('writing the image')
      return rewriteImage(made, {
        ...{ layout, scratch: files, timeSeconds, labels, withoutLabels: 'io.buildah.' },
        limits: { maxBytes: workBytes, maxEntries: workFiles },
        ...(base === undefined ? {} : { base }),
        ...(signal === undefined ? {} : { signal }),
      })
    },
  }
}

async function readDockerfile(source: Source): Promise<Dockerfile> {
  for (const name of fileNames) {
    if (!source.files.some(({ path }) => path === name)) continue
    const text = await readSourceFile(source, name, maxDockerfileBytes)
    if (text === undefined)
      throw new BuildError(
        'build.dockerfile-invalid',
        `${name} is a link, or has more than ${maxDockerfileBytes} bytes`,
      )
    return parseDockerfile(text)
  }
  throw new BuildError(
    'build.entry-missing',
    `the dockerfile preset needs ${fileNames.join(' or ')} at the root`,
  )
}

/** A builder application fetches no images, and its container cannot hold what a Dockerfile starts. */
function requireSandbox({ runsScripts, offline }: Workshop): void {
  if (!runsScripts || offline)
    throw new BuildError(
      'build.sandbox-missing',
      'a builder in a TEE builds no Dockerfiles, it has no sandbox for their steps: build it on a machine of your own, without --builder',
    )
  if (process.getuid?.() !== 0)
    throw new BuildError(
      'build.sandbox-missing',
      'a Dockerfile is built by root alone, who can give its steps users of their own: run the build as root',
    )
}

function limitsOf({ scriptLimits }: Pick<Workshop, 'scriptLimits'>): Partial<ScriptLimits> {
  return { ...dockerfileLimits, ...scriptLimits }
}

type EngineOrder = {
  readonly dockerfile: Dockerfile
  readonly engine: Engine
  /** By what the Dockerfile calls them. */
  readonly bases: ReadonlyMap<string, TakenBase>
  /** That of the last stage. */
  readonly base: BaseImage | undefined
}

/** The engine's image, in a layout of ours. */
async function runEngine(
  source: Source,
  workshop: Workshop,
  { dockerfile, engine, bases, base }: EngineOrder,
): Promise<BaseImage> {
  const { scratch, signal, timeSeconds, onLog, onStep } = workshop
  const root = join(scratch, 'engine')
  const work = join(source.folder, '..')
  await unpackImage(engine.layout, engine.digest, root)
  const places = new Map<string, string>()
  for (const [reference, { image }] of bases) {
    const place = `/bases/${places.size}`
    await copyImage(image.layout, image.digest, join(root, place), 'base')
    places.set(reference, `oci:${place}:base`)
  }
  await prepareRoot(root)
  const text = renderDockerfile(dockerfile, (image) => places.get(image) ?? '')
  await writeFile(join(root, 'Dockerfile'), text)
  await chmod(join(root, 'Dockerfile'), 0o644)
  for (const folder of [root, work]) await openFolders(folder)
  for (const name of dockerfile.dropped)
    onLog(`${name} is left out: an OCI image has no place for it`)
  onStep(`building ${dockerfile.instructions.length} instructions`)
  return runIsolated(
    {
      ...{ root, work, isEngine: true, onLog, limits: limitsOf(workshop) },
      program: [...command, ...argumentsOf(dockerfile, timeSeconds), '/source/app'],
      environment,
      ...(signal === undefined ? {} : { signal }),
    },
    (left) => takeImage(left, workshop, base),
  )
}

/** Where the engine runs its first process, so that it does not look for another way to become root. */
const environment = {
  PATH: '/usr/bin',
  HOME: '/tmp',
  TMPDIR: '/tmp',
  TZ: 'UTC',
  _CONTAINERS_USERNS_CONFIGURED: 'done',
}

/** Steps change their root, and are in the sandbox's own namespaces, of which the network has nothing. */
const command = [
  ...[enginePath, 'bud', '--isolation', 'chroot', '--network', 'host', '--pull-never'],
  ...['--no-cache', '--layers=false', '--format', 'oci', '--timestamp', '0'],
  ...['--disable-compression', '-f', '/Dockerfile', '-t', 'oci:/source/image:made'],
]

/** The time of the image, for Dockerfiles that ask for it; nothing else comes from outside. */
function argumentsOf({ instructions }: Dockerfile, timeSeconds: number): string[] {
  const asks = instructions.some(
    ({ name, rest }) => name === 'ARG' && /^SOURCE_DATE_EPOCH(?:=|$)/.test(rest),
  )
  return asks ? ['--build-arg', `SOURCE_DATE_EPOCH=${timeSeconds}`] : []
}

/** Copies what the engine has left, file by file: its steps may have left something else there. Layers of the base are here already. */
export async function takeImage(
  left: string,
  workshop: Pick<Workshop, 'scratch' | 'scriptLimits'>,
  base: BaseImage | undefined,
): Promise<BaseImage> {
  const place = join(left, 'image')
  const blobs = 'blobs/sha256'
  for (const folder of [place, join(place, 'blobs'), join(place, blobs)])
    if ((await lstat(folder).catch(() => undefined))?.isDirectory() !== true)
      throw new BuildError('build.script-failed', 'the engine left no image')
  const here = base === undefined ? [] : (await openImage(base.layout, base.digest)).config.diffIds
  const known = new Set(here.map((diffId) => diffId.slice('sha256:'.length)))
  const names = (await readdir(join(place, blobs))).filter((name) => !known.has(name))
  const layout = join(workshop.scratch, 'made')
  const { workBytes = 0 } = limitsOf(workshop)
  await stageFolder(place, layout, { maxBytes: workBytes, maxFiles: 1_000, maxDepth: 8 }, [
    'index.json',
    ...names.map((name) => `${blobs}/${name}`),
  ])
  const digest = (await readLayout(layout)).images.at(-1)?.digest
  if (digest === undefined)
    throw new BuildError('build.script-failed', 'the engine left an empty layout')
  return { layout, digest }
}
