// Whether a request comes from the owner of an application: EIP-4361 signed by an account, once, or a token for it. Pure but for its memory and randomness.
import { createHash, randomBytes } from 'node:crypto'
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
const MAX_SESSIONS = 1_024
const SESSION_SECONDS = 900
const MAX_HEADER_BYTES = 8_192

/** What a sign-in must name. */
export type SignInExpectation = {
  /** Host, with port, of the worker's endpoint. */
  readonly domain: string
  readonly chainId: number
  /** Absent: whoever can sign. */
  readonly owner?: Hex
}

/** What a sign-in is exchanged for, where more than one request follows. */
export type WorkerToken = { readonly token: string; readonly expiresInSeconds: number }

/** Remembers the nonces of the last ten minutes, so that a recorded request is worth nothing. */
export class SignIn {
  readonly #now: () => number
  /** Nonce to the time it may be forgotten; in order of insertion. */
  readonly #used = new Map<string, number>()
  /** By the SHA-256 of its token in hex; the oldest first. */
  readonly #sessions = new Map<string, { readonly address: string; readonly endMs: number }>()

  /** `now` in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** A token for whoever has signed, good for fifteen minutes at this worker. Throws as `verify`. */
  async open(header: string | undefined, expected: SignInExpectation): Promise<WorkerToken> {
    const address = await this.#judge(header, expected)
    const token = randomBytes(32).toString('base64url')
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size < MAX_SESSIONS) break
      this.#sessions.delete(oldest)
    }
    this.#sessions.set(hashOf(token), { address, endMs: this.#now() + 1_000 * SESSION_SECONDS })
    return { token, expiresInSeconds: SESSION_SECONDS }
  }

  /** Of a signed message, or of a token for one. Throws WorkerError `auth.invalid`, `auth.not-owner` or `auth.replayed`. */
  async verify(header: string | undefined, expected: SignInExpectation): Promise<void> {
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(header ?? '')?.[1]
    if (token === undefined) {
      await this.#judge(header, expected)
      return
    }
    const session = this.#sessions.get(hashOf(token))
    if (session === undefined || session.endMs <= this.#now())
      throw new WorkerError('auth.invalid', 'this sign-in has ended: sign a new one')
    requireOwner(session.address, expected.owner)
  }

  /** The address that has signed, in lower case. */
  async #judge(header: string | undefined, expected: SignInExpectation): Promise<string> {
    const nowMs = this.#now()
    const { domain, chainId, owner } = expected
    const signed = await checkSignedMessage(parseHeader(header), {
      ...{ domain, chainId, nowMs, maxAgeMs: MAX_AGE_MS },
    }).catch((error: unknown) => {
      throw error instanceof SignInError ? new WorkerError('auth.invalid', error.message) : error
    })
    requireOwner(signed.address, owner)
    this.#use(`${signed.address}/${signed.nonce}`, signed.endMs, nowMs)
    return signed.address
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

function requireOwner(address: string, owner: Hex | undefined): void {
  if (owner !== undefined && address !== owner.toLowerCase())
    throw new WorkerError('auth.not-owner', 'only the owner of the application may do this')
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

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
