// What runs in a container of an instance asks its agent: who am I, evidence, derived keys, signatures, the chain. Talks to a Unix socket.
import { request, type IncomingMessage } from 'node:http'
import {
  MAX_EVIDENCE_BYTES,
  parseEvidenceDocument,
  serializeEvidenceDocument,
  type EvidenceDocument,
  type Hex,
} from '@wetee/attestation'
import * as z from 'zod'
import { SdkError } from '../error.ts'
import { openInstanceChain, type InstanceChain } from './instance-chain.ts'

/** What an instance says of itself; the agent inside the TEE says it, so its application may believe it. */
export type InstanceInfo = z.output<typeof infoSchema>

/** A signature with who made it. */
export type InstanceSignature = {
  /** 65 bytes: r, s, v. */
  readonly signature: Hex
  readonly address: Hex
  /** Compressed point, 33 bytes. */
  readonly signingKey: Hex
}

/** The answer to a challenge, to be shown to whoever made it. */
export type ChallengeAnswer = {
  readonly evidence: EvidenceDocument
  /** The same as text. */
  readonly text: string
  /** Of the instance key; see `recoverChallengeSigner`. */
  readonly signature: Hex
}

/** How long to wait. */
export type InstanceOptions = {
  readonly signal?: AbortSignal
  /** Default 60,000: a derived key is asked of the network once, which may wait for a block. */
  readonly timeoutMs?: number
}

/**
 * The agent's socket. Every call throws SdkError: `instance.unreachable` and `instance.timeout` (retryable),
 * `instance.answer-invalid`, or the code of the agent (docs/reference/agent-socket.md).
 */
export type Instance = {
  info(options?: InstanceOptions): Promise<InstanceInfo>
  /** Evidence of at most a minute ago. */
  evidence(options?: InstanceOptions): Promise<EvidenceDocument>
  /** Evidence and a signature over it and `challenge`, 16 to 64 bytes. */
  answer(challenge: Uint8Array, options?: InstanceOptions): Promise<ChallengeAnswer>
  /** 32 bytes, the same for every instance of this application, for ever; the caller fills them with zeros after use. */
  key(path: string, options?: InstanceOptions): Promise<Uint8Array>
  /** Signs 32 bytes (see `applicationDigest`) by the instance's key, new at every start, or by the key of a path. */
  sign(
    digest: Uint8Array,
    options?: InstanceOptions & { readonly path?: string },
  ): Promise<InstanceSignature>
  /** Contracts, where the manifest has `x-wetee.chain`. */
  readonly chain: InstanceChain
}

const DEFAULT_TIMEOUT_MS = 60_000
const MAX_ANSWER_BYTES = MAX_EVIDENCE_BYTES + 4_096

const uint64 = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,19})$/)
  .transform(BigInt)
const hex = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`))])
const whole = z.number().int().nonnegative()

const infoSchema = z.object({
  format: z.literal('wetee/instance/v1'),
  chainId: uint64,
  subnet: hex(20),
  cloud: hex(20),
  /** Points of zeros where the network had no key when the instance began. */
  networkKey: z.object({ Y: hex(33), S: hex(33) }),
  appId: uint64,
  version: whole,
  replica: whole,
  workerId: uint64,
  platform: z.string(),
  /** True: nothing of this is protected by hardware. */
  simulated: z.boolean(),
  state: z.enum(['measuring', 'verified', 'attested', 'lapsed', 'failed']),
  code: z.string().optional(),
  /** Seconds of chain time. */
  leaseNotAfter: uint64.optional(),
  instanceKey: hex(20),
  signingKey: hex(33),
  hpkeKey: hex(32),
  tlsKeyHash: hex(32),
})
const keySchema = z.object({ key: hex(32) })
const signatureSchema = z.object({ signature: hex(65), address: hex(20), signingKey: hex(33) })
const challengeSchema = z.object({ evidence: z.unknown(), signature: hex(65) })
const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/** Opens the socket that every container of an instance has; connects anew for every call. */
export function openInstance(socketPath = '/run/wetee.sock'): Instance {
  const get = (path: string, options: InstanceOptions | undefined) =>
    call(socketPath, { method: 'GET', path }, options)
  const post = (path: string, body: object, options: InstanceOptions | undefined) =>
    call(socketPath, { method: 'POST', path, body: JSON.stringify(body) }, options)
  return {
    chain: openInstanceChain(({ body, ...asked }, options) =>
      call(socketPath, { ...asked, ...(body && { body: JSON.stringify(body) }) }, options),
    ),
    info: async (options) => read(infoSchema, await get('/v1/info', options)),
    evidence: async (options) => readEvidence(await get('/v1/evidence', options)),
    async answer(challenge, options) {
      const body = { challenge: hexOf(challenge) }
      const answer = read(challengeSchema, await post('/v1/evidence', body, options))
      const evidence = readEvidence(answer.evidence)
      return { evidence, text: serializeEvidenceDocument(evidence), signature: answer.signature }
    },
    async key(path, options) {
      const { key } = read(keySchema, await post('/v1/key', { path }, options))
      return new Uint8Array(Buffer.from(key.slice(2), 'hex'))
    },
    async sign(digest, { path, ...options } = {}) {
      const body = { digest: hexOf(digest), ...(path === undefined ? {} : { path }) }
      return read(signatureSchema, await post('/v1/sign', body, options))
    },
  }
}

type Call = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string }

async function call(
  socketPath: string,
  { method, path, body }: Call,
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: InstanceOptions = {},
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  let answer: { status: number; text: string }
  try {
    answer = await new Promise((resolve, reject) => {
      const outgoing = request({
        ...{ socketPath, method, path, agent: false, signal: either },
        headers: {
          host: 'localhost',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      })
      outgoing.on('error', reject)
      outgoing.on('response', (response) => {
        readText(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, text }),
          reject,
        )
      })
      outgoing.end(body)
    })
  } catch (cause) {
    if (cause instanceof SdkError) throw cause
    signal?.throwIfAborted()
    const [code, why] = timeout.aborted
      ? ['instance.timeout', `no answer in ${timeoutMs} ms`]
      : ['instance.unreachable', 'nobody answers: is this a container of an instance?']
    throw new SdkError(code, `${socketPath} ${path}: ${why}`, { retryable: true, cause })
  }
  return readAnswer(path, answer)
}

function readAnswer(path: string, { status, text }: { status: number; text: string }): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(`${path}: expected JSON`, cause)
  }
  if (status === 200) return value
  const refused = errorSchema.safeParse(value)
  if (!refused.success) throw invalid(`${path}: status ${status} without a code`)
  const { code, message } = refused.data.error
  throw new SdkError(code, message, { retryable: status === 429 || status === 503 })
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw invalid(`expected at most ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function read<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`)
}

function readEvidence(value: unknown): EvidenceDocument {
  try {
    return parseEvidenceDocument(JSON.stringify(value))
  } catch (cause) {
    throw invalid('expected an evidence document', cause)
  }
}

function invalid(message: string, cause?: unknown): SdkError {
  return new SdkError('instance.answer-invalid', message, { cause })
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`
}
