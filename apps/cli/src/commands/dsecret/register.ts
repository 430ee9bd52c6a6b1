// `wetee dsecret register`: a new dsecret node with its first stake.
import { Command } from 'commander'
import { parseDot, parseNodeKeys, planNodeRegistration } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { readText } from '../../file.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

/** `--print-identity` prints less than 1 KiB. */
export const maxKeysBytes = 16_384

type Options = SigningOptions & {
  readonly operator: string
  readonly keys: string
  readonly endpoint: string
  readonly stake?: string
}

export function dsecretRegisterCommand(context: Context): Command {
  const command = new Command('register')
    .description('Register a dsecret node that you own, with its first stake')
    .requiredOption('--operator <address>', 'the hot account of the node; it pays gas')
    .requiredOption(
      '--keys <file>',
      'what `dsecret --print-identity` printed in its TEE; - for stdin',
    )
    .requiredOption('--endpoint <address>', 'where the node answers, host and port')
    .option('--stake <dot>', 'DOT; default the minimum')
    .action((options: Options) => {
      const keys = parseNodeKeys(readText(context, options.keys, "the node's keys", maxKeysBytes))
      const stake = options.stake === undefined ? {} : { stakeWei: parseDot(options.stake) }
      const { operator, endpoint } = options
      return runIntent(context, options, (network) =>
        planNodeRegistration(network, { operator, endpoint, keys, ...stake }),
      )
    })
  return withExample(
    withSigning(command),
    'wetee dsecret register --operator 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC --keys keys.json --endpoint d.example:7790',
  )
}
