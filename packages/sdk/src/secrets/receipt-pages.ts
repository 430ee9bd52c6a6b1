// Reads the receipts that a dsecret node shows, page by page and within bounds. Network I/O by the transport.
import { receiptLeaf, serializeReceipt, type Receipt } from '@wetee/secrets'
import type { Hex } from 'viem'
import { z } from 'zod'
import { pause } from '../clock.ts'
import { SdkError } from '../error.ts'
import type { NodeRecord } from '../reader.ts'
import { bounded, type Transport } from '../transport.ts'
import { callNode, type NodeRefusal } from './node-call.ts'

/** A receipt as a node shows it; nothing is checked yet but its form. */
export type ShownReceipt = {
  readonly number: bigint
  readonly receipt: Receipt
  /** RFC 8785 text, what leaf and signature are over. */
  readonly text: string
  readonly leaf: Uint8Array
  readonly signature: Hex
}

/** What a node showed. */
export type ShownPages = {
  /** Number of the newest, as the node says. */
  readonly newest: bigint
  /** The numbers that were asked for and answered, all of them; `last` is below `first` where there are none. */
  readonly first: bigint
  readonly last: bigint
  /** By number, ascending; the same number again where a node shows two receipts for it. */
  readonly shown: readonly ShownReceipt[]
  /** Whether the registered TLS key answered; false where the platform cannot see it. */
  readonly pinned: boolean
  /** Why reading ended early. */
  readonly problem?: NodeRefusal
}

/** Which numbers, and how long one node may take. */
export type PageOptions = {
  /** Default: so that the newest is among them. */
  readonly first?: bigint
  /** Numbers at most, 1 to 262,144. */
  readonly limit: number
  /** Milliseconds for all pages together. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Receipts on a page at most, as nodes have it. */
const pageSize = 64
/** A receipt's text has at most 65,536 bytes; the rest of an entry is a signature. */
const maxPageBytes = pageSize * (65_536 + 512) + 1_024
/** Of all pages of one node. */
const maxNodeBytes = 64 * 1_024 * 1_024
/** Pages beyond what the numbers need: a node that gives crumbs is not read for ever. */
const sparePages = 16
const busyTries = 5
const busyMs = 1_000

const signatureText = z
  .string()
  .regex(/^0x[0-9a-fA-F]{130}$/)
  .transform((text) => text as Hex)
const pageSchema = z.object({
  last: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,14})$/)
    .transform(BigInt),
  receipts: z.array(z.object({ receipt: z.unknown(), signature: signatureText })).max(pageSize),
})

type Page = {
  readonly newest: bigint
  readonly shown: readonly ShownReceipt[]
  readonly pinned: boolean
}

/** Reads within bounds; whatever a node answers, this ends. Throws `aborted` alone. */
export async function readPages(
  transport: Transport,
  node: NodeRecord,
  options: PageOptions,
): Promise<ShownPages> {
  const reading = new Reading(transport, node, options)
  try {
    return await reading.run()
  } catch (cause) {
    if (cause instanceof Refused) return reading.upTo(cause.refusal)
    if (options.signal?.aborted === true || !isAborted(cause)) throw cause
    const message = `its receipts did not come within ${options.timeoutMs / 1_000} seconds`
    return reading.upTo({ nodeId: node.nodeId, code: 'node.too-slow', message })
  }
}

/** What ends the reading of one node; the others go on. */
class Refused extends Error {
  readonly refusal: NodeRefusal

  constructor(refusal: NodeRefusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

/** One node while it is read. */
class Reading {
  readonly #transport: Transport
  readonly #node: NodeRecord
  readonly #options: PageOptions
  readonly #signal: AbortSignal
  readonly #shown: ShownReceipt[] = []
  #restBytes = maxNodeBytes
  #newest = 0n
  #first = 1n
  #last = 0n
  #pinned = false

  constructor(transport: Transport, node: NodeRecord, options: PageOptions) {
    this.#transport = transport
    this.#node = node
    this.#options = options
    this.#signal = bounded(options.signal, options.timeoutMs)
  }

  async run(): Promise<ShownPages> {
    const { first, limit } = this.#options
    const wanted = BigInt(limit)
    const asked = first ?? 1n
    let page = await this.#page(asked)
    this.#newest = page.newest
    this.#pinned = page.pinned
    this.#first = first ?? (page.newest > wanted ? page.newest - wanted + 1n : 1n)
    this.#last = this.#first - 1n
    const final = min(page.newest, this.#first + wanted - 1n)
    if (this.#first !== asked) page = await this.#page(this.#first)
    for (let pages = Math.ceil(limit / pageSize) + sparePages; ; pages -= 1) {
      const next = this.#take(page, final)
      if (next > final) return this.upTo()
      if (pages <= 0) throw this.#invalid('pages without end')
      page = await this.#page(next)
    }
  }

  /** What has been read by now. */
  upTo(problem?: NodeRefusal): ShownPages {
    const [newest, first, last] = [this.#newest, this.#first, this.#last]
    const read = { newest, first, last, shown: this.#shown, pinned: this.#pinned }
    return problem === undefined ? read : { ...read, problem }
  }

  /** Keeps what is new of a page and returns the number to go on with. */
  #take({ shown }: Page, final: bigint): bigint {
    let newest = this.#last
    for (const one of shown) {
      // Numbers go up; one that comes twice on a page is kept, to be judged.
      if (one.number < newest || one.number <= this.#last)
        throw this.#invalid('numbers that go back')
      newest = one.number
      if (one.number <= final) this.#shown.push(one)
    }
    // Nothing from here on: the node leaves out all that follows.
    this.#last = shown.length === 0 || newest > final ? final : newest
    return this.#last + 1n
  }

  async #page(first: bigint): Promise<Page> {
    const body = await this.#get(`/v1/receipts?first=${first}&count=${pageSize}`)
    let parsed: z.output<typeof pageSchema>
    try {
      parsed = pageSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)))
    } catch {
      throw this.#invalid('no page of receipts')
    }
    const shown = parsed.receipts.map((entry) => this.#entry(entry.receipt, entry.signature))
    return { newest: parsed.last, shown, pinned: this.#pinned }
  }

  #entry(value: unknown, signature: Hex): ShownReceipt {
    try {
      const receipt = value as Receipt
      const text = serializeReceipt(receipt)
      return {
        number: BigInt(receipt.number),
        receipt,
        text,
        leaf: receiptLeaf(text),
        signature,
      }
    } catch {
      throw this.#invalid('an entry that is no receipt')
    }
  }

  async #get(path: string): Promise<Uint8Array> {
    for (let tries = 1; ; tries += 1) {
      if (this.#restBytes <= 0)
        throw this.#refused('node.too-much', `its receipts have more than ${maxNodeBytes} bytes`)
      const maxBytes = Math.min(maxPageBytes, this.#restBytes)
      const answer = await callNode(this.#node, path, (url) =>
        this.#transport.get(url, { maxBytes, signal: this.#signal }),
      )
      if (answer.ok) {
        this.#restBytes -= answer.body.length
        this.#pinned = answer.pinned
        return answer.body
      }
      if (answer.refusal.code !== 'node.busy' || tries >= busyTries)
        throw new Refused(answer.refusal)
      await pause(busyMs, this.#signal)
    }
  }

  #refused(code: string, message: string): Refused {
    return new Refused({ nodeId: this.#node.nodeId, code, message })
  }

  #invalid(what: string): Refused {
    return this.#refused('node.answer-invalid', `it answered with ${what}`)
  }
}

const proofSchema = z.object({
  proof: z.array(z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])).max(64),
})
const maxProofBytes = 16_384

/**
 * The hashes with which a node shows that one of its receipts is in a posted root; undefined when it says that it cannot, or answers
 * with something else. Throws SdkError `node.unreachable` where no answer came, `aborted`.
 */
export async function readProof(
  transport: Transport,
  node: NodeRecord,
  number: bigint,
  signal?: AbortSignal,
): Promise<readonly Hex[] | undefined> {
  const asked = { maxBytes: maxProofBytes, ...(signal === undefined ? {} : { signal }) }
  const answer = await callNode(node, `/v1/receipts/${number}/proof`, (url) =>
    transport.get(url, asked),
  )
  if (!answer.ok) {
    if (answer.refusal.code.startsWith('receipt.')) return undefined
    throw new SdkError('node.unreachable', answer.refusal.message, { retryable: true })
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(answer.body)
    return proofSchema.parse(JSON.parse(text)).proof
  } catch {
    return undefined
  }
}

const isAborted = (cause: unknown) => cause instanceof SdkError && cause.code === 'aborted'
const min = (a: bigint, b: bigint) => (a < b ? a : b)
