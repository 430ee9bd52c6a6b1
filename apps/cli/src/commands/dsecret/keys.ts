// `wetee dsecret keys ID`: new keys of a node, after a change of its TEE or measurement.
import { Command } from 'commander'
import { parseNodeKeys, planNodeKeys } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { readText } from '../../file.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { maxKeysBytes } from './register.ts'

type Options = SigningOptions & { readonly keys: string; readonly endpoint?: string }

export function dsecretKeysCommand(context: Context): Command {
  const command = new Command('keys')
    .description('Set new keys of a node; it has to be proven again')
    .argument('<node>', 'its number')
    .requiredOption(
      '--keys <file>',
      'what `dsecret --print-identity` printed in its TEE; - for stdin',
    )
    .option('--endpoint <address>', 'where the node answers; default as before')
    .action((node: string, options: Options) => {
      const nodeId = parseId('node', node)
      const keys = parseNodeKeys(readText(context, options.keys, "the node's keys", maxKeysBytes))
      return runIntent(context, options, (network) =>
        planNodeKeys(network, nodeId, keys, options.endpoint),
      )
    })
  return withExample(withSigning(command), 'wetee dsecret keys 2 --keys keys.json')
}
