// `wetee calls`: calls of your account or of an application, and their answers; `-f` goes on. With commands that end calls.
import { Command } from 'commander'
import {
  formatDot,
  formatTime,
  listCalls,
  readCall,
  requireAccount,
  resolveApp,
  type CallAnswer,
  type CallRecord,
  type Network,
} from '@wetee/sdk'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { callsExpireCommand, callsReplayCommand } from './call-ends.ts'
import { openFor, wholeNumber, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, printJson, printLine, table, toJson } from '../output/print.ts'

type Options = SharedOptions & {
  readonly app?: string
  readonly follow?: boolean
  readonly limit: string
}

const pollMs = 2_000

export function callsCommand(context: Context): Command {
  const command = new Command('calls')
    .description('List calls of your account, or of an application, with their answers')
    .option('--app <app>', 'calls of this application, by anybody')
    .option('--limit <number>', 'the newest so many', '20')
    .option('-f, --follow', 'go on as calls are made and answered, one line each, until stopped')
    .action((options: Options) => run(context, options))
    .addCommand(callsExpireCommand(context))
    .addCommand(callsReplayCommand(context))
  return withExample(withShared(command), 'wetee calls', 'wetee calls --app oracle -f')
}

async function run(context: Context, options: Options): Promise<void> {
  const limit = wholeNumber('--limit', options.limit, 1, 1_000)
  const network = await openFor(context, options, false)
  const of =
    options.app === undefined
      ? { caller: requireAccount(network).account.address }
      : { appId: await resolveApp(network, options.app) }
  const calls = await withAnswers(network, (await listCalls(network, of)).slice(-limit))
  if (options.follow === true) return follow(context, options, network, of, calls)
  if (options.json === true) return printJson(context, { calls })
  if (calls.length === 0) return printLine(context, 'No calls.')
  const header = ['CALL', 'APP', 'API', 'STATE', 'FEE', 'DEADLINE', 'ANSWER']
  for (const line of table(header, calls.map(row))) printLine(context, clean(line))
}

/** Prints a call again when its state is another. */
async function follow(
  context: Context,
  options: Options,
  network: Network,
  of: Parameters<typeof listCalls>[1],
  first: readonly CallAnswer[],
): Promise<void> {
  const seen = new Map<bigint, CallRecord['state']>()
  const print = (calls: readonly CallAnswer[]) => {
    for (const call of calls) {
      seen.set(call.callId, call.state)
      printLine(context, options.json === true ? toJson(call) : clean(row(call).join('  ')))
    }
  }
  print(first)
  while (!context.signal.aborted) {
    await sleep(pollMs, undefined, { signal: context.signal })
    const newer = (await listCalls(network, of)).filter(
      ({ callId, state }) => callId >= (first[0]?.callId ?? 0n) && seen.get(callId) !== state,
    )
    print(await withAnswers(network, newer))
  }
}

function withAnswers(network: Network, calls: readonly CallRecord[]): Promise<CallAnswer[]> {
  return Promise.all(
    calls.map((call) =>
      call.answerTx === undefined ? Promise.resolve(call) : readCall(network, call.callId),
    ),
  )
}

function row(call: CallAnswer): string[] {
  const { callId, appId, apiId, state, feeWei, deadline, status } = call
  return [
    String(callId),
    String(appId),
    String(apiId),
    status === undefined ? state : `${state} ${status}`,
    formatDot(feeWei),
    formatTime(deadline),
    answerText(call),
  ]
}

function answerText({ values, text, payload }: CallAnswer): string {
  if (values !== undefined) return toJson(values)
  return text ?? payload ?? ''
}
