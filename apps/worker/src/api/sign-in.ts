// Whether a request comes from the owner of an application: EIP-4361 signed by an account, once. Pure but for its memory.
import {
  checkSignedMessage,
  signedMessageSchema,
  SignInError,
  type SignedMessage,
} from '@wetee/sign-in'
import type { Hex } from '../chain/records.ts'
import { WorkerError } from '../worker-error.ts'

/** A message is good for at most this long, milliseconds. */
const MAX_AGE_MS = 600_000
/** Clocks of owner and worker may differ by this much, milliseconds. */
const CLOCK_SKEW_MS = 30_000
const MAX_NONCES = 10_000
const MAX_HEADER_BYTES = 8_192

/** What a sign-in must name. */
export type SignInExpectation = {
  /** Host, with port, of the worker's endpoint. */
  readonly domain: string
  readonly chainId: number
  /** Absent: whoever can sign. */
  readonly owner?: Hex
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
    const nowMs = this.#now()
    const { domain, chainId, owner } = expected
    const signed = await checkSignedMessage(parseHeader(header), {
      ...{ domain, chainId, nowMs, maxAgeMs: MAX_AGE_MS },
    }).catch((error: unknown) => {
      throw error instanceof SignInError ? new WorkerError('auth.invalid', error.message) : error
    })
    if (owner !== undefined && signed.address !== owner.toLowerCase())
      throw new WorkerError('auth.not-owner', 'only the owner of the application may do this')
    this.#use(`${signed.address}/${signed.nonce}`, signed.endMs, nowMs)
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

function parseHeader(header: string | undefined): SignedMessage {
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
  const parsed = signedMessageSchema.safeParse(value)
  if (!parsed.success) throw invalid('message or signature is missing')
  return parsed.data
}
