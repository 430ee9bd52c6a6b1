// `wetee api import FILE`: proposes `x-wetee.apis` for an OpenAPI document. No network.
import { Command } from 'commander'
import { importOpenApi } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { readText } from '../../file.ts'
import { wholeNumber, withExample } from '../../options.ts'
import { clean, paint, printJson } from '../../output/print.ts'

type Options = { readonly port: string; readonly json?: boolean }

/** Largest OpenAPI document that is read. */
const maxOpenApiBytes = 2_097_152

export function apiImportCommand(context: Context): Command {
  const command = new Command('import')
    .description('Propose x-wetee.apis for an OpenAPI document (3.0 or 3.1, YAML or JSON)')
    .argument('<file>', 'OpenAPI document, or - for stdin')
    .option('--port <number>', 'port of the application that answers', '8080')
    .option('--json', 'one JSON document on stdout')
    .action((file: string, options: Options) => run(context, file, options))
  return withExample(
    command,
    'wetee api import openapi.yaml --port 8080',
    'curl -s https://example.org/openapi.json | wetee api import -',
  )
}

function run(context: Context, file: string, options: Options): void {
  const port = wholeNumber('--port', options.port, 1, 65_535)
  const text = readText(context, file, 'an OpenAPI document', maxOpenApiBytes)
  const proposal = importOpenApi(text, { port })
  if (options.json === true) return printJson(context, proposal)
  const say = (line: string) => context.stderr.write(`${paint(context, 'yellow', clean(line))}\n`)
  for (const { name, notes } of proposal.entries) for (const note of notes) say(`${name}: ${note}`)
  for (const { operation, reason } of proposal.skipped) say(`${operation} is skipped: ${reason}`)
  if (proposal.entries.length > 0) context.stdout.write(`x-wetee:\n${proposal.block}`)
}
