// `wetee dsecret epoch`, `refresh`, `committee`, `rotate` and `end-key`: who holds the shares of the network's keys, and what starts the
// next epoch or the next key.
import { Command } from 'commander'
import {
  describeSession,
  formatDuration,
  formatTime,
  maxOverlapSeconds,
  planCommittee,
  planKeyEnd,
  planRefresh,
  planRotation,
  readEpochs,
  watchEpochs,
  type EpochRecord,
  type EpochState,
  type LiveKey,
  type Network,
} from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import {
  openFor,
  wholeNumber,
  withExample,
  withShared,
  withSigning,
  type SharedOptions,
  type SigningOptions,
} from '../../options.ts'
import { facts, printJson, printLine } from '../../output/print.ts'

type ShowOptions = SharedOptions & { readonly watch?: boolean }
type NameOptions = SigningOptions & { readonly members: string; readonly threshold?: string }

export function dsecretEpochCommand(context: Context): Command {
  const command = new Command('epoch')
    .description('Show the committee that holds the key, and how far the next one is')
    .option('--watch', 'go on until no committee is pending, a line for each change')
    .action((options: ShowOptions) => show(context, options))
  return withExample(withShared(command), 'wetee dsecret epoch', 'wetee dsecret epoch --watch')
}

export function dsecretRefreshCommand(context: Context): Command {
  const command = new Command('refresh')
    .description('New shares of the same key for the same members, less those that are out')
    .action((options: SigningOptions) => runIntent(context, options, planRefresh))
  return withExample(withSigning(command), 'wetee dsecret refresh')
}

export function dsecretCommitteeCommand(context: Context): Command {
  const command = new Command('committee')
    .description('Name the next committee; the DAO signs (--unsigned, `wetee dao propose`)')
    .requiredOption('--members <ids>', 'numbers of the nodes, with commas')
    .option('--threshold <number>', 'how many are enough; default a majority')
    .action((options: NameOptions) => {
      const members = options.members.split(',').map((id) => parseId('node', id.trim()))
      const threshold =
        options.threshold === undefined
          ? undefined
          : wholeNumber('--threshold', options.threshold, 1, members.length)
      return runIntent(context, options, (network) => planCommittee(network, members, threshold))
    })
  return withExample(
    withSigning(command),
    'wetee dsecret committee --members 1,2,4 --unsigned committee.json',
  )
}

export function dsecretRotateCommand(context: Context): Command {
  const command = new Command('rotate')
    .description('Order a new key of the network; the DAO signs (--unsigned, `wetee dao propose`)')
    .requiredOption('--overlap <days>', 'how long the key of now lives on; 0 for one that leaked')
    .action((options: SigningOptions & { readonly overlap: string }) => {
      const most = Number(maxOverlapSeconds / 86_400n)
      const days = wholeNumber('--overlap', options.overlap, 0, most)
      return runIntent(context, options, (network) => planRotation(network, BigInt(days) * 86_400n))
    })
  return withExample(withSigning(command), 'wetee dsecret rotate --overlap 14 --unsigned key.json')
}

export function dsecretEndKeyCommand(context: Context): Command {
  const command = new Command('end-key')
    .description('End an older key before its time; the DAO signs')
    .argument('<key>', 'its number')
    .action((key: string, options: SigningOptions) => {
      const number = wholeNumber('key', key, 1, 0xffff_ffff)
      return runIntent(context, options, (network) => planKeyEnd(network, number))
    })
  return withExample(withSigning(command), 'wetee dsecret end-key 1 --unsigned end.json')
}

async function show(context: Context, options: ShowOptions): Promise<void> {
  const network = await openFor(context, options, false)
  if (options.watch === true) return watch(context, network, options)
  const state = await readEpochs(network)
  if (options.json === true) return printJson(context, { ...state })
  for (const line of facts(factsOf(state))) printLine(context, line)
}

/** One line, or one JSON document, for each change until nothing is pending. */
function watch(context: Context, network: Network, options: ShowOptions): Promise<void> {
  let last = ''
  return watchEpochs(
    network,
    (state) => {
      const line = summary(state)
      if (line === last) return
      last = line
      if (options.json === true) printJson(context, { ...state })
      else printLine(context, `${formatTime(state.now)}  ${line}`)
    },
    context.signal,
  )
}

function factsOf(state: EpochState): [string, string][] {
  const { active, pending, networkKey, olderKey, rotationOverlap, refreshAt } = state
  return [
    ['Active', active === undefined ? 'no committee yet' : describe(active)],
    ...(pending === undefined
      ? []
      : ([
          ['Pending', describe(pending)],
          ['Session', describeSession(pending.session, pending.members.length)],
        ] as [string, string][])),
    ['Key', networkKey === undefined ? 'none yet' : describeKey(networkKey)],
    ...(olderKey === undefined
      ? []
      : ([
          [
            'Older key',
            `${describeKey(olderKey)}, with epoch ${olderKey.lastEpoch}, ends ${formatTime(olderKey.endsAt)}`,
          ],
        ] as [string, string][])),
    ...(rotationOverlap === undefined
      ? []
      : ([
          [
            'Ordered',
            `a new key; the one of now ends ${formatDuration(Number(rotationOverlap))} after it is made`,
          ],
        ] as [string, string][])),
    ...(refreshAt === undefined
      ? []
      : ([['Refresh', `due ${formatTime(refreshAt)}`]] as [string, string][])),
  ]
}

function summary({ active, pending }: EpochState): string {
  const now = active === undefined ? 'no epoch is active' : `epoch ${active.epoch} is active`
  if (pending === undefined) return now
  return `${now}, epoch ${pending.epoch}: ${describeSession(pending.session, pending.members.length)}`
}

function describeKey({ number, Y }: LiveKey): string {
  return `${number}, ${Y}`
}

function describe({ epoch, members, threshold }: EpochRecord): string {
  return `epoch ${epoch}, nodes ${members.join(', ')}, ${threshold} of ${members.length} are enough`
}
