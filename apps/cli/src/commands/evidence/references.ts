// `wetee evidence references`: the measurements that the network accepts.
import { Command } from 'commander'
import { AttestationError, parseReferenceValues, type ReferenceValue } from '@wetee/attestation'
import { formatTime, readReferenceValues, workerRole, type ReferenceRecord } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { readText } from '../../file.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, paint, printJson, printLine } from '../../output/print.ts'

type Options = SharedOptions & { readonly values?: string }

const maxListBytes = 1_048_576

export function evidenceReferencesCommand(context: Context): Command {
  const command = new Command('references')
    .description('List the reference values of the network: what may run on its machines')
    .option('--values <file>', 'list of released measurements (JSON), for their names')
    .action((options: Options) => run(context, options))
  return withExample(
    withShared(command),
    'wetee evidence references',
    'wetee evidence references --values releases.json --json',
  )
}

async function run(context: Context, options: Options): Promise<void> {
  const values = options.values === undefined ? [] : readValues(context, options.values)
  const network = await openFor(context, options, false)
  const references = await readReferenceValues(network, { values })
  if (options.json === true) return printJson(context, { references })
  if (references.length === 0)
    return printLine(context, 'No reference values. `wetee dao propose --set-reference` adds one.')
  for (const reference of references) printReference(context, reference)
}

function readValues(context: Context, file: string): ReferenceValue[] {
  try {
    return parseReferenceValues(readText(context, file, 'a list of reference values', maxListBytes))
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    throw new CliError('file.reference-values', `${file}: ${error.message}`, { cause: error })
  }
}

function printReference(context: Context, reference: ReferenceRecord): void {
  const { role, measurementId, platform, named } = reference
  const mark = reference.counts ? paint(context, 'green', '✔') : paint(context, 'red', '✘')
  const whose = role === workerRole ? 'workers and applications' : 'dsecret nodes'
  printLine(context, `${mark} ${measurementId}`)
  printLine(context, `  ${platform ?? 'unknown hardware'}, for ${whose}; ${stateOf(reference)}`)
  if (named === undefined) return
  const { sourceCommit } = named.producedBy
  const commit = sourceCommit === undefined ? '' : `, source ${sourceCommit.slice(0, 12)}`
  printLine(context, `  ${named.name} ${named.version}${commit}: ${clean(named.producedBy.text)}`)
}

function stateOf({ status, counts, validFrom, until }: ReferenceRecord): string {
  if (status === 'revoked') return 'revoked'
  if (status === 'deprecated')
    return counts ? `deprecated, counts until ${formatTime(until)}` : 'deprecated, counts no more'
  return counts
    ? `accepted since ${formatTime(validFrom)}`
    : `counts from ${formatTime(validFrom)} on`
}
