// The go preset: locked modules, one static program compiled without network, on an empty root. Network, processes and file I/O.
import { createHash } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  emptyRootLayer,
  filesLayer,
  unpackImage,
  writeImage,
  type BaseImage,
  type LayerSource,
  type WrittenImage,
} from '@wetee/image'
import { imageMaterial, type TakenBase } from '../base.ts'
import { BuildError } from '../error.ts'
import type { Material } from '../material.ts'
import type { Recipe, Workshop } from '../recipe.ts'
import { openFolders, prepareRoot, runIsolated } from '../sandbox/isolate.ts'
import { stageFolder } from '../source/read-folder.ts'
import type { Source } from '../source/source.ts'
import { requirePlain } from '../source/source-writer.ts'
import { fetchModules, placeModules } from './fetch-modules.ts'
import { compareGoVersions, maxModBytes, parseGoMod, type GoMod } from './go-mod.ts'
import { parseGoSum, type LockedModule } from './go-sum.ts'
import { mainPackageOf, type MainPackage } from './main-package.ts'
import { findGo, goRoot, writeToolchain, type GoToolchain } from './toolchain.ts'

/** What a Go program is built from beside its source. */
export type GoOptions = {
  readonly proxy: string
  readonly base?: TakenBase
  /** Folder of the Go to use. */
  readonly goFolder?: string
  /** PEM file that becomes the image's list of authorities. */
  readonly certificates?: string
}

const maxCertificateBytes = 4 * 2 ** 20
const certificatePath = '/etc/ssl/certs/ca-certificates.crt'

/** Plans a Go program. Throws BuildError. */
export async function goRecipe(
  source: Source,
  workshop: Workshop,
  options: GoOptions,
): Promise<Recipe> {
  if (!workshop.runsScripts)
    throw new BuildError(
      'build.sandbox-missing',
      'this builder has no sandbox, in which a compiler could run: build elsewhere',
    )
  const manifest = parseGoMod(await readText(source, 'go.mod'))
  const isVendored = source.files.some(({ path }) => path === 'vendor/modules.txt')
  const modules = isVendored ? [] : await lockedModules(source, manifest)
  const main = await mainPackageOf(source, manifest.module)
  const certificates = await readCertificates(options.certificates)
  const toolchain = findGo(options.goFolder)
  requireVersion(manifest, toolchain)
  const layout = workshop.cache.bases
  workshop.onStep(`taking Go ${toolchain.version}`)
  const { digest } = await writeToolchain(toolchain, layout)
  return {
    materials: [
      ...(options.base === undefined ? [] : [options.base.material]),
      imageMaterial(`urn:wetee:toolchain:go${toolchain.version}`, digest),
      ...(certificates === undefined ? [] : [certificateMaterial(certificates)]),
      ...modules.map(moduleMaterial),
    ],
    write: async (to) => {
      const { proxy, base } = options
      const order = { modules, isVendored, main, proxy, toolchain: { layout, digest } }
      const program = await compile(source, order, workshop)
      const layers = [
        ...(base === undefined ? [emptyRootLayer()] : []),
        ...(certificates === undefined ? [] : [filesLayer({ [certificatePath]: certificates })]),
        programLayer(main, program, workshop),
      ]
      return writeGoImage(to, layers, main, workshop, base?.image)
    },
  }
}

async function lockedModules(source: Source, manifest: GoMod): Promise<LockedModule[]> {
  if (source.files.some(({ path }) => path === 'go.sum'))
    // Other toolchains are listed like modules; the one of this machine is used.
    return parseGoSum(await readText(source, 'go.sum')).filter(
      ({ path }) => path !== 'golang.org/toolchain',
    )
  if (!manifest.hasRequirements) return []
  throw new BuildError(
    'build.lock-missing',
    'go.mod requires modules and there is no go.sum: run go mod tidy and commit it',
  )
}

function requireVersion({ goVersion }: GoMod, { version }: GoToolchain): void {
  if (goVersion === undefined || compareGoVersions(goVersion, version) <= 0) return
  throw new BuildError(
    'build.toolchain-old',
    `go.mod asks for Go ${goVersion} and this machine has Go ${version}: install a newer one (https://go.dev/dl/)`,
  )
}

type Order = {
  readonly modules: readonly LockedModule[]
  readonly isVendored: boolean
  readonly main: MainPackage
  readonly proxy: string
  readonly toolchain: BaseImage
}

/** Compiles in the sandbox; answers where the program lies. */
async function compile(source: Source, order: Order, workshop: Workshop): Promise<string> {
  const { modules, main } = order
  const { scratch, cache, signal, onStep } = workshop
  if (modules.length > 0) {
    onStep(`fetching ${modules.filter(({ kind }) => kind === 'zip').length} modules`)
    await fetchModules(modules, {
      ...{ cache: cache.modules, proxy: order.proxy, offline: workshop.offline },
      ...(signal === undefined ? {} : { signal }),
    })
  }
  const work = join(source.folder, '..')
  await placeModules(modules, cache.modules, join(work, 'modules'))
  await mkdir(join(work, 'out'))
  await openFolders(work)
  const root = join(scratch, 'root')
  await unpackImage(order.toolchain.layout, order.toolchain.digest, root)
  await prepareRoot(root)
  onStep('building, without network')
  const built = join(scratch, 'built')
  const words = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-buildid=']
  const target = ['-o', `/source/out/${main.name}`, main.path]
  const mode = order.isVendored ? '-mod=vendor' : '-mod=readonly'
  return runIsolated(
    {
      ...{ root, work, onLog: workshop.onLog },
      program: [`${goRoot}/bin/go`, '-C', 'app', ...words, mode, ...target],
      environment: { ...environment, SOURCE_DATE_EPOCH: String(workshop.timeSeconds) },
      ...(workshop.scriptLimits === undefined ? {} : { limits: workshop.scriptLimits }),
      ...(signal === undefined ? {} : { signal }),
    },
    async (left) => {
      const out = join(left, 'out')
      if ((await requirePlain(out, 'out')) !== 'folder')
        throw new BuildError('build.source-entry', '"out" is no folder any more')
      const { files } = await stageFolder(out, built, workshop.sourceLimits)
      if (files.length === 1 && files[0]?.path === main.name && files[0].mode === '100755')
        return join(built, main.name)
      throw new BuildError('build.entry-missing', `${main.path} gave no program`)
    },
  )
}

/** Nothing of the machine's own settings, and nobody to ask: a module that is not there is an error. */
const environment = {
  PATH: `${goRoot}/bin`,
  HOME: '/tmp',
  TZ: 'UTC',
  LC_ALL: 'C',
  GOROOT: goRoot,
  GOPATH: '/tmp/go',
  GOCACHE: '/tmp/go-build',
  GOMODCACHE: '/source/modules',
  GOENV: 'off',
  GOFLAGS: '-modcacherw',
  GOPROXY: 'off',
  GOSUMDB: 'off',
  GONOSUMDB: 'off',
  GOVCS: '*:off',
  GOWORK: 'off',
  GOTOOLCHAIN: 'local',
  GOTELEMETRY: 'off',
  CGO_ENABLED: '0',
  GOOS: 'linux',
  GOARCH: 'amd64',
  GOAMD64: 'v1',
  GOEXPERIMENT: '',
}

function programLayer({ name }: MainPackage, program: string, { timeSeconds }: Workshop) {
  const layer = filesLayer({ [`/app/${name}`]: { source: program, mode: 0o755 } })
  return { ...layer, timeSeconds }
}

async function writeGoImage(
  layout: string,
  layers: readonly LayerSource[],
  { name }: MainPackage,
  { port, timeSeconds, labels, onStep }: Workshop,
  base: BaseImage | undefined,
): Promise<WrittenImage> {
  onStep('writing the image')
  return writeImage({
    ...{ layout, layers, timeSeconds },
    ...(base === undefined ? {} : { base }),
    config: {
      entrypoint: [`/app/${name}`],
      environment: { PORT: String(port) },
      ports: [port],
      user: '1000:1000',
      workingDirectory: '/app',
      labels,
    },
  })
}

async function readCertificates(path: string | undefined): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined
  const found = await stat(path).catch(() => undefined)
  const fits = found?.isFile() === true && found.size <= maxCertificateBytes
  const bytes = fits ? await readFile(path) : Buffer.alloc(0)
  if (bytes.includes('-----BEGIN CERTIFICATE-----')) return bytes
  throw new BuildError('build.image-invalid', `${path} is no file of PEM certificates`)
}

function certificateMaterial(bytes: Uint8Array): Material {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { uri: 'urn:wetee:certificates', digest: { sha256 } }
}

/** `dirHash` is the name that in-toto has for `h1:`. */
function moduleMaterial({ path, version, kind, h1 }: LockedModule): Material {
  const part = kind === 'mod' ? '#go.mod' : ''
  return { uri: `pkg:golang/${path}@${version}${part}`, digest: { dirHash: h1 } }
}

async function readText({ folder, files }: Source, name: string): Promise<string> {
  const found = files.find(({ path, mode }) => path === name && mode !== '120000')
  if (found === undefined)
    throw new BuildError('build.package-invalid', `the go preset needs ${name} at the root`)
  const { size } = await stat(join(folder, name))
  if (size > maxModBytes) throw new BuildError('build.lock-invalid', `${name} is too large`)
  return readFile(join(folder, name), 'utf8')
}
