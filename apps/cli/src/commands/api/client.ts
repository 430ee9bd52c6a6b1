// `wetee api client APP --lang`: a typed client of its APIs, as source text. Prints it.
import { Command, Option } from 'commander'
import { readApis, resolveApp, solidityClient, typeScriptClient } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { printJson } from '../../output/print.ts'

type Options = SharedOptions & {
  readonly lang: 'ts' | 'solidity'
  readonly name: string
  readonly contracts: string
}

export function apiClientCommand(context: Context): Command {
  const command = new Command('client')
    .description('Print a typed client of the APIs that an application has now')
    .argument('<app>', 'id or name')
    .addOption(
      new Option('--lang <language>', 'ts: a module for accounts; solidity: a base contract')
        .choices(['ts', 'solidity'])
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'name of the contract', 'ApiClient')
    .option('--contracts <path>', 'where Solidity imports our contracts from', '@wetee/contracts')
    .action((app: string, options: Options) => run(context, app, options))
  return withExample(
    withShared(command),
    'wetee api client oracle --lang ts > oracle.ts',
    'wetee api client oracle --lang solidity --name OracleClient > OracleClient.sol',
  )
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const { lang, name, contracts, json } = options
  if (!/^[A-Z][A-Za-z0-9]{0,63}$/.test(name))
    throw new CliError('usage', `--name is "${name}", expected a name such as OracleClient`)
  if (!/^[A-Za-z0-9_@./-]{1,200}$/.test(contracts))
    throw new CliError('usage', `--contracts is "${contracts}", expected a path of imports`)
  const network = await openFor(context, options, false)
  const book = await readApis(network, await resolveApp(network, app))
  const source = lang === 'ts' ? typeScriptClient(book) : solidityClient(book, { name, contracts })
  if (json === true) return printJson(context, { appId: book.appId, lang, source })
  context.stdout.write(source)
}
