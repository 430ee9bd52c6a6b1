// `wetee call APP API ARGUMENTS`: calls an API from an account, and waits for the answer where asked.
import { Command } from 'commander'
import {
  encodeTexts,
  findApi,
  planCall,
  readApis,
  resolveApp,
  SdkError,
  waitForCall,
  type CallAnswer,
  type Network,
} from '@wetee/sdk'
import type { Context } from '../context.ts'
import { runIntent, type Follow } from '../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../options.ts'

type Options = SigningOptions & { readonly wait?: boolean }

export function callCommand(context: Context): Command {
  const command = new Command('call')
    .description('Call an API of an application from your account, as contracts do')
    .argument('<app>', 'id or name')
    .argument('<api>', 'name or number')
    .argument('[arguments...]', 'in their order; lists as JSON, bytes as 0x')
    .option('--wait', 'wait for the answer')
    .action((app: string, api: string, texts: readonly string[], options: Options) =>
      runIntent(
        context,
        options,
        (network) => plan(network, app, api, texts),
        options.wait === true ? answer(context) : undefined,
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
  const api = findApi(await readApis(network, appId), idOrName)
  const { definition, problem } = api
  if (definition === undefined)
    throw new SdkError('api.undefined', `API "${api.name}" cannot be called: ${problem}`)
  const args = encodeTexts(definition, texts)
  return planCall(network, appId, { ...api, definition }, args)
}

function answer(context: Context): Follow {
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
      return viewAnswer(call)
    },
  }
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
