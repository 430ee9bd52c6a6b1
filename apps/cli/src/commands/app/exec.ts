// `wetee app exec APP SERVICE -- CMD`: a command in a container, by the agent inside the TEE; its output and exit code as they are.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { readBytes } from '../../file.ts'
import { openFor, wholeNumber, withExample, withShared, type SharedOptions } from '../../options.ts'
import { paint, printJson } from '../../output/print.ts'
import { ownerOptions } from './owned.ts'

type Options = SharedOptions & {
  readonly replica?: string
  readonly input?: string
  readonly timeout?: string
}

const MAX_INPUT_BYTES = 16_384

/** `finish` hears the command's own exit code. */
export function appExecCommand(context: Context, finish: (code: number) => void): Command {
  const command = new Command('exec')
    .description('Run a command in a service, where the manifest allows it (x-wetee.exec: true)')
    .argument('<app>', 'id or name')
    .argument('<service>', 'of the Compose file')
    .argument('<command...>', 'program and arguments, after --')
    .option('--replica <number>', 'which one; default 0')
    .option('--input <file>', 'standard input of the command, at most 16 KiB')
    .option('--timeout <seconds>', 'it is killed then; default 60, at most 600')
    .action(async (app: string, service: string, words: string[], options: Options) =>
      finish(await run(context, { app, service, command: words }, options)),
    )
  return withExample(
    withShared(command),
    'wetee app exec hello web -- ls -l /data',
    'wetee app exec hello db --timeout 300 -- sh -c "pg_dump app | gzip" > app.sql.gz',
  )
}

/** The command's own exit code. */
async function run(
  context: Context,
  asked: { readonly app: string; readonly service: string; readonly command: readonly string[] },
  options: Options,
): Promise<number> {
  const { input, timeout } = options
  const given = {
    ...ownerOptions(context, options),
    ...(input === undefined
      ? {}
      : { input: readBytes(context, input, 'the input', MAX_INPUT_BYTES) }),
    ...(timeout === undefined ? {} : { timeoutSeconds: wholeNumber('--timeout', timeout, 1, 600) }),
  }
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, asked.app)
  const output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  let end = { exitCode: 1, truncated: false }
  for await (const piece of context.sdk.exec(network, appId, asked, given))
    if ('exitCode' in piece) end = piece
    else if (options.json === true) output[piece.stream].push(piece.bytes)
    else context[piece.stream].write(piece.bytes)
  if (options.json === true) {
    const text = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString('utf8')
    const { stdout, stderr } = output
    printJson(context, { appId, ...end, stdout: text(stdout), stderr: text(stderr) })
  } else if (end.truncated)
    context.stderr.write(
      `${paint(context, 'yellow', 'output after the first 4 MiB was dropped')}\n`,
    )
  return end.exitCode
}
