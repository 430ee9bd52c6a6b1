// `wetee build --check-provenance FILE`: from an image to the commit that a builder in a TEE has signed.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ProvenanceReport } from '@wetee/build'
import type { Context } from '../context.ts'
import { CliError, exitCodes, type ExitCode } from '../error.ts'
import { openFor } from '../options.ts'
import { clean, facts, paint, printJson, printLine } from '../output/print.ts'

type Options = {
  readonly file: string
  readonly image?: string
  readonly builder?: string
  readonly builderImage?: string
  readonly network?: string
  readonly json?: boolean
}

const maxFileBytes = 8 * 2 ** 20

/** Checks a file, and says which commit the image is. */
export async function checkProvenanceFile(context: Context, options: Options): Promise<ExitCode> {
  const { image, builder, builderImage } = options
  if (image === undefined) throw new CliError('usage', 'which image is it about: give --image')
  if (builder === undefined && builderImage === undefined)
    throw new CliError('usage', 'which builder do you accept: give --builder or --builder-image')
  const imageDigest = digestOf('--image', image)
  const accepted =
    builderImage === undefined ? undefined : digestOf('--builder-image', builderImage)
  const { checkProvenance, parseSignedProvenance } = await import('@wetee/build')
  const signed = parseSignedProvenance(readFile(context, options.file))
  const network = await openFor(context, options, false)
  const appId = builder === undefined ? undefined : await context.sdk.resolveApp(network, builder)
  const report = await checkProvenance(network, signed, {
    ...{ imageDigest, nowMs: Date.now() },
    builder: {
      ...(appId === undefined ? {} : { appId }),
      ...(accepted === undefined ? {} : { imageDigest: accepted }),
    },
  })
  if (options.json === true) printJson(context, report)
  else printProvenance(context, report)
  return report.ok ? exitCodes.ok : exitCodes.failedCheck
}

/** A line for each step, and what it leads to. */
export function printProvenance(context: Context, report: ProvenanceReport): void {
  if (report.simulated) {
    const words = ' SIMULATED: these TEEs are a simulation, nothing here protects anything '
    printLine(context, paint(context, 'banner', words))
  }
  for (const { id, ok, detail } of report.steps) {
    const mark = ok ? paint(context, 'green', '✔') : paint(context, 'red', '✘')
    printLine(context, `${mark} ${id.padEnd(9)}  ${clean(detail)}`)
  }
  const { source } = report
  if (source === undefined) {
    printLine(context, paint(context, 'red', `FAILED: ${report.failed ?? ''}`))
    return
  }
  const rows = [
    ['commit', source.commit],
    ['tree', source.tree],
    ['repository', `${source.repository} (says whoever ordered the build)`],
  ] as const
  for (const line of facts(rows)) printLine(context, clean(line))
}

function digestOf(option: string, given: string): string {
  const digest = /^(?:.+@)?(sha256:[0-9a-f]{64})$/.exec(given)?.[1]
  if (digest !== undefined) return digest
  throw new CliError(
    'usage',
    `${option} is "${given}", expected REPOSITORY@sha256:... or sha256:...`,
  )
}

function readFile(context: Context, file: string): string {
  const path = resolve(context.cwd, file)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new CliError('file.not-found', `there is no file ${file}`)
  if (size > maxFileBytes) throw new CliError('file.unreadable', `${file} is too large`)
  return readFileSync(path, 'utf8')
}
