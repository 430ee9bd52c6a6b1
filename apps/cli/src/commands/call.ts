// `wetee call APP API ARGUMENTS`: calls an API from an account, and waits for the answer where asked.
import { Command } from 'commander'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  encodeTexts,
  findApi,
  findCallableApi,
  planCall,
  readApis,
  readLargeAnswer,
  resolveApp,
  SdkError,
  waitForCall,
  type CallAnswer,
  type Network,
} from '@wetee/sdk'
import type { Context } from '../context.ts'
import { runIntent, type Follow } from '../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../options.ts'

type Options = SigningOptions & { readonly wait?: boolean; readonly save?: string }

export function callCommand(context: Context): Command {
  const command = new Command('call')
    .description('Call an API of an application from your account, as contracts do')
    .argument('<app>', 'id or name')
    .argument('<api>', 'name or number')
    .argument('[arguments...]', 'in their order; lists as JSON, bytes as 0x')
    .option('--wait', 'wait for the answer')
    .option('--save <file>', 'wait, and keep all bytes of an answer whose digest is on chain')
    .action((app: string, api: string, texts: readonly string[], options: Options) =>
      runIntent(
        context,
        options,
        (network) => plan(network, app, api, texts),
        options.wait === true || options.save !== undefined
          ? answer(context, options.save)
          : undefined,
      ),
    )
  return withExample(
    withSigning(command),
    'wetee call oracle price DOT --wait',
    'wetee call 7 1 0x0badc0de \'["a","b"]\' --yes --json',
  )
}

async function plan(network: Network, app: string, idOrName: string, texts: readonly string[]) {
  const appId = await resolveApp(network, app)
  const api = findCallableApi(await readApis(network, appId), idOrName)
  return planCall(network, appId, api, encodeTexts(api.definition, texts))
}

function answer(context: Context, file: string | undefined): Follow {
  return {
    title: 'Until it is answered',
    unsigned: () => 'look for the answer: wetee calls',
    run: async (network, line, outcome) => {
      const callId = outcome['callId'] as bigint
      line(`call ${callId}`)
      const call = await waitForCall(network, callId, { signal: context.signal })
      if (call.state === 'timed-out')
        throw new SdkError('call.timed-out', `call ${callId} was not answered in time`, {
          retryable: true,
        })
      if (file === undefined) return viewAnswer(call)
      await save(context, network, call, file)
      return { ...viewAnswer(call), file }
    },
  }
}

/** The first field of the answer that is a digest of the body. */
async function save(context: Context, network: Network, call: CallAnswer, file: string) {
  const { response } = findApi(await readApis(network, call.appId), String(call.apiId))
    .definition ?? { response: [] }
  const digest = call.values?.[response.find(({ from }) => from === 'digest')?.name ?? '']
  if (typeof digest !== 'string')
    throw new SdkError('call.no-digest', `the answer of call ${call.callId} has no digest`)
  const bytes = await readLargeAnswer(network, call.appId, digest as `0x${string}`, {
    signal: context.signal,
  })
  writeFileSync(resolve(context.cwd, file), bytes, { flag: 'wx' })
}

function viewAnswer({ state, status, values, text, payload, answerTx }: CallAnswer) {
  return {
    state,
    ...(status === undefined ? {} : { status }),
    ...(values === undefined ? {} : { values }),
    ...(text === undefined ? {} : { text }),
    ...(payload === undefined ? {} : { payload }),
    ...(answerTx === undefined ? {} : { answerTx }),
  }
}
