// `wetee evidence fetch`: gets from the vendor what evidence is judged by. Reads files, network.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import {
  AttestationError,
  detectPlatform,
  parseEvidenceDocument,
  type Platform,
  type SnpProduct,
} from '@wetee/attestation'
import { EndorsementClient, fetchEndorsements, type Part } from '@wetee/endorsements'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { oneOf } from '../../arguments.ts'
import { withExample } from '../../options.ts'
import { clean, paint, printJson, printLine } from '../../output/print.ts'
import { bareHex, decodeDer, decodeEvidence, readFileBytes } from './evidence-file.ts'

type Options = {
  readonly evidence?: string
  readonly out?: string
  readonly pccs: readonly string[]
  readonly kds: readonly string[]
  readonly caFile?: string
  readonly keyFile?: string
  readonly early?: boolean
  readonly fresh?: boolean
  readonly product?: string
  readonly leaf?: string
  readonly cache?: string
  readonly json?: boolean
}

const products = ['Milan', 'Genoa', 'Turin'] as const satisfies readonly SnpProduct[]
const list = (url: string, urls: readonly string[]) => [...urls, url]

export function evidenceFetchCommand(context: Context): Command {
  const command = new Command('fetch')
    .description('Fetch from the vendor what evidence is judged by, for `appraise --collateral`')
    .option('--evidence <file>', 'quote, report or evidence document')
    .option('--out <file>', 'where the endorsements go; else stdout')
    .option('--pccs <url>', 'Intel: a PCCS to ask, may repeat; else Intel itself', list, [])
    .option('--kds <url>', 'AMD: a mirror of AMD’s API, may repeat; else AMD itself', list, [])
    .option('--ca-file <file>', 'PEM of the certificate that those servers have')
    .option('--key-file <file>', 'file with the subscription key of the PCCS')
    .option('--early', 'Intel: evaluation data that will count after the next TCB recovery')
    .option('--fresh', 'ask the servers even if what is kept is young')
    .option('--product <name>', `AMD: ${products.join(', ')}; for reports that do not say it`)
    .option('--leaf <file>', 'AMD: the VLEK, or the VCEK of a masked chip: nobody hands those out')
    .option('--cache <folder>', 'where endorsements are kept; else ~/.cache/wetee/endorsements')
    .option('--json', 'one JSON document on stdout')
    .action((options: Options) => run(context, options))
  return withExample(
    command,
    'wetee evidence fetch --evidence quote.bin --out collateral.json',
    'wetee evidence fetch --evidence quote.bin --pccs https://pccs.example:8081 --ca-file pccs.pem',
    'wetee evidence appraise --evidence quote.bin --collateral collateral.json --policy strict',
  )
}

async function run(context: Context, options: Options): Promise<void> {
  const evidence = readEvidence(context, options)
  const directory = resolve(context.cwd, options.cache ?? cacheFolder(context))
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const client = await EndorsementClient.open({ ...serversOf(context, options), directory })
  try {
    const { endorsements, parts } = await fetchEndorsements(evidence, {
      client,
      signal: context.signal,
      ...(options.early === true ? { evaluation: 'early' as const } : {}),
      ...(options.fresh === true ? { fresh: true } : {}),
      ...(options.product === undefined
        ? {}
        : { product: oneOf('--product', options.product, products) }),
      ...(options.leaf === undefined ? {} : { leaf: readLeaf(context, options.leaf) }),
    })
    const text = `${JSON.stringify(endorsements, null, 2)}\n`
    if (options.out !== undefined) writeOut(context, options.out, text)
    if (options.json === true)
      return printJson(context, { platform: evidence.platform, endorsements, parts })
    if (options.out === undefined) context.stdout.write(text)
    else print(context, options.out, parts)
  } finally {
    await client.close()
  }
}

function readEvidence(
  context: Context,
  { evidence }: Options,
): { readonly platform: Platform; readonly quote: Uint8Array } {
  if (evidence === undefined)
    throw new CliError('usage', 'give --evidence FILE: a quote, a report or an evidence document')
  const read = decodeEvidence(readFileBytes(context, evidence, 'the evidence'))
  try {
    if (read.kind === 'document') return parseEvidenceDocument(read.text)
  } catch (cause) {
    if (!(cause instanceof AttestationError)) throw cause
    throw new CliError('file.evidence', `${evidence}: ${cause.message}`, { cause })
  }
  const platform = detectPlatform(read.bytes)
  if (platform === undefined)
    throw new CliError('file.evidence', `${evidence}: not a quote, report or document known here`)
  return { platform, quote: read.bytes }
}

function readLeaf(context: Context, file: string): string {
  return bareHex(decodeDer(readFileBytes(context, file, 'the VCEK or VLEK')))
}

function serversOf(context: Context, { pccs, kds, caFile, keyFile }: Options) {
  const path = (file: string | undefined, name: 'caFile' | 'keyFile') =>
    file === undefined ? {} : { [name]: resolve(context.cwd, file) }
  const access = path(caFile, 'caFile')
  const key = path(keyFile, 'keyFile')
  const intel = pccs.map((url) => ({ api: 'pccs' as const, url, ...access, ...key }))
  const amd = kds.map((url) => ({ url, ...access }))
  return { ...(intel.length === 0 ? {} : { intel }), ...(amd.length === 0 ? {} : { amd }) }
}

function cacheFolder({ env, homeDir }: Context): string {
  const base = env['XDG_CACHE_HOME']
  const parent = base === undefined || base === '' ? join(homeDir, '.cache') : base
  return join(parent, 'wetee', 'endorsements')
}

function writeOut(context: Context, file: string, text: string): void {
  try {
    writeFileSync(resolve(context.cwd, file), text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError('file.unwritable', `${file} cannot be written: ${reason}`, { cause })
  }
}

function print(context: Context, file: string, parts: readonly Part[]): void {
  for (const part of parts) {
    const mark = part.stale ? paint(context, 'yellow', '!') : paint(context, 'green', '✔')
    const where = part.from === 'cache' ? `kept, from ${part.source}` : part.source
    const until = new Date(part.nextUpdateMs).toISOString().slice(0, 10)
    printLine(context, `${mark} ${part.kind} ${clean(part.key)}`)
    printLine(context, `  ${clean(where)}, counts until ${until}`)
    if (part.error !== undefined)
      printLine(context, `  no server answers: ${clean(part.error.message)}`)
  }
  printLine(context, `written to ${file}; nothing of it has been verified: appraise does that`)
}
