// `wetee app exec APP SERVICE -- CMD`: a command in a container, by the agent inside the TEE; its output and exit code as they are.
import { Command } from 'commander'
import type { ExecOptions, ExecPiece } from '@wetee/sdk/node'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { readBytes } from '../../file.ts'
import { openFor, wholeNumber, withExample, withShared, type SharedOptions } from '../../options.ts'
import { paint, printJson } from '../../output/print.ts'
import { ownerOptions } from './owned.ts'

type Options = SharedOptions & {
  readonly replica?: string
  readonly input?: string
  readonly timeout?: string
  readonly interactive?: true
  readonly tty?: true
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
    .option('-i, --interactive', 'pass standard input on while it runs')
    .option('-t, --tty', 'run it at a terminal, which is yours until it ends; passes input on, too')
    .option('--timeout <seconds>', 'it is killed then; default 60, with -i or -t 3,600')
    .action(async (app: string, service: string, words: string[], options: Options) =>
      finish(await run(context, { app, service, command: words }, options)),
    )
  return withExample(
    withShared(command),
    'wetee app exec hello web -- ls -l /data',
    'wetee app exec hello web -t -- sh',
    'wetee app exec hello db -i -- psql app < schema.sql',
    'wetee app exec hello db --timeout 300 -- sh -c "pg_dump app | gzip" > app.sql.gz',
  )
}

/** The command's own exit code. */
async function run(
  context: Context,
  asked: { readonly app: string; readonly service: string; readonly command: readonly string[] },
  options: Options,
): Promise<number> {
  const given = givenOf(context, options)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, asked.app)
  const isAttended = options.tty === true || options.interactive === true
  const attached = isAttended ? context.attach(options.tty === true) : undefined
  const { input, terminal } = attached ?? {}
  const how = {
    ...(input === undefined ? {} : { input }),
    ...(terminal === undefined ? {} : { terminal: { ...terminal.size, ...termOf(context) } }),
    ...(terminal === undefined ? {} : { sizes: terminal.sizes }),
  }
  try {
    const pieces = context.sdk.exec(network, appId, asked, { ...given, ...how })
    return await show(context, appId, pieces, options.json === true)
  } finally {
    attached?.close()
  }
}

/** Throws `usage` for options that exclude each other. */
function givenOf(context: Context, options: Options): ExecOptions {
  const { input, timeout, tty, interactive, json } = options
  const isAttended = tty === true || interactive === true
  if (input !== undefined && isAttended)
    throw new CliError('usage', '--input gives all of the input: leave out -i and -t')
  if (json === true && tty === true)
    throw new CliError('usage', '--json: what a terminal shows is no data: leave out -t')
  const most = isAttended ? 28_800 : 600
  return {
    ...ownerOptions(context, options),
    ...(input === undefined
      ? {}
      : { input: readBytes(context, input, 'the input', MAX_INPUT_BYTES) }),
    ...(timeout === undefined
      ? {}
      : { timeoutSeconds: wholeNumber('--timeout', timeout, 1, most) }),
  }
}

/** TERM, where it is a name that an agent takes. */
function termOf({ env }: Context): { readonly name?: string } {
  const name = env['TERM'] ?? ''
  return /^[A-Za-z0-9.+_-]{1,64}$/.test(name) ? { name } : {}
}

/** The command's own exit code. */
async function show(
  context: Context,
  appId: bigint,
  pieces: AsyncIterable<ExecPiece>,
  asJson: boolean,
): Promise<number> {
  const output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  let end = { exitCode: 1, truncated: false }
  for await (const piece of pieces)
    if ('exitCode' in piece) end = piece
    else if (asJson) output[piece.stream].push(piece.bytes)
    else context[piece.stream].write(piece.bytes)
  if (asJson) {
    const text = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString('utf8')
    const { stdout, stderr } = output
    printJson(context, { appId, ...end, stdout: text(stdout), stderr: text(stderr) })
  } else if (end.truncated)
    context.stderr.write(
      `${paint(context, 'yellow', 'output after the first 4 MiB was dropped')}\n`,
    )
  return end.exitCode
}
