// `wetee complaint file APP`: an owner complains of the worker that it paid.
import { Command } from 'commander'
import { parseDot, planComplaint, resolveApp } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { digestOf } from './evidence.ts'

type Options = SigningOptions & {
  readonly claim: string
  readonly evidence?: string
  readonly digest?: string
  readonly uri?: string
  readonly appVersion?: string
}

export function complaintFileCommand(context: Context): Command {
  const command = new Command('file')
    .description(
      'Complain of the worker of your application; the bond comes back unless it is frivolous',
    )
    .argument('<app>', 'id or name')
    .requiredOption('--claim <dot>', 'the loss in DOT; so much of its stake is locked')
    .option('--evidence <file>', 'what proves it; its SHA-256 goes on chain')
    .option('--digest <hash>', 'or that SHA-256 itself')
    .option('--uri <address>', 'where the evidence can be read, up to 128 bytes')
    .option('--app-version <number>', 'the version that the worker served; default the current one')
    .action((app: string, options: Options) => run(context, app, options))
  return withExample(
    withSigning(command),
    'wetee complaint file hello --claim 12.5 --evidence log.txt --uri https://example.org/log.txt',
  )
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const claimedWei = parseDot(options.claim)
  const digest = digestOf(context, 'evidence', { file: options.evidence, digest: options.digest })
  const { appVersion, uri = '' } = options
  const version =
    appVersion === undefined
      ? {}
      : { version: wholeNumber('--app-version', appVersion, 1, 0xffff_ffff) }
  await runIntent(context, options, async (network) => {
    const appId = await resolveApp(network, app)
    return planComplaint(network, { appId, claimedWei, digest, uri, ...version })
  })
}
