// `wetee secret upload FILE`: give the nodes the ciphertext of a secret that is on chain, again or for the first time.
import { Command } from 'commander'
import { publishSecret, type Network } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { readBytes } from '../../file.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { printJson, printLine } from '../../output/print.ts'
import { runSteps } from '../../output/progress.ts'

/** A policy and a ciphertext have less. */
const maxSealedBytes = 131_072

export function secretUploadCommand(context: Context): Command {
  const command = new Command('upload')
    .description('Give the nodes the ciphertext of a secret that is on chain')
    .argument('<file>', 'your copy of it, as `wetee secret set` keeps it')
    .action((file: string, options: SharedOptions) => run(context, file, options))
  return withExample(withShared(command), 'wetee secret upload db_password.sealed')
}

async function run(context: Context, file: string, options: SharedOptions): Promise<void> {
  const bytes = readBytes(context, file, 'a sealed secret', maxSealedBytes)
  const network = await openFor(context, options, false)
  let result: Readonly<Record<string, unknown>> = {}
  await runSteps(context, [
    {
      title: 'Give the ciphertext to the dsecret nodes',
      run: async (line) => {
        result = await upload(network, bytes, context.signal, line)
      },
    },
  ])
  if (options.json === true) return printJson(context, result)
  printLine(context, `Kept by nodes ${(result['nodes'] as readonly bigint[]).join(', ')}.`)
}

/** Gives the bytes to the committee; each node's answer is a line. Throws what `publishSecret` throws. */
export async function upload(
  network: Network,
  bytes: Uint8Array,
  signal: AbortSignal,
  line: (text: string) => void,
): Promise<Readonly<Record<string, unknown>>> {
  const published = await publishSecret(network, bytes, {
    signal,
    onNode: (nodeId, problem) => line(`node ${nodeId}: ${problem ?? 'keeps it'}`),
  })
  return { ...published }
}
