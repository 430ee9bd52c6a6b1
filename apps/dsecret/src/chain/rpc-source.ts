// One RPC of several: JSON-RPC over HTTP, bounded in time, size and number, and what it was caught at. Network I/O.

/** What is asked, as JSON-RPC names it. */
export type RpcRequest = { readonly method: string; readonly params: readonly unknown[] }

/** An error that the RPC answered; `data` as it came. */
export type RpcError = { readonly code: number; readonly message: string; readonly data?: unknown }

/** What it answered; nothing in it is believed yet. */
export type RpcReply = { readonly result: unknown } | { readonly error: RpcError }

/** What an RPC was caught at, a closed set for metrics. */
export type RpcFault = 'no-answer' | 'differs' | 'other-hash' | 'wrong-chain'

/** How a source is opened. */
export type RpcSourceOptions = {
  readonly url: string
  /** Chain that it has to serve; asked once, before its first answer counts. */
  readonly chainId: number
  /** Whole call, milliseconds. */
  readonly timeoutMs?: number
  readonly monotonicMs: () => number
  readonly onFault: (source: RpcSource, fault: RpcFault, why: string) => void
  readonly signal: AbortSignal
}

const TIMEOUT_MS = 5_000
/** Events of a thousand blocks, or calldata of 262,144 bytes as hex, fit several times. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20
/** Calls on their way to one RPC. */
const MAX_CALLS = 256
const MAX_ERROR_LENGTH = 300
/** After a call without an answer it is left alone for so long, doubled each time in a row, milliseconds. */
const REST_MS = 5_000
const LONGEST_REST_MS = 300_000

/** No answer came that can be used; the text names the host alone. */
class NoAnswer extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoAnswer'
  }
}

/** One RPC. */
export class RpcSource {
  /** Host name alone: path, query and user of the URL may hold keys. */
  readonly host: string
  /** Newest block that it called finalized. */
  finalized = -1n
  readonly #options: RpcSourceOptions
  readonly #url: URL
  readonly #headers: Record<string, string>
  #stopped: string | undefined
  #calls = 0
  #nextId = 1
  #failures = 0
  #restsUntilMs = 0
  #silence: string | undefined
  #chainChecked: Promise<void> | undefined

  constructor(options: RpcSourceOptions) {
    this.#options = options
    this.#url = new URL(options.url)
    this.host = this.#url.hostname
    this.#headers = { 'content-type': 'application/json', ...credentialsOf(this.#url) }
  }

  /** Why it is asked no more; undefined while it is. Until the program starts anew. */
  get stopped(): string | undefined {
    return this.#stopped
  }

  /** Why its newest call came to nothing; undefined after one that did not. */
  get silence(): string | undefined {
    return this.#silence
  }

  /** Whether it should be left alone because it did not answer. */
  get isResting(): boolean {
    return this.#options.monotonicMs() < this.#restsUntilMs
  }

  /** Never asks it again. */
  stop(fault: RpcFault, why: string): void {
    if (this.#stopped !== undefined) return
    this.#stopped = why
    this.#options.onFault(this, fault, why)
  }

  /** Its answer. Throws NoAnswer. */
  async ask(request: RpcRequest): Promise<RpcReply> {
    if (this.#calls >= MAX_CALLS) throw new NoAnswer(`${this.host}: ${MAX_CALLS} calls are open`)
    this.#calls++
    try {
      this.#chainChecked ??= this.#checkChain()
      await this.#chainChecked
      if (this.#stopped !== undefined) throw new NoAnswer(`${this.host}: ${this.#stopped}`)
      const reply = await this.#post(request)
      this.#failures = 0
      this.#restsUntilMs = 0
      this.#silence = undefined
      return reply
    } catch (error) {
      if (this.#stopped === undefined) this.#failed(error)
      throw error
    } finally {
      this.#calls--
    }
  }

  #failed(error: unknown): void {
    const { monotonicMs, onFault, signal } = this.#options
    if (signal.aborted) return
    this.#silence = error instanceof NoAnswer ? error.message : `${this.host}: no answer`
    // Many calls that end together are one failure.
    if (this.isResting) return
    this.#failures++
    const restMs = Math.min(REST_MS * 2 ** Math.min(this.#failures - 1, 10), LONGEST_REST_MS)
    this.#restsUntilMs = monotonicMs() + restMs
    onFault(this, 'no-answer', this.#silence)
  }

  async #checkChain(): Promise<void> {
    const { chainId } = this.#options
    try {
      const reply = await this.#post({ method: 'eth_chainId', params: [] })
      const found = 'result' in reply ? reply.result : undefined
      if (typeof found !== 'string' || !/^0x[0-9a-f]{1,16}$/i.test(found))
        throw new NoAnswer(`${this.host}: does not say which chain it serves`)
      if (BigInt(found) !== BigInt(chainId))
        this.stop('wrong-chain', `serves chain ${BigInt(found)}, expected ${chainId}`)
    } catch (error) {
      this.#chainChecked = undefined
      throw error
    }
  }

  async #post(request: RpcRequest): Promise<RpcReply> {
    const timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([this.#options.signal, timeout])
    const id = this.#nextId++
    const body = JSON.stringify({ jsonrpc: '2.0', id, ...request })
    try {
      const text = await this.#exchange(body, signal)
      return parseReply(text, id)
    } catch (error) {
      if (error instanceof NoAnswer) throw new NoAnswer(`${this.host}: ${error.message}`)
      const why = timeout.aborted ? `no answer in ${timeoutMs} ms` : 'connection failed'
      throw new NoAnswer(`${this.host}: ${why}`)
    }
  }

  async #exchange(body: string, signal: AbortSignal): Promise<string> {
    const init = {
      method: 'POST',
      headers: this.#headers,
      body,
      redirect: 'error',
      signal,
    } as const
    // A kept connection may have been closed by the other side: once more over a new one.
    const response = await fetch(this.#url, init).catch((error: unknown) => {
      if (signal.aborted) throw error
      return fetch(this.#url, init)
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new NoAnswer(`HTTP status ${response.status}`)
    }
    return readText(response)
  }
}

/** User and password of a URL go into a header, as fetch demands. */
function credentialsOf(url: URL): Record<string, string> {
  const { username, password } = url
  if (username === '' && password === '') return {}
  url.username = ''
  url.password = ''
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    // Leaving the loop ends the connection.
    if (size > MAX_ANSWER_BYTES) throw new NoAnswer(`more than ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size).toString('utf8')
}

function parseReply(text: string, id: number): RpcReply {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new NoAnswer('not JSON')
  }
  if (typeof value !== 'object' || value === null) throw new NoAnswer('not JSON-RPC')
  const reply = value as { readonly id?: unknown; readonly result?: unknown; error?: unknown }
  if (reply.id !== id) throw new NoAnswer('the answer to another call')
  if (reply.error === undefined || reply.error === null) {
    if (reply.result === undefined) throw new NoAnswer('neither result nor error')
    return { result: reply.result }
  }
  const { code, message, data } = reply.error as {
    code?: unknown
    message?: unknown
    data?: unknown
  }
  if (typeof code !== 'number') throw new NoAnswer('an error without a code')
  const said = typeof message === 'string' ? message.slice(0, MAX_ERROR_LENGTH) : ''
  return { error: { code, message: said, ...(data === undefined ? {} : { data }) } }
}
