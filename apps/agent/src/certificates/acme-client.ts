// Orders a certificate (RFC 8555) with tls-alpn-01 (RFC 8737). Does network I/O through the given call.
import { createHash, type KeyObject } from 'node:crypto'
import * as z from 'zod'
import { firstProblem } from '../launch/fields.ts'
import { AcmeError } from './acme-error.ts'
import type { CaAnswer } from './ca-call.ts'
import { keyAuthorization, signRequest } from './jws.ts'

/** What the client needs of its surroundings. */
export type AcmeParts = {
  readonly directoryUrl: string
  readonly accountKey: KeyObject
  readonly call: (call: {
    readonly method: 'GET' | 'HEAD' | 'POST'
    readonly url: string
    readonly body?: string
  }) => Promise<CaAnswer>
  /** Resolves after so many milliseconds; may reject once there is no point any more. */
  readonly sleep: (ms: number) => Promise<unknown>
}

/** One order. */
export type Order = {
  readonly name: string
  /** PKCS #10, DER. */
  readonly request: Uint8Array
  /** Answers challenges for the name with this digest until the returned function is called. */
  readonly serve: (digest: Uint8Array) => Promise<() => Promise<void>>
}

const MAX_POLLS = 30
const FIRST_POLL_MS = 1_000
const LONGEST_POLL_MS = 10_000
const NONCE_TRIES = 3

const url = z.url({ protocol: /^https$/ }).max(2_000)
const directorySchema = z.object({ newNonce: url, newAccount: url, newOrder: url })
const status = z.enum([
  'pending',
  'ready',
  'processing',
  'valid',
  'invalid',
  'deactivated',
  'expired',
  'revoked',
])
const problemSchema = z.object({
  type: z.string().max(200).optional(),
  detail: z.string().max(2_000).optional(),
})
const orderSchema = z.object({
  status,
  authorizations: z.array(url).min(1).max(8),
  finalize: url,
  certificate: url.optional(),
  error: problemSchema.optional(),
})
const authorizationSchema = z.object({
  status,
  challenges: z
    .array(
      z.object({
        type: z.string().max(100),
        url,
        token: z.string().max(500).optional(),
        error: problemSchema.optional(),
      }),
    )
    .max(16),
})
const tokenPattern = /^[A-Za-z0-9_-]{16,500}$/
/** One PEM certificate after the other and nothing else (RFC 8555, 9.1). */
const chainPattern =
  /^(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n+){1,8}$/

/** An account at a CA; its key is its name there. */
export class AcmeClient {
  readonly #parts: AcmeParts
  #directory: z.infer<typeof directorySchema> | undefined
  #account: string | undefined
  #nonce: string | undefined

  constructor(parts: AcmeParts) {
    this.#parts = parts
  }

  /** Proves the name and has its certificate issued; PEM, the leaf first. Throws AcmeError. */
  async order({ name, request, serve }: Order): Promise<string> {
    const { newOrder } = await this.#open()
    const made = await this.#post(newOrder, { identifiers: [{ type: 'dns', value: name }] })
    const place = locationOf(made)
    const order = parse(orderSchema, made)
    for (const authorization of order.authorizations) await this.#authorize(authorization, serve)
    // The CA may take a moment to see that every name is proven.
    if (order.status === 'pending') await this.#poll(place, orderSchema, ['pending'])
    const csr = Buffer.from(request).toString('base64url')
    await this.#post(order.finalize, { csr })
    const done = await this.#poll(place, orderSchema)
    if (done.certificate === undefined)
      throw new AcmeError('acme.refused', `the order is ${done.status}: ${detailOf(done.error)}`)
    const { body } = await this.#post(done.certificate)
    const chain = body.replaceAll('\r\n', '\n')
    if (!chainPattern.test(chain))
      throw new AcmeError('acme.certificate-invalid', 'expected a chain of PEM certificates')
    return chain
  }

  async #open(): Promise<z.infer<typeof directorySchema>> {
    const { call, directoryUrl } = this.#parts
    const answer = await call({ method: 'GET', url: directoryUrl })
    this.#directory = parse(directorySchema, answer)
    this.#account ??= locationOf(
      await this.#post(this.#directory.newAccount, { termsOfServiceAgreed: true }),
    )
    return this.#directory
  }

  async #authorize(place: string, serve: Order['serve']): Promise<void> {
    const { accountKey } = this.#parts
    const found = parse(authorizationSchema, await this.#post(place))
    if (found.status === 'valid') return
    const challenge = found.challenges.find(({ type }) => type === 'tls-alpn-01')
    if (challenge?.token === undefined || !tokenPattern.test(challenge.token))
      throw new AcmeError('acme.no-challenge', 'the CA offers no tls-alpn-01')
    const text = keyAuthorization(accountKey, challenge.token)
    const stop = await serve(createHash('sha256').update(text).digest())
    try {
      await this.#post(challenge.url, {})
      const done = await this.#poll(place, authorizationSchema)
      if (done.status === 'valid') return
      const error = done.challenges.find(({ type }) => type === 'tls-alpn-01')?.error
      throw new AcmeError('acme.challenge-failed', `the CA says: ${detailOf(error)}`)
    } finally {
      await stop()
    }
  }

  /** Asks until the object is settled. */
  async #poll<T extends z.ZodObject<{ status: typeof status }>>(
    place: string,
    schema: T,
    unsettled: readonly string[] = ['pending', 'processing', 'ready'],
  ): Promise<z.infer<T>> {
    for (let tries = 0; tries < MAX_POLLS; tries++) {
      const answer = await this.#post(place)
      const found = parse(schema, answer)
      if (!unsettled.includes(found.status)) return found
      const asked = Number(answer.headers['retry-after'] ?? 0) * 1_000
      const waitMs = Number.isFinite(asked) && asked > 0 ? asked : FIRST_POLL_MS * 1.3 ** tries
      await this.#parts.sleep(Math.min(waitMs, LONGEST_POLL_MS))
    }
    throw new AcmeError('acme.too-slow', `the CA has not settled it after ${MAX_POLLS} looks`)
  }

  /** A signed request; a nonce that the CA does not take is replaced (RFC 8555, 6.5). */
  async #post(to: string, payload?: unknown): Promise<CaAnswer> {
    const { accountKey: key, call } = this.#parts
    const account = this.#account === undefined ? {} : { account: this.#account }
    for (let tries = 1; ; tries++) {
      const nonce = await this.#takeNonce()
      const body = signRequest({ key, ...account }, { url: to, nonce, payload })
      const answer = await call({ method: 'POST', url: to, body })
      this.#nonce = nonceOf(answer)
      if (answer.status < 400) return answer
      const problem = problemOf(answer)
      if (problem.type === 'urn:ietf:params:acme:error:badNonce' && tries < NONCE_TRIES) continue
      throw new AcmeError(
        'acme.refused',
        `${answer.status} ${problem.type ?? ''}: ${detailOf(problem)}`,
      )
    }
  }

  async #takeNonce(): Promise<string> {
    const kept = this.#nonce
    this.#nonce = undefined
    if (kept !== undefined) return kept
    const url = this.#directory?.newNonce ?? ''
    const fresh = nonceOf(await this.#parts.call({ method: 'HEAD', url }))
    if (fresh === undefined) throw new AcmeError('acme.answer-invalid', 'the CA gave no nonce')
    return fresh
  }
}

function nonceOf({ headers }: CaAnswer): string | undefined {
  const nonce = headers['replay-nonce']
  return typeof nonce === 'string' && /^[A-Za-z0-9_-]{1,500}$/.test(nonce) ? nonce : undefined
}

function locationOf({ headers }: CaAnswer): string {
  const place = url.safeParse(headers.location)
  if (!place.success) throw new AcmeError('acme.answer-invalid', 'expected a Location')
  return place.data
}

function parse<T extends z.ZodType>(schema: T, answer: CaAnswer): z.infer<T> {
  if (answer.status >= 400)
    throw new AcmeError('acme.refused', `${answer.status}: ${detailOf(problemOf(answer))}`)
  let value: unknown
  try {
    value = JSON.parse(answer.body)
  } catch (cause) {
    throw new AcmeError('acme.answer-invalid', 'expected JSON', { cause })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new AcmeError('acme.answer-invalid', firstProblem(result.error))
}

function problemOf({ body }: CaAnswer): z.infer<typeof problemSchema> {
  try {
    return problemSchema.parse(JSON.parse(body))
  } catch {
    return {}
  }
}

const detailOf = (problem: z.infer<typeof problemSchema> | undefined): string =>
  (problem?.detail ?? 'no reason').slice(0, 300)
