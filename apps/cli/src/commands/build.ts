// `wetee build`: source at one commit to an image, or whether an image is what a source gives.
import { statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import type { BuildOptions, BuiltImage, Difference } from '@wetee/build'
import type { PushedImage } from '@wetee/image'
import type { Context } from '../context.ts'
import { CliError, exitCodes, type ExitCode } from '../error.ts'
import { wholeNumber, withExample } from '../options.ts'
import { clean, facts, paint, printJson, printLine } from '../output/print.ts'
import { runSteps } from '../output/progress.ts'
import { buildAtApplication } from './build-at-builder.ts'
import { checkProvenanceFile } from './check-provenance.ts'
import { pushBuilt, writeOut } from './image-results.ts'

type Options = {
  readonly source?: string
  readonly git?: string
  readonly commit?: string
  readonly preset: string
  readonly base?: string
  readonly port?: string
  readonly npmRegistry?: string
  readonly goProxy?: string
  readonly pythonIndex?: string
  readonly certificates?: string
  readonly out?: string
  readonly tag?: string
  readonly push?: string
  readonly provenance?: string
  readonly verify?: string
  readonly builder?: string
  readonly record?: string
  readonly branch?: string
  readonly builderImage?: string
  readonly checkProvenance?: string
  readonly image?: string
  readonly network?: string
  readonly cache?: string
  readonly fresh?: boolean
  readonly json?: boolean
}

export function buildCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('build')
    .description('Make an image from source; the same source gives the same digest everywhere')
    .option('--source <folder>', 'what Git would commit of it; the default is this folder')
    .option('--git <url>', 'a repository, with --commit')
    .option('--commit <sha>', 'whole name of the commit')
    .option('--branch <name>', 'with --builder: it asks the server itself if that is at the commit')
    .option('--preset <name>', 'auto, dockerfile, node, python, go, static', 'auto')
    .option(
      '--base <image>',
      'image to build on, by digest; else the Node of this machine, or nothing for Go',
    )
    .option('--port <number>', 'port that the program listens on; 8080')
    .option('--npm-registry <url>', 'in the place of https://registry.npmjs.org/')
    .option('--go-proxy <url>', 'in the place of https://proxy.golang.org/')
    .option('--python-index <url>', 'in the place of https://pypi.org/simple/')
    .option('--certificates <file>', 'PEM file of the authorities that a Go program trusts')
    .option('--out <path>', 'a folder (OCI layout), or a file.tar for docker load')
    .option('--tag <name>', 'tag in the folder of --out')
    .option('--push <image>', 'REGISTRY/REPOSITORY[:TAG], with the login of docker')
    .option('--provenance <file>', 'write what went into the image; a builder signs it')
    .option('--builder <app>', 'have it built by this application in a TEE: id or name')
    .option('--record <file>', 'with --builder: write its record, for `wetee app record-build`')
    .option('--builder-image <digest>', 'with --check-provenance: the program that is accepted')
    .option('--check-provenance <file>', 'whether a builder that you accept has signed this')
    .option('--image <image>', 'with --check-provenance: REPOSITORY@sha256:..., or sha256:...')
    .option('--network <file>', 'with --builder and --check-provenance: the network profile')
    .option('--verify <image>', 'build and compare with REPOSITORY@sha256:..., or sha256:...')
    .option('--cache <folder>', 'packages, bases and results; else below ~/.cache/wetee')
    .option('--fresh', 'build also what was built before')
    .option('--json', 'one JSON document on stdout, progress on stderr')
    .action(async (options: Options) => {
      finish(await run(context, options))
    })
  return withExample(
    command,
    'wetee build --out image',
    'wetee build --push registry.example/you/app:1',
    'wetee build --preset go --certificates /etc/ssl/certs/ca-certificates.crt --out image.tar',
    'wetee build --git https://git.example/you/app --commit 40-HEX-DIGITS --json',
    'wetee build --verify registry.example/you/app@sha256:DIGEST',
    'wetee build --builder 7 --git https://git.example/you/app --commit 40-HEX-DIGITS --provenance p.json',
    'wetee build --check-provenance p.json --image sha256:DIGEST --builder 7',
  )
}

async function run(context: Context, options: Options): Promise<ExitCode> {
  if (options.checkProvenance !== undefined)
    return checkProvenanceFile(context, { ...options, file: options.checkProvenance })
  const asked = buildOptions(context, options)
  if (options.branch !== undefined && options.builder === undefined)
    throw new CliError('usage', '--branch is for --builder: here nobody would rely on it')
  if (options.record !== undefined && options.builder === undefined)
    throw new CliError('usage', '--record is for --builder: nobody else signs one')
  if (options.builder !== undefined)
    return buildAtApplication(context, { ...options, builder: options.builder }, asked)
  // Only here: it needs a newer Node than the other commands.
  const { build } = await import('@wetee/build')
  const startedMs = Date.now()
  const built: BuiltImage[] = []
  const step = {
    title: 'Building',
    run: async (show: (line: string) => void) => {
      const say = (line: string) => show(clean(line))
      built.push(await build({ ...asked, onStep: say, onLog: say }))
    },
  }
  await runSteps(context, [step])
  const [image] = built
  if (image === undefined) throw new CliError('internal', 'the build gave no image')
  const seconds = (Date.now() - startedMs) / 1000
  await writeOut(context, options, image)
  if (options.provenance !== undefined) await writeProvenance(context, options.provenance, image)
  const pushed =
    options.push === undefined ? undefined : await pushBuilt(context, options.push, image)
  const differences =
    options.verify === undefined ? [] : await differencesTo(options.verify, image, asked, context)
  if (options.json === true)
    printJson(context, {
      ...image,
      seconds,
      ...(pushed === undefined ? {} : { pushed }),
      ...(options.verify === undefined
        ? {}
        : { verified: { image: options.verify, same: differences.length === 0, differences } }),
    })
  else print(context, image, { seconds, pushed }, options.verify, differences)
  return differences.length === 0 ? exitCodes.ok : exitCodes.failedCheck
}

function buildOptions(context: Context, options: Options): BuildOptions {
  const { git, commit, source, base, goProxy, pythonIndex, certificates } = options
  const { npmRegistry = context.env['npm_config_registry'] } = options
  if ((git === undefined) !== (commit === undefined))
    throw new CliError('usage', '--git and --commit go together: which commit of which repository')
  if (git !== undefined && source !== undefined)
    throw new CliError('usage', 'give --source or --git, not both')
  const epoch = context.env['SOURCE_DATE_EPOCH']
  const caches = context.env['XDG_CACHE_HOME'] ?? join(context.homeDir, '.cache')
  return {
    source:
      git !== undefined && commit !== undefined
        ? { url: git, commit }
        : { folder: resolve(context.cwd, source ?? '.') },
    preset: options.preset,
    cache: resolve(context.cwd, options.cache ?? join(caches, 'wetee', 'build')),
    signal: context.signal,
    ...(base === undefined ? {} : { base }),
    ...(options.port === undefined ? {} : { port: wholeNumber('--port', options.port, 1, 65_535) }),
    ...(npmRegistry === undefined ? {} : { npmRegistry }),
    ...(goProxy === undefined ? {} : { goProxy }),
    ...(pythonIndex === undefined ? {} : { pythonIndex }),
    ...(certificates === undefined ? {} : { certificates: resolve(context.cwd, certificates) }),
    ...(options.fresh === true ? { fresh: true } : {}),
    ...(epoch === undefined || epoch === ''
      ? {}
      : { timeSeconds: wholeNumber('SOURCE_DATE_EPOCH', epoch, 0, 0xffff_ffff) }),
  }
}

async function writeProvenance(context: Context, file: string, image: BuiltImage): Promise<void> {
  const { describeImage, encodeProvenance } = await import('@wetee/build')
  writeFileSync(resolve(context.cwd, file), encodeProvenance(describeImage(image)))
}

/** Layers and settings are only looked at when the digests differ. */
async function differencesTo(
  given: string,
  image: BuiltImage,
  { cache }: BuildOptions,
  context: Context,
): Promise<readonly Difference[]> {
  const [, name = '', digest] = /^(?:(.+)@)?(sha256:[0-9a-f]{64})$/.exec(given) ?? []
  if (digest === undefined)
    throw new CliError(
      'usage',
      `--verify is "${given}", expected REPOSITORY@sha256:... or sha256:...`,
    )
  if (digest === image.digest) return []
  if (name === '') return [{ what: 'image', built: image.digest, given: digest }]
  const { compareImages } = await import('@wetee/build')
  const here = resolve(context.cwd, name)
  const isLayout = statSync(join(here, 'index.json'), { throwIfNoEntry: false }) !== undefined
  if (isLayout) return compareImages(image, { layout: here, digest })
  const { pullImage } = await import('@wetee/image')
  const layout = join(cache, 'given')
  await pullImage(given, layout, { withoutLayers: true, signal: context.signal })
  return compareImages(image, { layout, digest })
}

function print(
  context: Context,
  image: BuiltImage,
  { seconds, pushed }: { readonly seconds: number; readonly pushed: PushedImage | undefined },
  verify: string | undefined,
  differences: readonly Difference[],
): void {
  const { commit, uri, tree } = image.source
  const from =
    commit === undefined ? 'no commit: not all of it is committed' : `${commit} ${uri ?? ''}`
  const took = `${seconds.toFixed(1)} s${image.cached ? ', built before' : ''}`
  const rows: (readonly [string, string])[] = [
    ['image', image.digest],
    ['commit', clean(from.trim())],
    ['tree', tree.sha1],
    ['preset', image.preset],
    ['size', `${(image.size / 2 ** 20).toFixed(1)} MiB, ${image.materials.length} materials`],
    ['took', took],
  ]
  if (pushed !== undefined) rows.push(['pushed', pushed.reference])
  for (const line of facts(rows)) printLine(context, line)
  if (image.installScripts.length > 0) {
    const names = image.installScripts.join(', ')
    printLine(context, paint(context, 'yellow', clean(`install scripts not run: ${names}`)))
  }
  if (verify === undefined) return
  for (const { what, built, given } of differences)
    printLine(context, clean(`${what}: built ${built}, given ${given}`))
  const same = differences.length === 0
  const word = same
    ? 'The image is what this source gives.'
    : 'FAILED: the source gives another image.'
  printLine(context, paint(context, same ? 'green' : 'red', word))
}
