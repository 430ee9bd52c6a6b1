// `wetee api list APP`: the APIs that contracts can call, with price and types.
import { Command } from 'commander'
import {
  formatDot,
  formatDuration,
  readApis,
  resolveApp,
  signatureOf,
  type ApiRecord,
} from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, paint, printJson, printLine, table } from '../../output/print.ts'

export function apiListCommand(context: Context): Command {
  const command = new Command('list')
    .description('List what contracts can call of an application')
    .argument('<app>', 'id or name')
    .action((app: string, options: SharedOptions) => run(context, app, options))
  return withExample(withShared(command), 'wetee api list oracle', 'wetee api list 7 --json')
}

async function run(context: Context, app: string, options: SharedOptions): Promise<void> {
  const network = await openFor(context, options, false)
  const book = await readApis(network, await resolveApp(network, app))
  if (options.json === true) return printJson(context, book)
  if (book.paused)
    context.stderr.write(
      `${paint(context, 'yellow', 'Paused: new calls are refused until its owner resumes.')}\n`,
    )
  if (book.apis.length === 0)
    return printLine(context, `Application ${book.appId} has no API that contracts can call.`)
  const header = ['ID', 'VERSION', 'PRICE', 'CALLBACK GAS', 'TIME-OUT', 'CALLERS', 'API']
  for (const line of table(header, book.apis.map(row))) printLine(context, clean(line))
}

function row({ apiId, version, name, terms, definition, problem }: ApiRecord): string[] {
  return [
    String(apiId),
    String(version),
    formatDot(terms.priceWei),
    String(terms.callbackGas),
    formatDuration(terms.timeoutSeconds),
    terms.restricted ? 'listed' : 'anybody',
    definition === undefined ? `${name}: ${problem}` : signatureOf(definition),
  ]
}
