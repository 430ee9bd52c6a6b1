// `wetee calls expire|replay ID`: the fee of a call that timed out, the callback of one that failed.
import { Command } from 'commander'
import { planExpiry, planReplay } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { runIntent } from '../intent.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../options.ts'

const idOf = (text: string) => BigInt(wholeNumber('the call', text, 1, Number.MAX_SAFE_INTEGER))

export function callsExpireCommand(context: Context): Command {
  const command = new Command('expire')
    .description('Give the fees of calls back that were not answered in time; anybody may')
    .argument('<calls...>', 'numbers of calls')
    .action((calls: readonly string[], options: SigningOptions) => {
      const callIds = calls.map(idOf)
      return runIntent(context, options, (network) => planExpiry(network, callIds))
    })
  return withExample(withSigning(command), 'wetee calls expire 12 13')
}

export function callsReplayCommand(context: Context): Command {
  const command = new Command('replay')
    .description('Run a callback again that has failed; the contract that called has to send it')
    .argument('<call>', 'number of the call')
    .action((call: string, options: SigningOptions) => {
      const callId = idOf(call)
      return runIntent(context, options, (network) => planReplay(network, callId))
    })
  return withExample(
    withSigning(command),
    'wetee calls replay 12 --from 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --unsigned replay.json',
  )
}
