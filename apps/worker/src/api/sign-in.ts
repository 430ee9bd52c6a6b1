// Whether a request comes from the owner of an application: EIP-4361 signed by an account, once. Pure but for its memory.
import { verifyMessage } from 'viem'
import { parseSiweMessage } from 'viem/siwe'
import { z } from 'zod'
import type { Hex } from '../chain/records.ts'
import { WorkerError } from '../worker-error.ts'

/** A message is good for at most this long, milliseconds. */
const MAX_AGE_MS = 600_000
/** Clocks of owner and worker may differ by this much, milliseconds. */
const CLOCK_SKEW_MS = 30_000
const MAX_NONCES = 10_000
const MAX_HEADER_BYTES = 8_192

const signedSchema = z.object({
  message: z.string().max(4_096),
  signature: z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{130}$/)]),
})

/** What a sign-in must name. */
export type SignInExpectation = {
  /** Host, with port, of the worker's endpoint. */
  readonly domain: string
  readonly chainId: number
  readonly owner: Hex
}

/** Remembers the nonces of the last ten minutes, so that a recorded request is worth nothing. */
export class SignIn {
  readonly #now: () => number
  /** Nonce to the time it may be forgotten; in order of insertion. */
  readonly #used = new Map<string, number>()

  /** `now` in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Throws WorkerError `auth.invalid`, `auth.not-owner` or `auth.replayed`. */
  async verify(header: string | undefined, expected: SignInExpectation): Promise<void> {
    const { message, signature } = parseHeader(header)
    const fields = parseSiweMessage(message)
    const { address, nonce, expirationTime, issuedAt } = fields
    const nowMs = this.#now()
    const invalid = (why: string) => new WorkerError('auth.invalid', `sign in again: ${why}`)
    if (address === undefined || nonce === undefined) throw invalid('not an EIP-4361 message')
    if (fields.version !== '1') throw invalid('expected version 1')
    if (fields.domain !== expected.domain)
      throw invalid(`the message is for ${fields.domain ?? 'nobody'}, this is ${expected.domain}`)
    if (fields.chainId !== expected.chainId)
      throw invalid(`the message is for chain ${fields.chainId}, this is ${expected.chainId}`)
    if (issuedAt === undefined || issuedAt.getTime() > nowMs + CLOCK_SKEW_MS)
      throw invalid('it has no time of issue, or one in the future')
    const endMs = Math.min(
      expirationTime?.getTime() ?? Number.POSITIVE_INFINITY,
      issuedAt.getTime() + MAX_AGE_MS,
    )
    if (!(endMs > nowMs)) throw invalid('the message has expired')
    if (fields.notBefore !== undefined && fields.notBefore.getTime() > nowMs)
      throw invalid('the message is not valid yet')
    if (address.toLowerCase() !== expected.owner.toLowerCase())
      throw new WorkerError('auth.not-owner', 'only the owner of the application may do this')
    const genuine = await verifyMessage({ address, message, signature }).catch(() => false)
    if (!genuine) throw invalid('the signature does not fit')
    this.#use(`${address.toLowerCase()}/${nonce}`, endMs, nowMs)
  }

  #use(nonce: string, endMs: number, nowMs: number): void {
    if (this.#used.has(nonce))
      throw new WorkerError('auth.replayed', 'this sign-in has been used already: sign a new one')
    for (const [old, forgetMs] of this.#used) if (forgetMs <= nowMs) this.#used.delete(old)
    if (this.#used.size >= MAX_NONCES)
      throw new WorkerError('auth.invalid', 'too many sign-ins in ten minutes: try again later', {
        retryable: true,
      })
    this.#used.set(nonce, endMs + CLOCK_SKEW_MS)
  }
}

function parseHeader(header: string | undefined): z.infer<typeof signedSchema> {
  const invalid = (why: string) =>
    new WorkerError('auth.invalid', `expected Authorization: SIWE <base64url JSON>: ${why}`)
  if (header === undefined) throw invalid('it is missing')
  if (header.length > MAX_HEADER_BYTES) throw invalid('it is too long')
  const encoded = /^SIWE ([A-Za-z0-9_-]+)$/.exec(header)?.[1]
  if (encoded === undefined) throw invalid('another form')
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))
  } catch {
    throw invalid('not JSON')
  }
  const parsed = signedSchema.safeParse(value)
  if (!parsed.success) throw invalid('message or signature is missing')
  return parsed.data
}
