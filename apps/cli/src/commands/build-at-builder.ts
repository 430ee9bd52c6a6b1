// `wetee build --builder APP`: a commit built in a TEE by an application that is verified first, and its word on it checked.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type {
  BuildOptions,
  ManifestOrder,
  ProvenanceReport,
  RemoteBuild,
  SignedProvenance,
} from '@wetee/build'
import type { Network } from '@wetee/sdk'
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { CliError, exitCodes, type ExitCode } from '../error.ts'
import { openFor } from '../options.ts'
import { clean, facts, paint, printJson, printLine } from '../output/print.ts'
import { runSteps } from '../output/progress.ts'
import { printProvenance } from './check-provenance.ts'
import { pushBuilt, writeOut } from './image-results.ts'

type Options = {
  readonly builder: string
  readonly verify?: string
  readonly base?: string
  readonly out?: string
  readonly tag?: string
  readonly push?: string
  readonly branch?: string
  readonly provenance?: string
  readonly record?: string
  readonly network?: string
  readonly json?: boolean
}

/** Builds, checks, and writes what was asked for. Throws CliError `build.builder-not-genuine`. */
export async function buildAtApplication(
  context: Context,
  options: Options,
  asked: BuildOptions,
): Promise<ExitCode> {
  const { source } = asked
  if (!('url' in source))
    throw new CliError('usage', 'a builder builds a commit: give --git and --commit')
  if (options.verify !== undefined || options.base !== undefined || 'timeSeconds' in asked)
    throw new CliError(
      'usage',
      '--builder takes neither --verify nor --base nor SOURCE_DATE_EPOCH: its own Node is the base',
    )
  const network = await openFor(context, options, false)
  const appId = await context.sdk.resolveApp(network, options.builder)
  const startedMs = Date.now()
  const layout = mkdtempSync(join(tmpdir(), 'wetee-built-'))
  try {
    const { built, signed, report } = await buildInView(context, network, {
      ...{ appId, layout, asked: { ...asked, source } },
      ...(options.branch === undefined ? {} : { branch: options.branch }),
    })
    const seconds = (Date.now() - startedMs) / 1000
    if (!report.ok) printProvenance(context, report)
    requireGenuine(report, source.commit)
    const image = { layout, digest: built.digest }
    await writeOut(context, options, image)
    if (options.provenance !== undefined)
      writeFileSync(resolve(context.cwd, options.provenance), signed)
    if (options.record !== undefined)
      writeFileSync(resolve(context.cwd, options.record), `${JSON.stringify(built.record)}\n`)
    const pushed =
      options.push === undefined ? undefined : await pushBuilt(context, options.push, image)
    const { digest, preset, record } = built
    if (options.json === true)
      printJson(context, {
        digest,
        preset,
        seconds,
        builder: String(appId),
        ...report,
        record,
        pushed,
      })
    else {
      printProvenance(context, report)
      const rows: (readonly [string, string])[] = [
        ['image', digest],
        ['took', `${seconds.toFixed(1)} s`],
      ]
      if (pushed !== undefined) rows.push(['pushed', pushed.reference])
      for (const line of facts(rows)) printLine(context, clean(line))
      if (options.provenance === undefined)
        printLine(
          context,
          paint(context, 'yellow', 'The provenance was not kept: give --provenance'),
        )
    }
    return exitCodes.ok
  } finally {
    rmSync(layout, { recursive: true, force: true })
  }
}

/** One build at a builder. */
export type BuilderOrder = {
  readonly appId: bigint
  /** Folder that the image is written to. */
  readonly layout: string
  readonly asked: Pick<BuildOptions, 'cache' | 'port' | 'preset' | 'npmRegistry' | 'onSource'> & {
    readonly source: { readonly url: string; readonly commit: string }
  }
  /** The builder asks the repository's server whether it is at the commit. */
  readonly branch?: string
  /** Is signed with the image. */
  readonly manifest?: ManifestOrder
}

/** What came of it; it holds when `requireGenuine` says so of its report. */
export type BuiltAtBuilder = {
  readonly built: RemoteBuild
  readonly signed: string
  readonly report: ProvenanceReport
}

/** Verifies the builder, has it build, and checks what it has signed. Throws BuildError, ImageError, CliError `build.builder-not-genuine`. */
export async function buildThere(
  context: Context,
  network: Network,
  { appId, layout, asked, branch, manifest }: BuilderOrder,
  say: (line: string) => void,
): Promise<BuiltAtBuilder> {
  // Only here: it needs a newer Node than the other commands.
  const { buildAtBuilder, gatherMaterials, parseSignedProvenance } = await import('@wetee/build')
  const { checkProvenance, encodeSignedProvenance } = await import('@wetee/build')
  const { source, cache, port = 8080, npmRegistry, preset, onSource } = asked
  const { signal } = context
  say('verifying the builder')
  const address = await verifiedAddress(context, network, appId)
  const materials = await gatherMaterials({
    ...source,
    ...{ cache, onStep: say, signal },
    ...(preset === undefined ? {} : { preset }),
    ...(npmRegistry === undefined ? {} : { npmRegistry }),
    ...(onSource === undefined ? {} : { onSource }),
  })
  try {
    const order = {
      ...{ repository: source.url, commit: source.commit, port, materials },
      ...(branch === undefined ? {} : { branch }),
      ...(manifest === undefined ? {} : { manifest }),
    }
    const places = { layout, known: [join(cache, 'base')], signal, onLine: say }
    const built = await buildAtBuilder(address, order, places)
    say('checking what the builder signed')
    const parsed = parseSignedProvenance(built.provenance)
    const block = await seenBlock(network, parsed, signal)
    const signed = { ...parsed, block }
    const report = await checkProvenance(network, signed, {
      ...{ imageDigest: built.digest, builder: { appId }, nowMs: Date.now() },
    })
    return { built, signed: encodeSignedProvenance(signed), report }
  } finally {
    await materials.dispose()
  }
}

/** Throws CliError `build.builder-not-genuine` where anything that the builder signed does not hold, or is of another commit. */
export function requireGenuine({ ok, source }: ProvenanceReport, commit: string): void {
  if (ok && source?.commit === commit) return
  throw new CliError(
    'build.builder-not-genuine',
    'what the builder signed does not hold: the image was not taken',
  )
}

async function buildInView(context: Context, network: Network, order: BuilderOrder) {
  const results: BuiltAtBuilder[] = []
  const run = async (show: (line: string) => void) => {
    results.push(await buildThere(context, network, order, (line) => show(clean(line))))
  }
  await runSteps(context, [{ title: `Building at application ${order.appId}`, run }])
  const [result] = results
  if (result === undefined) throw new CliError('internal', 'the build gave no image')
  return result
}

/** Where the builder is, once everything about it holds, and the TLS key that it has there. */
async function verifiedAddress(context: Context, network: Network, appId: bigint) {
  const { pinned } = network.transport
  const keys: (`0x${string}` | undefined)[] = []
  const report = await context.sdk.verify(network, {
    appId,
    signal: context.signal,
    onEvidence: ({ tlsKeyHash }) => void keys.push(tlsKeyHash),
  })
  const [tlsKeyHash] = keys
  if (!report.ok || report.url === undefined || tlsKeyHash === undefined || pinned === undefined)
    throw new CliError(
      'build.builder-not-genuine',
      `application ${appId} does not hold: ${report.failed.join(', ') || 'its connection cannot be judged'}; \`wetee verify ${appId}\` says more`,
    )
  return { url: new URL(report.url).origin, tlsKeyHash, pinned }
}

const pollMs = 1_000
const maxWaitMs = 60_000

/** The newest final block that is not before the evidence's: from then on the provenance can be judged as it was. */
async function seenBlock(
  network: Network,
  { evidence }: SignedProvenance,
  signal: AbortSignal,
): Promise<bigint> {
  const named = evidence.subject.blockNumber
  for (const endMs = Date.now() + maxWaitMs; ;) {
    const { number } = await network.reader.finalized()
    if (number >= named || Date.now() > endMs) return number
    await delay(pollMs, undefined, { signal })
  }
}
