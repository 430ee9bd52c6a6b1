// The chain as at least two RPCs see it alike: reads are pinned to a block and compared by value. Network I/O by its sources.
import { ChainError } from '@wetee/chain'
import type { Condition, Log } from '@wetee/daemon'
import { custom, RpcRequestError, type Transport } from 'viem'
import { agreedKey, ENOUGH_ALIKE, headCandidates } from './agreement.ts'
import { startPoll, type Vote } from './poll.ts'
import {
  answerOf,
  blockOf,
  rpcBlock,
  ruleOf,
  type RpcAnswer,
  type RpcBlock,
  type RpcRule,
} from './rpc-answer.ts'
import { RpcSource, type RpcError, type RpcFault, type RpcRequest } from './rpc-source.ts'

/** What is told, for metrics. */
export type AgreementEvents = {
  readonly onFault?: (fault: RpcFault) => void
  readonly onDisagreement?: () => void
}

/** How the view of several RPCs is opened. */
export type AgreeingRpcOptions = AgreementEvents & {
  /** Two to five. */
  readonly urls: readonly string[]
  readonly chainId: number
  readonly monotonicMs: () => number
  readonly log: Log
  readonly signal: AbortSignal
  /** One call to one RPC, milliseconds; default 5,000. */
  readonly timeoutMs?: number
  /** How long the others are waited for once two have answered, milliseconds; default 1,000. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 1_000
/** Blocks whose hash is remembered. */
const MAX_KNOWN = 4_096
/** A fault of one kind and RPC is logged once in so long, milliseconds. */
const LOG_EVERY_MS = 60_000

type Source = RpcSource
type AnswerVote = Vote<Source, RpcAnswer>

/** Requests of one chain, each by its rule (`ruleOf`). */
export class AgreeingRpc {
  readonly #options: AgreeingRpcOptions
  readonly #sources: readonly Source[]
  readonly #loggedAtMs = new Map<string, number>()
  /** Hash by number, of blocks that were agreed on and are final. */
  readonly #known = new Map<bigint, string>()
  #head: RpcBlock | undefined

  constructor(options: AgreeingRpcOptions) {
    this.#options = options
    const { chainId, monotonicMs, signal, timeoutMs } = options
    this.#sources = options.urls.map(
      (url) =>
        new RpcSource({
          ...{ url, chainId, monotonicMs, signal },
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          onFault: (source, fault, why) => this.#tell(source, fault, why),
        }),
    )
  }

  /** For `openChain`: nothing is tried again below, the loops above do. */
  transport(): Transport {
    const request = ({ method, params }: { method: string; params?: unknown }) =>
      this.request({ method, params: Array.isArray(params) ? (params as unknown[]) : [] })
    return custom({ request }, { retryCount: 0 })
  }

  /** What is wrong with the RPCs now. */
  conditions(): Condition[] {
    const left = this.#sources.filter(({ stopped, silence }) => (stopped ?? silence) === undefined)
    const severity = left.length < ENOUGH_ALIKE ? 'error' : 'warning'
    return this.#sources.flatMap(({ host, stopped, silence }): Condition[] => {
      if (stopped !== undefined)
        return [
          {
            code: 'view.rpc-stopped',
            severity,
            text: `${host} is asked no more: it ${stopped}`,
            remedy: 'find out which RPC is right, replace the wrong one, start the node anew',
          },
        ]
      if (silence === undefined) return []
      const remedy = 'it is asked again by itself; check it, or name another one'
      return [{ code: 'view.rpc-silent', severity, text: silence, remedy }]
    })
  }

  /** The result. Throws ChainError `view.disagree`, `chain.unreachable` (both retryable), RpcRequestError for refusals. */
  async request(request: RpcRequest): Promise<unknown> {
    const { signal } = this.#options
    if (signal.aborted) throw new ChainError('aborted', `stopped: ${request.method}`)
    const rules: Readonly<Record<RpcRule, () => Promise<unknown>>> = {
      head: () => this.#readHead(request),
      agree: () => this.#read(request, false),
      'agree-or-only': () => this.#read(request, true),
      all: () => this.#sendToAll(request),
      any: () => this.#askAny(request),
    }
    return rules[ruleOf(request)]()
  }

  async #read(request: RpcRequest, isSelfChecking: boolean): Promise<unknown> {
    const votes = await this.#vote(request, this.#asked())
    const key = agreedKey(votes.map(({ value }) => value.key))
    const found = votes.find(({ value }) => value.key === key)
    if (found !== undefined) return resultOf(request, found.value)
    // What the caller checks by its digest may come from the only one that keeps it.
    const [only, another] = votes
    if (isSelfChecking && only !== undefined && another === undefined) return only.value.value
    if (votes.length < ENOUGH_ALIKE) throw this.#tooFew(request)
    throw this.#disagreement(request, votes)
  }

  async #vote(request: RpcRequest, sources: readonly Source[]): Promise<readonly AnswerVote[]> {
    const ask = async (source: Source) => {
      const answer = answerOf(request, await source.ask(request))
      return this.#contradicts(source, blockOf(answer?.value)) ? undefined : answer
    }
    const keyOf = ({ value }: AnswerVote) => value.key
    const poll = startPoll(sources, ask, {
      isEnough: (votes, outstanding) => agreedKey(votes.map(keyOf), outstanding) !== undefined,
      patienceMs: this.#options.patienceMs ?? PATIENCE_MS,
    })
    const votes = await poll.enough
    const key = agreedKey(votes.map(keyOf))
    if (key !== undefined) void poll.all.then((all) => this.#tellOthers(request, all, key))
    return votes
  }

  /**
   * The head: the highest block that two have finalized and name alike. It never goes back: while the RPCs are behind, it is the
   * one before, which grows old.
   */
  async #readHead(request: RpcRequest): Promise<unknown> {
    const ask = async (source: Source) => {
      const block = blockOf(answerOf(request, await source.ask(request))?.value)
      if (block === undefined) return undefined
      source.finalized = block.number
      return this.#contradicts(source, block) ? undefined : block
    }
    const isEnough = () => false
    const patienceMs = this.#options.patienceMs ?? PATIENCE_MS
    const found = await startPoll(this.#asked(), ask, { isEnough, patienceMs }).enough
    if (found.length < ENOUGH_ALIKE) throw this.#tooFew(request)
    for (const number of headCandidates(found.map(({ value }) => value.number))) {
      const voters = found.filter(({ value }) => value.number >= number)
      const block = await this.#agreedBlock(number, voters)
      if (block !== undefined) return rpcBlock(this.#accept(block))
    }
    throw this.#disagreement(
      request,
      found.map(({ source }) => ({ source })),
    )
  }

  async #agreedBlock(
    number: bigint,
    voters: readonly Vote<Source, RpcBlock>[],
  ): Promise<RpcBlock | undefined> {
    const request = {
      method: 'eth_getBlockByNumber',
      params: [`0x${number.toString(16)}`, false],
    }
    const own = new Map(voters.map(({ source, value }) => [source, value]))
    const poll = startPoll(
      [...own.keys()],
      async (source) => {
        const finalized = own.get(source)
        if (finalized?.number === number) return finalized
        return blockOf(answerOf(request, await source.ask(request))?.value)
      },
      { isEnough: () => false, patienceMs: this.#options.patienceMs ?? PATIENCE_MS },
    )
    const votes = await poll.enough
    const keyOf = ({ hash, timestamp }: RpcBlock) => `${hash} ${timestamp}`
    const key = agreedKey(votes.map(({ value }) => keyOf(value)))
    const block = votes.find(({ value }) => keyOf(value) === key)?.value
    if (block === undefined) return undefined
    void poll.all.then((all) => {
      for (const { source, value } of all) this.#contradicts(source, value)
    })
    return block
  }

  #accept(block: RpcBlock): RpcBlock {
    if (this.#head === undefined || block.number > this.#head.number) {
      this.#head = block
      this.#known.set(block.number, block.hash)
      for (const number of this.#known.keys()) {
        if (this.#known.size <= MAX_KNOWN) break
        this.#known.delete(number)
      }
    }
    return this.#head
  }

  /** Whether a block is another one than the accepted one of its number, which the RPC calls finalized: then it is stopped. */
  #contradicts(source: Source, block: RpcBlock | undefined): boolean {
    if (block === undefined) return false
    const known = this.#known.get(block.number)
    if (known === undefined || known === block.hash) return false
    if (block.number > source.finalized) return false
    source.stop(
      'other-hash',
      `calls block ${block.number} ${block.hash}, which was accepted as ${known}`,
    )
    return true
  }

  async #sendToAll(request: RpcRequest): Promise<unknown> {
    const poll = startPoll(this.#asked(), (source) => source.ask(request), {
      isEnough: (votes) => votes.some(({ value }) => 'result' in value),
      patienceMs: this.#options.patienceMs ?? PATIENCE_MS,
    })
    const replies = (await poll.enough).map(({ value }) => value)
    const reply = replies.find((one) => 'result' in one) ?? replies[0]
    if (reply === undefined) throw this.#tooFew(request)
    if ('result' in reply) return reply.result
    throw rpcError(request, reply.error)
  }

  async #askAny(request: RpcRequest): Promise<unknown> {
    for (const source of this.#asked()) {
      const reply = await source.ask(request).catch(() => undefined)
      if (reply === undefined) continue
      if ('result' in reply) return reply.result
      throw rpcError(request, reply.error)
    }
    throw this.#tooFew(request)
  }

  /** Those that are asked: not stopped, and not resting unless too few are left. */
  #asked(): readonly Source[] {
    const able = this.#sources.filter(({ stopped }) => stopped === undefined)
    const awake = able.filter(({ isResting }) => !isResting)
    return awake.length < ENOUGH_ALIKE ? able : awake
  }

  #tellOthers(request: RpcRequest, votes: readonly AnswerVote[], key: string): void {
    for (const { source, value } of votes)
      if (value.key !== key)
        this.#tell(source, 'differs', `answers ${request.method} otherwise than the others`)
  }

  #tell(source: Source, fault: RpcFault, why: string): void {
    const { onFault, log, monotonicMs } = this.#options
    onFault?.(fault)
    const { host } = source
    const name = `${host} ${fault}`
    const now = monotonicMs()
    if (now - (this.#loggedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return
    this.#loggedAtMs.set(name, now)
    const level = fault === 'no-answer' ? 'warn' : 'error'
    log[level]({ code: `view.${fault}`, host, why }, 'fault of an rpc')
  }

  #disagreement(request: RpcRequest, votes: readonly { readonly source: Source }[]): ChainError {
    this.#options.onDisagreement?.()
    const hosts = votes.map(({ source }) => source.host).join(', ')
    const { method } = request
    this.#options.log.error({ code: 'view.disagree', method, hosts }, 'rpcs disagree')
    return new ChainError(
      'view.disagree',
      `no answer to ${method}: ${hosts} do not say the same. Nothing is decided until they do`,
      { retryable: true },
    )
  }

  #tooFew({ method }: RpcRequest): ChainError {
    const told = this.#sources.map(({ host, stopped, silence }) =>
      stopped === undefined ? (silence ?? `${host}: has no answer`) : `${host}: ${stopped}`,
    )
    return new ChainError(
      'chain.unreachable',
      `fewer than ${ENOUGH_ALIKE} RPCs answer ${method} (${told.join('; ')})`,
      { retryable: true },
    )
  }
}

function resultOf(request: RpcRequest, { value, revert }: RpcAnswer): unknown {
  if (revert !== undefined) throw rpcError(request, revert)
  return value
}

function rpcError({ method }: RpcRequest, error: RpcError): RpcRequestError {
  return new RpcRequestError({ body: { method }, error, url: 'the RPCs of the node' })
}
