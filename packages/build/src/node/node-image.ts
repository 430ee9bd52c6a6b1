// The node preset: locked packages, a build script without network, and the program above a Node. Network, processes and file I/O.
import { readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import {
  filesLayer,
  unpackImage,
  writeNodeImage,
  type BaseImage,
  type WrittenImage,
} from '@wetee/image'
import { BuildError } from '../error.ts'
import { imageMaterial, type TakenBase } from '../base.ts'
import type { Material } from '../material.ts'
import type { Recipe, Workshop } from '../recipe.ts'
import { writeBuildRoot } from '../sandbox/build-root.ts'
import { openFolders, prepareRoot, runIsolated } from '../sandbox/isolate.ts'
import { stageFolder } from '../source/read-folder.ts'
import type { Source } from '../source/source.ts'
import { fetchPackages } from './fetch-packages.ts'
import {
  maxLockBytes,
  parsePackageLock,
  type LockedPackage,
  type PackageLock,
} from './package-lock.ts'
import { parsePackageManifest, type PackageManifest } from './package-manifest.ts'
import { unpackPackages } from './unpack-packages.ts'

/** What a program's files say about its build. */
export type NodePlan = { readonly manifest: PackageManifest; readonly lock: PackageLock }

/** Where and how it is built. */
type NodeBuild = Workshop & {
  readonly layout: string
  readonly base: BaseImage
  /** What the build script finds as its machine; as `base` where that is not this machine's Node. */
  readonly buildRoot: BaseImage
  readonly registry: string
}

const noLock: PackageLock = { packages: [], links: [] }
const defaultEntries = ['server.js', 'server.mjs', 'index.js', 'index.mjs']

/** Plans a Node program above `base`; `isMachine` where that is this machine's Node. Throws BuildError. */
export async function nodeRecipe(
  source: Source,
  workshop: Workshop,
  options: { readonly base: TakenBase; readonly isMachine: boolean; readonly registry: string },
): Promise<Recipe> {
  const plan = await planNode(source)
  const { base, registry } = options
  if (!workshop.runsScripts && plan.manifest.buildScript !== undefined)
    throw new BuildError(
      'build.sandbox-missing',
      'this builder has no sandbox for build scripts: commit what the script makes, or build elsewhere',
    )
  const needsRoot = plan.manifest.buildScript !== undefined && options.isMachine
  const layout = workshop.cache.bases
  const buildRoot = needsRoot
    ? { layout, digest: (await writeBuildRoot(layout)).digest }
    : base.image
  const rootUri = `urn:wetee:build-environment:node-${process.version}`
  return {
    materials: [
      base.material,
      ...(needsRoot ? [imageMaterial(rootUri, buildRoot.digest)] : []),
      ...materialsOf(plan),
    ],
    installScripts: plan.lock.packages
      .filter(({ hasInstallScript }) => hasInstallScript)
      .map(({ place }) => place),
    write: (to) =>
      writeProgramImage(source, plan, {
        ...workshop,
        ...{ layout: to, base: base.image, buildRoot, registry },
      }),
  }
}

/** Reads package.json and the lock file. Throws BuildError `build.lock-*`, `build.package-invalid`. */
export async function planNode({ folder, files }: Source): Promise<NodePlan> {
  const read = async (name: string): Promise<string | undefined> => {
    const found = files.find(({ path, mode }) => path === name && mode !== '120000')
    if (found === undefined) return undefined
    const { size } = await stat(join(folder, name))
    if (size > maxLockBytes) throw new BuildError('build.lock-invalid', `${name} is too large`)
    return readFile(join(folder, name), 'utf8')
  }
  const text = await read('package.json')
  if (text === undefined)
    throw new BuildError('build.package-invalid', 'the node preset needs package.json at the root')
  const manifest = parsePackageManifest(text)
  const lock = (await read('package-lock.json')) ?? (await read('npm-shrinkwrap.json'))
  if (lock !== undefined) return { manifest, lock: parsePackageLock(lock, manifest.document) }
  if (!manifest.hasDependencies) return { manifest, lock: noLock }
  throw new BuildError(
    'build.lock-missing',
    'package.json has dependencies and there is no package-lock.json: run npm install and commit it',
  )
}

/** Materials of a plan: every package whose archive is fetched. */
function materialsOf({ manifest, lock }: NodePlan): Material[] {
  return wantedOf({ manifest, lock }).packages.map(({ place, version, sha512 }) => ({
    uri: `pkg:npm/${place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
    digest: { sha512 },
  }))
}

/** Packages whose archives a build of this plan takes. */
export function packagesOf(plan: NodePlan): readonly LockedPackage[] {
  return wantedOf(plan).packages
}

/** Packages only needed for building are fetched only where something is built. */
function wantedOf({ manifest, lock }: NodePlan): PackageLock {
  return manifest.buildScript === undefined ? runtimeOf(lock) : lock
}

function runtimeOf({ packages, links }: PackageLock): PackageLock {
  return { packages: packages.filter(({ development }) => !development), links }
}

/** Writes the image. Throws BuildError. */
async function writeProgramImage(
  source: Source,
  plan: NodePlan,
  build: NodeBuild,
): Promise<WrittenImage> {
  const { lock, manifest } = plan
  const wanted = wantedOf(plan)
  if (wanted.packages.length > 0) {
    build.onStep(`fetching ${wanted.packages.length} packages`)
    await fetchPackages(wanted.packages, packagePlaces(build))
  }
  const modules = join(build.scratch, 'modules')
  await unpackPackages(runtimeOf(lock), join(modules, 'app'), build.cache.packages)
  const tree = manifest.buildScript === undefined ? source : await buildTree(source, plan, build)
  const program = programOf(manifest, new Set(tree.files.map(({ path }) => path)))
  const { timeSeconds } = build
  const hasModules = lock.packages.some(({ development }) => !development) || lock.links.length > 0
  build.onStep('writing the image')
  return writeNodeImage({
    layout: build.layout,
    base: build.base,
    port: build.port,
    labels: build.labels,
    timeSeconds,
    layers: [
      ...(hasModules ? [filesLayer(modules)] : []),
      { ...filesLayer(join(tree.folder, '..')), timeSeconds },
    ],
    program,
    environment: { PORT: String(build.port) },
  })
}

function packagePlaces({ cache, registry, offline, signal }: NodeBuild) {
  return { cache: cache.packages, registry, offline, ...(signal === undefined ? {} : { signal }) }
}

/** Runs the build script on the source and all packages; takes all it leaves but packages. */
async function buildTree(
  source: Source,
  { lock, manifest }: NodePlan,
  build: NodeBuild,
): Promise<Pick<Source, 'folder' | 'files'>> {
  await unpackPackages(lock, source.folder, build.cache.packages)
  await openFolders(join(source.folder, '..'))
  const root = join(build.scratch, 'root')
  await unpackImage(build.buildRoot.layout, build.buildRoot.digest, root)
  await prepareRoot(root)
  build.onStep('building, without network')
  const folder = join(build.scratch, 'built', 'app')
  return runIsolated(
    {
      root,
      work: source.folder,
      program: ['/bin/sh', '-c', manifest.buildScript ?? 'true'],
      environment: {
        PATH: '/source/node_modules/.bin:/usr/local/bin:/usr/bin:/bin',
        HOME: '/tmp',
        CI: 'true',
        TZ: 'UTC',
        LC_ALL: 'C',
        SOURCE_DATE_EPOCH: String(build.timeSeconds),
      },
      onLog: build.onLog,
      ...(build.scriptLimits === undefined ? {} : { limits: build.scriptLimits }),
      ...(build.signal === undefined ? {} : { signal: build.signal }),
    },
    (work) => stageFolder(work, folder, build.sourceLimits),
  )
}

/** Words after `node`, the file as a path in the image. Throws `build.entry-missing`. */
function programOf({ program }: PackageManifest, paths: ReadonlySet<string>): string[] {
  const words = program ?? defaultEntries.filter((path) => paths.has(path)).slice(0, 1)
  const at = words.findIndex((word) => !word.startsWith('-'))
  const named = posix.normalize(words[at] ?? '')
  const file = [named, `${named}.js`, posix.join(named, 'index.js')].find((path) => paths.has(path))
  if (file === undefined || at < 0)
    throw new BuildError(
      'build.entry-missing',
      `there is no ${words[at] ?? 'program'} to start: name it in "main", or as "start": "node FILE", in package.json`,
    )
  return words.map((word, index) => (index === at ? `/app/${file}` : word))
}
