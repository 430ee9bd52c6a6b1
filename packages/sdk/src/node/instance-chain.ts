// The chain for what runs in an instance: typed reads and transactions of contracts, through its agent. Talks to its socket by `ask`.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  decodeFunctionResult,
  encodeFunctionData,
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type DecodeFunctionResultParameters,
  type EncodeFunctionDataParameters,
} from 'viem'
import * as z from 'zod'
import { SdkError } from '../error.ts'

/** A function of a contract with its arguments, typed by its ABI as viem does. */
export type ContractCall<
  A extends Abi,
  M extends 'view' | 'pure' | 'nonpayable' | 'payable',
  F extends ContractFunctionName<A, M>,
> = {
  readonly address: Address
  readonly abi: A
  readonly functionName: F
  readonly args?: ContractFunctionArgs<A, M, F>
}

/** A block that an answer is of. */
export type AnswerBlock = z.output<typeof blockSchema>

/** How far a transaction has come (docs/reference/forwarder.md), by the word of the machine that runs this. */
export type InstanceTransaction = z.output<typeof transactionSchema>

type Read = 'view' | 'pure'
type Write = 'nonpayable' | 'payable'
type Options = { readonly signal?: AbortSignal; readonly timeoutMs?: number }
type Ask = (
  call: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object },
  options: Options | undefined,
) => Promise<unknown>

/** The chain of an instance. All throw as Instance does. */
export type InstanceChain = {
  /** Reads a contract; nobody has proven the answer. `block`: default finalized. */
  read<const A extends Abi, F extends ContractFunctionName<A, Read>>(
    call: ContractCall<A, Read, F> & { readonly block?: 'finalized' | 'latest' },
    options?: Options,
  ): Promise<{
    readonly value: ContractFunctionReturnType<A, Read, F>
    readonly block: AnswerBlock
  }>
  /** Sends a transaction once for its `key`, or says how far it has come. `gas`: for the call, all of it is paid. */
  transact<const A extends Abi, F extends ContractFunctionName<A, Write>>(
    call: ContractCall<A, Write, F> & {
      readonly key: string
      readonly gas: number
      readonly validSeconds?: number
    },
    options?: Options,
  ): Promise<InstanceTransaction>
  transaction(id: string, options?: Options): Promise<InstanceTransaction>
  /** Waits until it is final, asking every `pollMs`, by default 1,000. Throws `transaction.failed` with the reason, `transaction.unknown`. */
  waitForTransaction(
    id: string,
    options?: { readonly signal?: AbortSignal; readonly pollMs?: number },
  ): Promise<InstanceTransaction>
}

const POLL_MS = 1_000

const uint64 = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,19})$/)
  .transform(BigInt)
const word = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const blockSchema = z.object({ number: uint64, hash: word, timestamp: uint64 })
const readSchema = z.object({
  data: z.templateLiteral(['0x', z.string().regex(/^([0-9a-f]{2})*$/)]),
  block: blockSchema,
})
const transactionSchema = z.object({
  id: word,
  state: z.enum(['queued', 'relayed', 'mined', 'finalized', 'failed']),
  reason: z.string().optional(),
  transactionHash: word.optional(),
  blockNumber: uint64.optional(),
})

/** The chain by whoever asks the agent. */
export function openInstanceChain(ask: Ask): InstanceChain {
  const chain: InstanceChain = {
    async read({ address: to, abi, functionName, args, block }, options) {
      const data = encodeFunctionData({ abi, functionName, args } as EncodeFunctionDataParameters)
      const body = { to, data, ...(block === undefined ? {} : { block }) }
      const answer = await ask({ method: 'POST', path: '/v1/chain/read', body }, options)
      const read = parse(readSchema, answer)
      const result = { abi, functionName, args, data: read.data } as DecodeFunctionResultParameters
      try {
        return { value: decodeFunctionResult(result) as never, block: read.block }
      } catch (cause) {
        throw new SdkError(
          'contract.answer-invalid',
          `${String(functionName)}: the answer is not of its types`,
          { cause },
        )
      }
    },
    async transact({ address: to, abi, functionName, args, ...rest }, options) {
      const data = encodeFunctionData({ abi, functionName, args } as EncodeFunctionDataParameters)
      const body = { to, data, ...rest }
      const path = '/v1/chain/transact'
      return parse(transactionSchema, await ask({ method: 'POST', path, body }, options))
    },
    async transaction(id, options) {
      const path = `/v1/chain/transactions/${encodeURIComponent(id)}`
      return parse(transactionSchema, await ask({ method: 'GET', path }, options))
    },
    async waitForTransaction(id, { pollMs = POLL_MS, ...options } = {}) {
      for (;;) {
        const now = await chain.transaction(id, options).catch(unlessPassing)
        if (now?.state === 'finalized') return now
        if (now?.state === 'failed')
          throw new SdkError('transaction.failed', `${id} has failed: ${now.reason ?? 'unknown'}`, {
            details: { reason: now.reason ?? 'unknown' },
          })
        await sleep(pollMs, undefined, options)
      }
    },
  }
  return chain
}

/** An agent or worker that is away for now is asked again. */
function unlessPassing(error: unknown): undefined {
  if (error instanceof SdkError && error.retryable) return undefined
  throw error
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SdkError('instance.answer-invalid', `${issue?.path.join('.')}: ${issue?.message}`)
}
