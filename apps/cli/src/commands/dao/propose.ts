// `wetee dao propose`: a proposal of calls by hand, from unsigned transactions, or from templates.
import { Command } from 'commander'
import {
  memberCall,
  parametersCall,
  parseAmount,
  parseCall,
  parseTransactions,
  planProposal,
  referenceCall,
  requireAddress,
  spendCall,
  nativeAsset,
  type Network,
  type RawCall,
  type Track,
} from '@wetee/sdk'
import { oneOf, parseTime } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { readText } from '../../file.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

type Options = SigningOptions & {
  readonly title: string
  readonly description?: string
  readonly track: string
  readonly call: string[]
  readonly file?: string
  readonly spend?: string
  readonly to?: string
  readonly asset?: string
  readonly addMember?: string
  readonly removeMember?: string
  readonly setReference?: string
  readonly role: string
  readonly tee: string
  readonly status: string
  readonly until?: string
  readonly parameters?: string
}

/** A proposal fits into one transaction. */
const maxFileBytes = 262_144

export function daoProposeCommand(context: Context): Command {
  const command = new Command('propose')
    .description('Propose calls to the DAO: by hand, from a file, or from a template')
    .requiredOption('--title <text>', 'one line')
    .option('--description <text>', 'why, public for ever')
    .option(
      '--track <name>',
      'normal, or fast: only pauses new leases and revokes measurements',
      'normal',
    )
    .optionsGroup('Calls, in this order; at least one:')
    .option(
      '--call <target:function:json>',
      'one call; repeatable',
      (one, all: string[]) => [...all, one],
      [],
    )
    .option('--file <file>', 'unsigned transactions of another command; - for stdin')
    .option('--spend <amount>', 'from the treasury, with --to and perhaps --asset')
    .option('--to <address>', 'who gets what is spent')
    .option('--asset <address>', 'spend this ERC20; default DOT')
    .option('--add-member <address>', 'a new member')
    .option('--remove-member <address>', 'a member less')
    .option('--set-reference <measurement>', 'a measurement, with --role, --tee, --status, --until')
    .option('--role <name>', 'worker or dsecret', 'worker')
    .option('--tee <class>', 'tdx, sev-snp, sgx or nitro', 'tdx')
    .option('--status <name>', 'accepted, deprecated or revoked', 'accepted')
    .option('--until <time>', 'how long a deprecated one counts')
    .option(
      '--parameters <json>',
      'parameters of the Cloud that change, for example {"feeBps":150}',
    )
    .optionsGroup('Options:')
    .action((options: Options) => run(context, options))
  return withExample(
    withSigning(command),
    'wetee dao propose --title "Pay the audit" --spend 500 --to 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    `wetee dao propose --title "Lower the fee" --parameters '{"feeBps":150}' --dry-run`,
    `wetee dao propose --title "Pause" --track fast --call 'cloud:pauseNewLeases:["1800000000"]'`,
    'wetee complaint uphold 5 --slash 2 --loss 1 --unsigned - | wetee dao propose --title "Uphold 5" --file -',
  )
}

async function run(context: Context, options: Options): Promise<void> {
  const track = oneOf<Track>('--track', options.track, ['normal', 'fast'])
  const piped =
    options.file === undefined
      ? undefined
      : readText(context, options.file, 'unsigned transactions', maxFileBytes)
  await runIntent(context, options, async (network) => {
    const { profile } = network
    const calls: RawCall[] = [
      ...options.call.map((call) => parseCall(profile, call)),
      ...(piped === undefined ? [] : parseTransactions(profile, piped)),
      ...(await templates(network, options, track)),
    ]
    if (calls.length === 0)
      throw new CliError(
        'usage',
        'name what is proposed: --call, --file, --spend, --add-member, --set-reference or --parameters',
      )
    const { title, description } = options
    return planProposal(network, {
      track,
      title,
      calls,
      ...(description === undefined ? {} : { description }),
    })
  })
}

async function templates(network: Network, options: Options, track: Track): Promise<RawCall[]> {
  const { profile } = network
  const calls: RawCall[] = []
  if (options.spend !== undefined) {
    if (options.to === undefined) throw new CliError('usage', '--spend needs --to ADDRESS')
    const asset =
      options.asset === undefined
        ? nativeAsset
        : await network.reader.asset(requireAddress('asset', options.asset))
    calls.push(spendCall(options.to, parseAmount(options.spend, asset), asset))
  }
  if (options.addMember !== undefined) calls.push(memberCall(profile, 'add', options.addMember))
  if (options.removeMember !== undefined)
    calls.push(memberCall(profile, 'remove', options.removeMember))
  if (options.setReference !== undefined)
    calls.push(
      referenceCall(
        profile,
        {
          measurementId: options.setReference,
          role: oneOf('--role', options.role, ['worker', 'dsecret']) === 'worker' ? 1 : 2,
          teeClass: 2 ** teeNames.indexOf(oneOf('--tee', options.tee, teeNames)),
          status: oneOf('--status', options.status, ['accepted', 'deprecated', 'revoked']),
          ...(options.until === undefined
            ? {}
            : { until: parseTime('--until', options.until, Date.now()) }),
        },
        track,
      ),
    )
  if (options.parameters !== undefined)
    calls.push(await parametersCall(network, options.parameters))
  return calls
}

/** In the order of their bits. */
const teeNames = ['tdx', 'sev-snp', 'sgx', 'nitro'] as const
