// Who is signed in: nonces that cost no memory, and tokens that are known by their hash alone. Pure but for its memory and randomness.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  checkSignedMessage,
  OWNER_MESSAGE_MS,
  ownerMessageParts,
  SignInError,
  type OwnerAudience,
  type SignedMessage,
} from '@wetee/sign-in'
import { hashMessage } from 'viem/utils'
import type { AppFacts } from '../committee/app-facts.ts'
import { errorFields } from '../log.ts'
import { OwnerError } from './owner-error.ts'
import { TokenBucket } from './token-bucket.ts'
import type { Viewers } from './viewers.ts'

/** What sessions are decided by. */
export type SessionParts = {
  readonly audience: OwnerAudience
  /** Owner by the word of a quorum of the network's nodes, never by the host's; rejects while there is none. */
  readonly owner: () => Promise<Pick<AppFacts, 'owner'>>
  /** Whether the owner, a contract, takes a signature for a digest (ERC-1271), by the same quorum. */
  readonly isOwnersSignature: (digest: `0x${string}`, signature: `0x${string}`) => Promise<boolean>
  /** Who reads beside the owner. */
  readonly viewers: Pick<Viewers, 'find'>
  readonly monotonicMs: () => number
  /** Wall clock, milliseconds since 1970: for the times that a message names. */
  readonly now: () => number
}

/** A viewer reads; everything else is the owner's. */
export type Role = 'owner' | 'viewer'

/** What a call asks of a session: who may make it, and which of the session's bounds it counts for. */
export type Access = { readonly role: Role; readonly counted: 'requests' | 'input' }

/** Somebody who is signed in. */
export type Session = {
  readonly address: `0x${string}`
  readonly role: Role
  /** By the monotonic clock, milliseconds. */
  readonly endMs: number
  /** Ends what it reads before that. */
  readonly ended?: AbortSignal
  readonly requests: TokenBucket
  /** Calls that carry what is typed. */
  readonly input: TokenBucket
}

/** How long a token counts, seconds. */
export const SESSION_SECONDS = 900
const NONCE_MS = 300_000
const MAX_SESSIONS = 64
const MAX_USED_NONCES = 1_024
/** Messages that are judged: each costs the recovery of a key. */
const JUDGED = { perSecond: 5, burst: 20 }
const REQUESTS = { perSecond: 10, burst: 50 }
const INPUT = { perSecond: 50, burst: 200 }

/** Sessions of one instance: they live in this process, with its TLS key, and end with it. */
export class Sessions {
  readonly #parts: SessionParts
  readonly #nonceKey = randomBytes(32)
  /** SHA-256 of the token in hex. */
  readonly #sessions = new Map<string, Session>()
  /** Nonce to the time from which it would be too old anyway. */
  readonly #used = new Map<string, number>()
  readonly #judged: TokenBucket

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#judged = new TokenBucket(JUDGED.perSecond, JUDGED.burst, parts.monotonicMs)
  }

  /** What a message has to say now; the nonce counts for five minutes, once. */
  challenge() {
    const atMs = Math.floor(this.#parts.monotonicMs()).toString(16).padStart(12, '0')
    const body = `${atMs}${randomBytes(8).toString('hex')}`
    return { ...ownerMessageParts(this.#parts.audience), nonce: `${body}${this.#mac(body)}` }
  }

  /** A token for whoever has signed, if it is the owner or a viewer. Throws OwnerError. */
  async open(signed: SignedMessage): Promise<{ readonly token: string; readonly role: Role }> {
    if (!this.#judged.take())
      throw new OwnerError('request.too-many', 'too many try to sign in: try again in a second')
    const { audience, now, monotonicMs } = this.#parts
    const { address, nonce } = await checkSignedMessage(signed, {
      ...ownerMessageParts(audience),
      ...{ maxAgeMs: OWNER_MESSAGE_MS, nowMs: now() },
      isSignedFor: (claimed, given) => this.#isSignedFor(claimed, given),
    }).catch((error: unknown) => {
      throw error instanceof SignInError ? new OwnerError('sign-in.invalid', error.message) : error
    })
    this.#useNonce(nonce)
    const { role } = await this.#roleOf(address)
    const token = randomBytes(32).toString('base64url')
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size < MAX_SESSIONS) break
      this.#sessions.delete(oldest)
    }
    this.#sessions.set(hashOf(token), {
      ...{ address, role },
      endMs: monotonicMs() + SESSION_SECONDS * 1_000,
      requests: new TokenBucket(REQUESTS.perSecond, REQUESTS.burst, monotonicMs),
      input: new TokenBucket(INPUT.perSecond, INPUT.burst, monotonicMs),
    })
    return { token, role }
  }

  /**
   * Whose token it is: still signed in, and still what it was when it signed in. A viewer's session ends with its grant. Throws
   * OwnerError.
   */
  async require(header: string | undefined, access: Access): Promise<Session> {
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(header ?? '')?.[1]
    const session = token === undefined ? undefined : this.#sessions.get(hashOf(token))
    if (token === undefined || session === undefined || session.endMs <= this.#parts.monotonicMs())
      throw new OwnerError('sign-in.needed', 'expected Authorization: Bearer <token of a sign-in>')
    if (!session[access.counted].take())
      throw new OwnerError('request.too-many', 'too many requests: slow down')
    const { role, endMs, ended } = await this.#roleOf(session.address)
    // Who has become the owner signs in anew.
    if (role !== session.role || (access.role === 'owner' && role !== 'owner')) throw notOwner()
    return { ...session, endMs: Math.min(session.endMs, endMs), ...(ended ? { ended } : {}) }
  }

  /** Ends a session, if there is one. */
  close(header: string | undefined): void {
    this.#sessions.delete(hashOf(header?.replace(/^Bearer /, '') ?? ''))
  }

  /** Only where the message claims to be of the owner is the network asked about a contract. */
  async #isSignedFor(claimed: string, { message, signature }: SignedMessage): Promise<boolean> {
    if ((await this.#owner()) !== claimed.toLowerCase()) return false
    return orUnknown(this.#parts.isOwnersSignature(hashMessage(message), signature))
  }

  async #owner(): Promise<string> {
    return (await orUnknown(this.#parts.owner())).owner.toLowerCase()
  }

  /** What an account is now, and for how long. Throws OwnerError `sign-in.not-owner` for nobody. */
  async #roleOf(
    address: string,
  ): Promise<{ readonly role: Role; readonly endMs: number; readonly ended?: AbortSignal }> {
    const owner = await this.#owner()
    if (owner === address) return { role: 'owner', endMs: Number.POSITIVE_INFINITY }
    const viewer = this.#parts.viewers.find(address, owner)
    if (viewer === undefined) throw notOwner()
    return { role: 'viewer', ...viewer }
  }

  #useNonce(nonce: string): void {
    const nowMs = this.#parts.monotonicMs()
    const [, body = '', mac = ''] = /^([0-9a-f]{28})([0-9a-f]{32})$/.exec(nonce) ?? []
    const expected = Buffer.from(this.#mac(body))
    const given = Buffer.from(mac)
    const endMs = Number.parseInt(body.slice(0, 12), 16) + NONCE_MS
    const genuine = given.length === expected.length && timingSafeEqual(given, expected)
    for (const [old, oldEndMs] of this.#used) if (oldEndMs <= nowMs) this.#used.delete(old)
    if (!genuine || endMs <= nowMs || this.#used.has(nonce))
      throw new OwnerError('sign-in.invalid', 'sign in again: the nonce is not of now, or was used')
    if (this.#used.size >= MAX_USED_NONCES)
      throw new OwnerError('request.too-many', 'too many sign in: try again in five minutes')
    this.#used.set(nonce, endMs)
  }

  #mac(body: string): string {
    return createHmac('sha256', this.#nonceKey).update(body).digest('hex').slice(0, 32)
  }
}

async function orUnknown<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    const { code } = errorFields(cause)
    throw new OwnerError(
      'owner.unknown',
      `the network's nodes do not say now whose application this is (${code}): try again`,
      { cause },
    )
  }
}

function notOwner(): OwnerError {
  return new OwnerError('sign-in.not-owner', 'only the owner of the application may do this')
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
