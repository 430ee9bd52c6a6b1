// Calls of APIs: making one, and what came of it, by the chain's events. Network I/O.
import { parseDefinition, definitionDigest, type Definition } from '@wetee/bridge'
import { callOfEvent, type BridgeCall, type CallOrder } from '@wetee/chain'
import {
  bytesToString,
  concat,
  decodeAbiParameters,
  decodeFunctionData,
  hexToBytes,
  keccak256,
  type Address,
  type Hex,
} from 'viem'
import { pause } from '../clock.ts'
import { chainError } from '../contract-error.ts'
import { abis, callOf } from '../contracts.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import { formatDot, formatDuration } from '../money.ts'
import type { Network } from '../network.ts'
import type { ContractEvent } from '../reader.ts'
import { valuesOf } from './arguments.ts'
import { signatureOf, type ApiRecord } from './book.ts'

/** How far a call has come. `callback-failed`: answered, and its caller may have the callback run again. */
export type CallState = 'open' | 'answered' | 'callback-failed' | 'replayed' | 'timed-out'

/** A call as the chain's events have it. */
export type CallRecord = {
  readonly callId: bigint
  readonly appId: bigint
  readonly apiId: number
  readonly apiVersion: number
  readonly caller: Address
  readonly state: CallState
  readonly feeWei: bigint
  /** What it was made under: with it anybody can close the call. */
  readonly order: CallOrder
  /** Seconds; unanswered by then, the fee goes back. */
  readonly deadline: bigint
  readonly openedBlock: bigint
  /** Of the newest event about it; absent while it is open. */
  readonly closedBlock?: bigint
  /** The status of the application's answer, or one of the agent's own from 600 on. */
  readonly status?: number
  readonly answerTx?: Hex
  readonly payloadDigest?: Hex
}

/** What a call was answered. */
export type CallAnswer = CallRecord & {
  /** As the contract was given it; absent where its transaction does not hold it. */
  readonly payload?: Hex
  /** By the names of the definition, where the status is 2xx. */
  readonly values?: Readonly<Record<string, unknown>>
  /** Why there is none, where it is another. */
  readonly text?: string
}

/** `IBridge.Outcome`. */
const outcomes: readonly (CallState | undefined)[] = [
  undefined,
  'answered',
  'callback-failed',
  'replayed',
  'timed-out',
]
const pollMs = 1_000

/** Calls an API from an account: no contract is called back, the answer is read with `readCall`. Throws what the contract refuses. */
export async function planCall(
  network: Network,
  appId: bigint,
  api: Pick<ApiRecord, 'apiId' | 'version'> & { readonly definition: Definition },
  args: Hex,
): Promise<Intent> {
  const { reader, profile } = network
  const { number: at } = await reader.finalized()
  const { apiId, version, definition } = api
  const known = await reader.view('apis', 'api', [appId, apiId], at)
  const feeWei = await reader.view('bridge', 'quote', [appId, apiId, false], at)
  return {
    id: 'call.make',
    title: `Call "${definition.name}" of application ${appId}`,
    facts: [
      ['API', signatureOf(definition)],
      ['Arguments', `${(args.length - 2) / 2} bytes, public for ever`],
      ['Fee', `${formatDot(feeWei)}; comes back where no answer comes`],
      ['Answer', `within ${formatDuration(known.terms.timeoutSeconds)}`],
    ],
    calls: [
      callOf(
        profile,
        'bridge',
        'call',
        [appId, apiId, version, args, '0x00000000', '0x0000000000000000000000000000000000000000'],
        { doing: `call "${definition.name}" of application ${appId}`, valueWei: feeWei },
      ),
    ],
    outcome: (receipt) => {
      const { callId, order } = callOfEvent(outcomeOf('bridge', 'CallOpened')(receipt))
      return { callId, deadline: order.deadline }
    },
  }
}

/** Calls of an account or an application, oldest first. */
export async function listCalls(
  network: Network,
  of: { readonly caller: Address } | { readonly appId: bigint },
): Promise<CallRecord[]> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const opened = await reader.events('bridge', 'CallOpened', of, at)
  const records: CallRecord[] = []
  for (const event of opened)
    records.push(toRecord(event, await closingsOf(network, event.args['callId'] as bigint, at)))
  return records
}

/** A call with its answer, which is checked against the digest on chain. Throws `call.unknown`. */
export async function readCall(network: Network, callId: bigint): Promise<CallAnswer> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const [opened] = await reader.events('bridge', 'CallOpened', { callId }, at)
  if (opened === undefined)
    throw new SdkError(
      'call.unknown',
      `there is no call ${callId} on this network: \`wetee calls\` shows yours`,
    )
  const record = toRecord(opened, await closingsOf(network, callId, at))
  const { answerTx, payloadDigest, status } = record
  if (answerTx === undefined || payloadDigest === undefined || status === undefined) return record
  const payload = payloadIn(await inputOf(network, answerTx), callId, payloadDigest)
  if (payload === undefined) return record
  if (Math.floor(status / 100) !== 2) return { ...record, payload, ...textOf(payload) }
  const definition = await definitionOf(network, record, at)
  const values = definition === undefined ? {} : { values: valuesOf(definition, payload) }
  return { ...record, payload, ...values }
}

/** A call as the contract takes it from whoever closes it. */
export function madeOf({ callId, appId, caller, order }: CallRecord): BridgeCall {
  return { callId, appId, caller, order }
}

/** Waits until a call has ended. Throws `aborted`. */
export async function waitForCall(
  network: Network,
  callId: bigint,
  options: { readonly signal?: AbortSignal } = {},
): Promise<CallAnswer> {
  for (;;) {
    const call = await readCall(network, callId)
    if (call.state !== 'open') return call
    const { timestamp } = await network.reader.finalized()
    if (timestamp > call.deadline) return { ...call, state: 'timed-out' }
    await pause(pollMs, options.signal)
  }
}

/** The payload of an answer in the calldata that brought it, whoever sent it; undefined where it is not there as it was signed. */
export function payloadIn(input: Hex, callId: bigint, digest: Hex): Hex | undefined {
  let found: readonly Hex[]
  try {
    const { functionName, args } = decodeFunctionData({ abi: abis.bridge, data: input })
    found = payloadsOf(functionName, args, callId)
  } catch {
    return undefined
  }
  return found.find((payload) => keccak256(payload) === digest)
}

function payloadsOf(name: string, args: readonly unknown[] | undefined, callId: bigint): Hex[] {
  if (name === 'fulfilMany')
    return (args?.[0] as readonly Answer[]).flatMap((answer) => payloadOf(answer, callId))
  if (name === 'fulfil') return payloadOf(args?.[0] as Answer, callId)
  const [call, , payload] = args as [Answer['call'], number, Hex]
  return name === 'replay' && call.callId === callId ? [payload] : []
}

type Answer = { readonly call: { readonly callId: bigint }; readonly payload: Hex }

function payloadOf({ call, payload }: Answer, callId: bigint): Hex[] {
  return call.callId === callId ? [payload] : []
}

function closingsOf(network: Network, callId: bigint, at: bigint) {
  return network.reader.events('bridge', 'CallClosed', { callId }, at)
}

function toRecord(opened: ContractEvent, closings: readonly ContractEvent[]): CallRecord {
  const { args } = opened
  const { order } = callOfEvent(args)
  const closed = closings.at(-1)
  const record = {
    callId: args['callId'] as bigint,
    appId: args['appId'] as bigint,
    apiId: order.apiId,
    apiVersion: order.apiVersion,
    caller: args['caller'] as Address,
    feeWei: order.priceWei + order.allowanceWei,
    order,
    deadline: order.deadline,
    openedBlock: opened.blockNumber,
  }
  if (closed === undefined) return { ...record, state: 'open' }
  const state = outcomes[closed.args['outcome'] as number] ?? 'answered'
  const ended = { ...record, state, closedBlock: closed.blockNumber }
  if (state === 'timed-out') return ended
  return {
    ...ended,
    status: closed.args['status'] as number,
    answerTx: closed.transactionHash,
    payloadDigest: closed.args['payloadDigest'] as Hex,
  }
}

async function inputOf(network: Network, hash: Hex): Promise<Hex> {
  try {
    return (await network.chain.client.getTransaction({ hash })).input
  } catch (cause) {
    throw chainError(cause, `read the transaction ${hash}`)
  }
}

/** The definition that the call was made under: the newest may be another. */
async function definitionOf(
  { reader }: Network,
  { appId, apiId, apiVersion: version, openedBlock }: CallRecord,
  at: bigint,
): Promise<Definition | undefined> {
  const [pieces, defined] = await Promise.all([
    reader.events('apis', 'ApiDefinition', { appId, apiId, version }, openedBlock),
    reader.events('apis', 'ApiDefined', { appId, apiId }, at),
  ])
  const digest = defined.find(({ args }) => args['version'] === version)?.args['definitionDigest']
  const text = bytesToString(
    hexToBytes(
      concat(
        pieces
          .toSorted((a, b) => Number(a.args['index']) - Number(b.args['index']))
          .map(({ args }) => args['chunk'] as Hex),
      ),
    ),
  )
  try {
    return definitionDigest(text) === digest ? parseDefinition(text) : undefined
  } catch {
    return undefined
  }
}

function textOf(payload: Hex): { readonly text?: string } {
  try {
    return { text: decodeAbiParameters([{ type: 'string' }], payload)[0] }
  } catch {
    return {}
  }
}
