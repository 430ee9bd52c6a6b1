// The chain for an application: reads of contracts, transactions signed by the instance key and relayed by the worker. I/O through it.
import { forwardTypedData } from '@wetee/chain'
import type { ChainAccess as Allowed } from '@wetee/manifest'
import { refusal, TeeError, type SocketCall } from '@wetee/tee-device'
import type { PrivateKeyAccount } from 'viem/accounts'
import * as z from 'zod'
import type { InstanceState } from '../instance-state.ts'
import { address, firstProblem, hex, uint } from '../launch/fields.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { TokenBucket } from '../owner/token-bucket.ts'
import type { WorkerClient } from '../worker/worker-client.ts'
import { decodeAnswer, encodeCall, MAX_SIGNATURE_LENGTH, parseFunction } from './abi-call.ts'
import { transactionId } from './transaction-id.ts'

/** What it works with. */
export type ChainAccessParts = {
  readonly launch: Pick<InstanceLaunch, 'chainId' | 'appId'>
  /** As the manifest has it; undefined: nothing is allowed. */
  readonly allowed: Allowed | undefined
  readonly account: Pick<PrivateKeyAccount, 'signTypedData'>
  readonly state: Pick<InstanceState, 'answer' | 'refusal'>
  /** Chain time, seconds. */
  readonly nowSeconds: () => number
  readonly worker: Pick<WorkerClient, 'forwarder' | 'forward' | 'forwarded' | 'readContract'>
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
  readonly signal: AbortSignal
}

/** Of keys, in bytes of UTF-8. */
const MAX_KEY_BYTES = 256
const MAX_ARGUMENTS = 64
const DEFAULT_VALID_SECONDS = 600
const MAX_VALID_SECONDS = 3_600

const data = z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-fA-F]{2}){0,16384}$/)])
const callShape = {
  to: address,
  function: z.string().min(1).max(MAX_SIGNATURE_LENGTH).optional(),
  args: z.array(z.unknown()).max(MAX_ARGUMENTS).optional(),
  data: data.optional(),
}
const readSchema = z.strictObject({
  ...callShape,
  block: z.enum(['finalized', 'latest']).default('finalized'),
})
const transactSchema = z.strictObject({
  ...callShape,
  key: z
    .string()
    .refine(
      (text) => text !== '' && text.isWellFormed() && Buffer.byteLength(text) <= MAX_KEY_BYTES,
      `expected 1 to ${MAX_KEY_BYTES} bytes of UTF-8`,
    ),
  gas: uint(0xffff_ffff).min(1),
  validSeconds: uint(MAX_VALID_SECONDS).min(1).default(DEFAULT_VALID_SECONDS),
})

/** Nothing that the worker answers here is proven; every answer says so. */
const UNPROVEN = { proof: 'none' } as const

/** Codes of the worker, in the words of this socket. */
const refusals: Readonly<Record<string, readonly [number, string]>> = {
  'forward.key-used': [409, 'transaction.key-used'],
  'forward.full': [429, 'transaction.full'],
  'forward.unknown': [404, 'transaction.unknown'],
  'forward.none': [409, 'chain.no-forwarder'],
}

/** Guards what an application does on chain. */
export class ChainAccess {
  readonly #parts: ChainAccessParts
  readonly #reads: TokenBucket
  readonly #transactions: TokenBucket

  constructor(parts: ChainAccessParts) {
    this.#parts = parts
    this.#reads = new TokenBucket(20, 100, parts.monotonicMs)
    this.#transactions = new TokenBucket(1, 64, parts.monotonicMs)
  }

  /** Answers calls below `/v1/chain/`, undefined for what is none of them. Throws refusals (docs/reference/forwarder.md). */
  async answer({ method, path, body }: SocketCall): Promise<unknown> {
    const route = `${method} ${path}`
    if (route === 'POST /v1/chain/read') return this.#read(body)
    if (route === 'POST /v1/chain/transact') return this.#transact(body)
    const [, id] = /^GET \/v1\/chain\/transactions\/(.{1,100})$/.exec(route) ?? []
    return id === undefined ? undefined : this.#transaction(id)
  }

  async #read(body: unknown): Promise<unknown> {
    this.#allowed()
    const { to, block: at, ...asked } = parse(readSchema, body)
    const fragment = asked.function === undefined ? undefined : parseFunction(asked.function)
    const calldata = dataOf(asked, fragment)
    this.#take(this.#reads)
    const { worker, signal } = this.#parts
    const read = await said(() => worker.readContract({ to, data: calldata, at }, signal))
    const { data: answer, number, hash, timestamp } = read
    const shown =
      fragment === undefined ? { data: answer } : { values: decodeAnswer(fragment, answer) }
    const block = { number: String(number), hash, timestamp: String(timestamp) }
    return { ...shown, block, ...UNPROVEN }
  }

  async #transact(body: unknown): Promise<unknown> {
    const { contracts } = this.#allowed()
    const { to, key, gas, validSeconds, ...asked } = parse(transactSchema, body)
    if (!contracts.includes(to))
      throw refusal(403, 'chain.contract-not-listed', `${to} is not among x-wetee.chain.contracts`)
    const fragment = asked.function === undefined ? undefined : parseFunction(asked.function)
    const calldata = dataOf(asked, fragment)
    const { launch, account, worker, state, signal } = this.#parts
    const why = state.refusal()
    if (why !== undefined) throw refusal(503, why, 'this instance is not attested now: ask again')
    this.#take(this.#transactions)
    const id = transactionId(key)
    const forwarder = await said(() => worker.forwarder(signal))
    const request = {
      ...{ appId: launch.appId, to, valueWei: 0n, gas, nonce: BigInt(id) },
      ...{ deadline: this.#deadline(validSeconds), data: calldata },
    }
    const network = { chainId: Number(launch.chainId), contracts: { forwarder } }
    const signature = await account.signTypedData(forwardTypedData(network, request))
    const report = await said(() => worker.forward({ request, signature }, signal))
    return { id, ...report, ...UNPROVEN }
  }

  async #transaction(id: string): Promise<unknown> {
    this.#allowed()
    const nonce = parse(hex(32), id)
    this.#take(this.#reads)
    const { worker, signal } = this.#parts
    return { id, ...(await said(() => worker.forwarded(nonce, signal))), ...UNPROVEN }
  }

  /**
   * The head that chain time is taken from is the worker's word; the end of the lease is the quorum's: a worker that lies about the time
   * can keep a request until then and no longer.
   */
  #deadline(validSeconds: number): bigint {
    const wanted = BigInt(Math.floor(this.#parts.nowSeconds()) + validSeconds)
    const lease = BigInt(this.#parts.state.answer().leaseNotAfter ?? 0)
    return wanted < lease ? wanted : lease
  }

  #allowed(): Allowed {
    const { allowed } = this.#parts
    if (allowed !== undefined) return allowed
    throw refusal(403, 'chain.not-allowed', 'the manifest of this version has no x-wetee.chain')
  }

  #take(bucket: TokenBucket): void {
    if (!bucket.take()) throw refusal(429, 'chain.busy', 'too many calls of the chain: ask later')
  }
}

/** Calldata: given, or made of a function and its arguments. */
function dataOf(
  { function: signature, args, data: given }: { [K in 'function' | 'args' | 'data']?: unknown },
  fragment: ReturnType<typeof parseFunction> | undefined,
): `0x${string}` {
  if ((signature === undefined) === (given === undefined) || (given !== undefined && args))
    throw refusal(400, 'request.invalid', 'expected function: and args:, or data:')
  if (fragment === undefined) return String(given).toLowerCase() as `0x${string}`
  return encodeCall(fragment, (args ?? []) as readonly unknown[])
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw refusal(400, 'request.invalid', firstProblem(parsed.error).slice(0, 300))
}

/** What the worker answers; its refusals in the words of this socket. */
async function said<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof TeeError)) throw error
    const known = refusals[error.code]
    if (known !== undefined) throw refusal(...known, error.message)
    if (error.status === 422) throw refusal(422, 'contract.reverted', error.message)
    throw refusal(503, error.code, 'the worker or the chain gives no answer now: ask again')
  }
}
