// Calls of contracts that go wrong, on a devnet of real processes: what an application answers badly, and what others do with an answer.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { decodeFunctionData, parseEther, parseEventLogs } from 'viem'
import { simulateContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bridgeAbi } from '@wetee/chain'
import { deployProgram, openStage, type Deployed, type Stage } from '@wetee/devnet/examples'
import { startWorker } from '@wetee/devnet/workers'
import { filesLayer, writeNodeImage } from '@wetee/image'
import {
  carryOut,
  findCallableApi,
  planApiRemoval,
  planCall,
  planSubscription,
  readApis,
  readCall,
  waitForCall,
} from '@wetee/sdk'
import { eventually, startDevnet, type RunningDevnet } from './testing/running-devnet.ts'

const patienceMs = 600_000
const program = join(import.meta.dirname, 'testing/odd-application.mjs')
const composeFile = join(import.meta.dirname, 'testing/odd-application.compose.yaml')
let devnet: RunningDevnet
let stage: Stage
let odd: Deployed

beforeAll(async () => {
  devnet = await startDevnet('sandbox', { nodes: 1, leaseSeconds: 600n })
  stage = await openStage(devnet.network.state, devnet.network.signal)
  // Served beside examples/hello, under a tag of its own.
  const buildImage = (layout: string) =>
    writeNodeImage({
      ...{ layout, tag: 'odd', program: ['/app/odd.mjs'] },
      layers: [filesLayer({ '/app/odd.mjs': { source: program } })],
    })
  const place = { image: 'hello', composeUrl: pathToFileURL(composeFile).href, buildImage }
  odd = await deployProgram(stage, place, () => undefined)
}, patienceMs)
afterAll(() => devnet.close())

/** Calls an API from the developer's account; its number. */
async function call(name: string): Promise<bigint> {
  const api = findCallableApi(await readApis(stage.sdk, odd.appId), name)
  const intent = await planCall(stage.sdk, odd.appId, api, '0x')
  const { outcome } = await carryOut(stage.sdk, intent, { signal: stage.signal })
  return outcome['callId'] as bigint
}
const ended = async (callId: bigint) => {
  await eventually('a final call', () => readCall(stage.sdk, callId).catch(() => undefined))
  return waitForCall(stage.sdk, callId, { signal: stage.signal })
}

test(
  'ATTACK each bad answer is an answer with a status, and keeps none of the others',
  async () => {
    const expected: Readonly<Record<string, number>> = {
      ...{ slow: 602, malformed: 604, missing: 604, wrong: 604, huge: 603 },
      ...{ error: 500, redirect: 302, closed: 601, down: 601, good: 200 },
    }
    const calls: Record<string, bigint> = {}
    for (const name of Object.keys(expected)) calls[name] = await call(name)
    const statuses: Record<string, number | undefined> = {}
    for (const [name, callId] of Object.entries(calls))
      statuses[name] = (await ended(callId)).status
    expect(statuses).toEqual(expected)
  },
  patienceMs,
)

test(
  'an API that is deleted between call and answer is answered all the same',
  async () => {
    const { children } = devnet.network
    await children.stop('worker')
    const callId = await call('deleted')
    const removal = await planApiRemoval(stage.sdk, odd.appId, 'deleted')
    await carryOut(stage.sdk, removal, { signal: stage.signal })
    startWorker(devnet.network)
    expect(await ended(callId)).toMatchObject({ state: 'answered', status: 200 })
  },
  patienceMs,
)

test(
  'ATTACK a stranger who sends an answer again closes nothing and is paid nothing',
  async () => {
    const { answerTx } = await ended(await call('good'))
    if (answerTx === undefined) throw new Error('the call has no answer')
    const { client } = devnet.network.chain
    const { input } = await client.getTransaction({ hash: answerTx })
    const sent = decodeFunctionData({ abi: bridgeAbi, data: input })
    if (sent.functionName !== 'fulfilMany') throw new Error(`answered by ${sent.functionName}`)
    const [answers] = sent.args
    const bridge = { address: devnet.network.profile.contracts.bridge!, abi: bridgeAbi } as const
    const stranger = devnet.network.accounts.admin
    const again = { ...bridge, account: stranger } as const
    await expect(
      simulateContract(client, { ...again, functionName: 'fulfilMany', args: [answers] }),
    ).rejects.toThrow('NothingAnswered')
    await expect(
      simulateContract(client, { ...again, functionName: 'fulfil', args: [answers[0]!] }),
    ).rejects.toThrow('CallNotOpen')
  },
  patienceMs,
)

test(
  'a subscription is triggered by the worker when it is due, also after that was killed, and no sooner',
  async () => {
    const { network } = devnet
    const api = findCallableApi(await readApis(stage.sdk, odd.appId), 'good')
    const order = { everyBlocks: 5, depositWei: parseEther('0.1') }
    const intent = await planSubscription(stage.sdk, odd.appId, api, '0x', order)
    const { outcome } = await carryOut(stage.sdk, intent, { signal: stage.signal })
    const address = network.profile.contracts.bridge!
    const made = async () => {
      const logs = await network.chain.client.getLogs({ address, fromBlock: 0n })
      return parseEventLogs({ abi: bridgeAbi, eventName: 'CallOpened', logs }).filter(
        ({ args }) => args.subscriptionId === outcome['subscriptionId'],
      )
    }
    await eventually('a first call', async () => (await made()).length > 0)
    await network.children.kill('worker')
    const before = (await made()).length
    startWorker(network)
    await eventually('two more calls', async () => (await made()).length >= before + 2)
    const calls = await made()
    const blocks = calls.map(({ blockNumber }) => Number(blockNumber))
    const distances = blocks.slice(1).map((block, index) => block - blocks[index]!)
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(5)
    expect(await ended(calls[0]!.args.callId)).toMatchObject({ state: 'answered', status: 200 })
  },
  patienceMs,
)
