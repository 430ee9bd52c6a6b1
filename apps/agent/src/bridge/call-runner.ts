// Carries calls of contracts out: what a quorum has stated, once for each call, signed by the instance key. I/O through its parts.
import { callResultTypedData, type BridgeCall } from '@wetee/chain'
import {
  BridgeError,
  buildRequest,
  callStatus,
  definitionDigest,
  encodeAnswer,
  encodeText,
  parseDefinition,
  type Definition,
} from '@wetee/bridge'
import { refusal } from '@wetee/tee-device'
import { keccak256, size, type Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Log } from '../log.ts'
import type { callApplication } from './http-call.ts'
import type { StatedCall } from './collect-calls.ts'

/** What the host brings: which call, and the texts behind two digests on chain. */
export type AskedCall = {
  readonly call: BridgeCall
  /** Of the API, as its events have it. */
  readonly definition: string
  /** Of the call, as its events have them. */
  readonly args: Hex
}

/** The answer to a call as the Bridge takes it. */
export type SignedResult = {
  readonly callId: bigint
  readonly apiVersion: number
  readonly status: number
  readonly payload: Hex
  readonly signature: Hex
  /** The application's answer, where the payload has only its digest. */
  readonly body?: Uint8Array
}

/** What calls are carried out with. */
export type CallRunnerParts = {
  readonly chainId: bigint
  readonly account: Pick<PrivateKeyAccount, 'signTypedData'>
  /** Why nothing is carried out now; undefined while this instance is attested. */
  readonly refusal: () => string | undefined
  /** Resolves once a quorum states the call. */
  readonly stated: (call: BridgeCall) => Promise<StatedCall>
  readonly call: typeof callApplication
  /** Chain time, seconds. */
  readonly nowSeconds: () => number
  readonly log: Log
}

/** Calls of the application at the same time. */
const MAX_RUNNING = 32
/** Calls that are being worked on at the same time. */
const MAX_WORK = 128
/** Bytes of finished results that are kept; the oldest go first. */
const MAX_KEPT_BYTES = 33_554_432
const MAX_KEPT = 16_384
/** Beside payload and body. */
const ENTRY_BYTES = 512
/** An answer takes no longer than this, and no longer than the call may be answered, seconds. */
const MAX_SECONDS = 30

type Kept = { readonly result: SignedResult; readonly bytes: number }

/** Runs calls and keeps what came of them. */
export class CallRunner {
  readonly #parts: CallRunnerParts
  readonly #working = new Map<bigint, Promise<SignedResult>>()
  readonly #kept = new Map<bigint, Kept>()
  readonly #queue: (() => void)[] = []
  #keptBytes = 0
  #running = 0

  constructor(parts: CallRunnerParts) {
    this.#parts = parts
  }

  /**
   * The signed result of a call; asked again it is the same one, and the application is not asked twice while its result is kept.
   * Throws TeeError `agent.not-attested`, `call.not-stated` (409), `call.definition-differs`, `call.arguments-differ` (422), `call.busy`
   * (429).
   */
  async answer(asked: AskedCall): Promise<SignedResult> {
    const { callId } = asked.call
    const kept = this.#kept.get(callId)
    if (kept !== undefined) return kept.result
    const working = this.#working.get(callId)
    if (working !== undefined) return working
    if (this.#parts.refusal() !== undefined)
      throw refusal(409, 'agent.not-attested', 'this instance is not attested now: ask again')
    if (this.#working.size >= MAX_WORK)
      throw refusal(429, 'call.busy', 'too many calls are under way: ask again')
    const work = this.#work(asked).finally(() => this.#working.delete(callId))
    this.#working.set(callId, work)
    return work
  }

  async #work(asked: AskedCall): Promise<SignedResult> {
    const call = await this.#parts.stated(asked.call)
    if (definitionDigest(asked.definition) !== call.definitionDigest)
      throw refusal(422, 'call.definition-differs', 'not the definition that this call was made of')
    if (keccak256(asked.args) !== call.argsDigest)
      throw refusal(422, 'call.arguments-differ', 'not the arguments that this call was made with')
    const result = await this.#inTurn(() => this.#run(call, asked))
    this.#keep(result)
    return result
  }

  async #run(call: StatedCall, { definition: text, args }: AskedCall): Promise<SignedResult> {
    const { callId, apiVersion, bridge } = call
    const { status, payload, body } = await this.#outcome(call, text, args)
    const network = { chainId: Number(this.#parts.chainId), contracts: { bridge } }
    const signed = { callId, apiVersion, status, payloadDigest: keccak256(payload) }
    const signature = await this.#parts.account.signTypedData(callResultTypedData(network, signed))
    this.#parts.log.info({ callId: String(callId), apiId: call.apiId, status }, 'call carried out')
    return { callId, apiVersion, status, payload, signature, ...(body ? { body } : {}) }
  }

  /** Status and payload, whatever happens: what fails is an answer too. */
  async #outcome(
    call: StatedCall,
    text: string,
    args: Hex,
  ): Promise<{ status: number; payload: Hex; body?: Uint8Array }> {
    const { maxPayloadBytes } = call
    const failed = (status: number, why: string) => ({
      status,
      payload: encodeText(why, maxPayloadBytes),
    })
    let definition: Definition
    let request
    try {
      definition = parseDefinition(text)
    } catch (error) {
      return failed(callStatus.badDefinition, reasonOf(error))
    }
    try {
      request = buildRequest(definition, args)
    } catch (error) {
      return failed(callStatus.badArguments, reasonOf(error))
    }
    const answer = await this.#parts.call(definition, request, {
      headers: this.#headers(call),
      timeoutMs: this.#timeoutMs(call),
    })
    if ('failed' in answer) return failed(callStatus[answer.failed], answer.text)
    const { status, body } = answer
    if (status < 200 || status > 299) return failed(status, new TextDecoder().decode(body))
    try {
      const payload = encodeAnswer(definition, body, maxPayloadBytes)
      const isDigest = definition.response.some(({ from }) => from === 'digest')
      return { status, payload, ...(isDigest ? { body } : {}) }
    } catch (error) {
      const tooLarge = error instanceof BridgeError && error.code === 'answer.too-large'
      return failed(tooLarge ? callStatus.tooLarge : callStatus.unexpected, reasonOf(error))
    }
  }

  /** The same for every try, in every instance: by the call's name an application can tell a repeated call. */
  #headers({ bridge, callId, caller }: StatedCall): Readonly<Record<string, string>> {
    return {
      'wetee-call-id': `${this.#parts.chainId}-${bridge}-${callId}`,
      'wetee-caller': caller,
    }
  }

  #timeoutMs({ deadline }: StatedCall): number {
    const left = Number(deadline) - this.#parts.nowSeconds()
    return Math.round(Math.min(MAX_SECONDS, Math.max(left, 1)) * 1_000)
  }

  /** Waits for its turn: the oldest first. */
  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((go) => this.#queue.push(go))
    else this.#running++
    try {
      return await run()
    } finally {
      const next = this.#queue.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  #keep(result: SignedResult): void {
    const bytes = size(result.payload) * 2 + (result.body?.length ?? 0) + ENTRY_BYTES
    this.#kept.set(result.callId, { result, bytes })
    this.#keptBytes += bytes
    for (const [callId, { bytes: freed }] of this.#kept) {
      if (this.#keptBytes <= MAX_KEPT_BYTES && this.#kept.size <= MAX_KEPT) break
      this.#kept.delete(callId)
      this.#keptBytes -= freed
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof BridgeError) return error.message
  throw error
}
