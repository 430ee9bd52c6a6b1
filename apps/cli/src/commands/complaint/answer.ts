// `wetee complaint answer ID`: the worker's side, once.
import { Command } from 'commander'
import { planAnswer } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { digestOf } from './evidence.ts'

type Options = SigningOptions & {
  readonly answer?: string
  readonly digest?: string
  readonly uri?: string
}

export function complaintAnswerCommand(context: Context): Command {
  const command = new Command('answer')
    .description("Answer a complaint, once: the worker's owner or operator")
    .argument('<complaint>', 'its number')
    .option('--answer <file>', 'the answer; its SHA-256 goes on chain')
    .option('--digest <hash>', 'or that SHA-256 itself')
    .option('--uri <address>', 'where the answer can be read, up to 128 bytes')
    .action((complaint: string, options: Options) => {
      const complaintId = parseId('complaint', complaint)
      const digest = digestOf(context, 'answer', { file: options.answer, digest: options.digest })
      return runIntent(context, options, (network) =>
        planAnswer(network, complaintId, digest, options.uri ?? ''),
      )
    })
  return withExample(
    withSigning(command),
    'wetee complaint answer 5 --answer reply.md --uri https://example.org/reply.md',
  )
}
