// Reads the first message of a TLS client (RFC 8446, 4.1.2 and 5.1): the server name and protocols that it asks for. Pure.

/** What a client asks for before anything is encrypted. */
export type ClientHello = {
  /** In lower case, a DNS name of at most 253 bytes; `undefined` when the client names none. */
  readonly serverName: string | undefined
  /** ALPN (RFC 7301) as latin-1 text, in the client's order; empty when it offers none. */
  readonly protocols: readonly string[]
}

/** Why bytes are no ClientHello. */
export type HelloProblem = 'not-tls' | 'malformed' | 'too-large'

/** What is known after some bytes. */
export type HelloState =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  | { readonly kind: 'refused'; readonly problem: HelloProblem }

/** Records and the message in them together, bytes. Today's browsers send about 2,000. */
export const MAX_HELLO_BYTES = 16_384

const HEADER_BYTES = 5
const CONTENT_HANDSHAKE = 22
const MESSAGE_CLIENT_HELLO = 1
const EXTENSION_SERVER_NAME = 0
const EXTENSION_ALPN = 16
const MAX_NAME_BYTES = 253
/** Underscores are no host names but are resolved and asked for. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/
const incomplete: HelloState = { kind: 'incomplete' }
const refuse = (problem: HelloProblem): HelloState => ({ kind: 'refused', problem })

/**
 * Takes a stream as it comes, split over packets and records in any way. It copies and parses a byte at most once per
 * record, and keeps no more than it was given before the hello was whole or refused.
 */
export class ClientHelloReader {
  #chunks: Buffer[] = []
  #size = 0
  /** Where the next record begins. */
  #at = 0
  /** Bytes without which nothing more can be said. */
  #needed = 1
  readonly #fragments: Buffer[] = []
  #collected = 0
  #state: HelloState = incomplete

  /** Adds bytes; after the first answer other than `incomplete` it stays with that one. */
  push(chunk: Buffer): HelloState {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#state.kind === 'incomplete' && this.#size >= this.#needed) this.#state = this.#walk()
    return this.#state
  }

  /** Everything that was pushed, in order: what is to be passed on untouched. */
  bytes(): Buffer {
    const [first] = this.#chunks
    if (this.#chunks.length === 1 && first !== undefined) return first
    const all = Buffer.concat(this.#chunks, this.#size)
    this.#chunks = [all]
    return all
  }

  #walk(): HelloState {
    const bytes = this.bytes()
    if (bytes[this.#at] !== undefined && bytes[this.#at] !== CONTENT_HANDSHAKE)
      return refuse(this.#at === 0 ? 'not-tls' : 'malformed')
    for (;;) {
      if (!this.#has(this.#at + HEADER_BYTES)) return this.#wait()
      const length = bytes.readUInt16BE(this.#at + 3)
      if (bytes[this.#at] !== CONTENT_HANDSHAKE || !isVersion(bytes, this.#at + 1))
        return refuse(this.#at === 0 ? 'not-tls' : 'malformed')
      // RFC 8446, 5.1: no empty fragments of a handshake message.
      if (length === 0) return refuse('malformed')
      const end = this.#at + HEADER_BYTES + length
      if (!this.#has(end)) return this.#wait()
      this.#fragments.push(bytes.subarray(this.#at + HEADER_BYTES, end))
      this.#collected += length
      this.#at = end
      const wanted = messageBytes(this.#fragments, this.#collected)
      if (wanted === undefined) continue
      if (wanted === 'other') return refuse('malformed')
      if (wanted > MAX_HELLO_BYTES) return refuse('too-large')
      if (this.#collected < wanted) continue
      // What follows in the same record would be a second message before the keys change.
      if (this.#collected > wanted) return refuse('malformed')
      const hello = parseClientHello(Buffer.concat(this.#fragments, this.#collected).subarray(4))
      return hello === undefined ? refuse('malformed') : { kind: 'hello', hello }
    }
  }

  #has(bytes: number): boolean {
    this.#needed = bytes
    return this.#size >= bytes
  }

  #wait(): HelloState {
    return this.#needed > MAX_HELLO_BYTES ? refuse('too-large') : incomplete
  }
}

/** `legacy_record_version`: 0x0301 to 0x0304, to be ignored beyond that. */
function isVersion(bytes: Buffer, at: number): boolean {
  const minor = bytes[at + 1] ?? 0
  return bytes[at] === 3 && minor >= 1 && minor <= 4
}

/** Length of the message with its header; `undefined` before that has come, `other` when it is no ClientHello. */
function messageBytes(
  fragments: readonly Buffer[],
  collected: number,
): number | 'other' | undefined {
  if (fragments[0]?.[0] !== MESSAGE_CLIENT_HELLO) return 'other'
  if (collected < 4) return undefined
  const head = fragments[0].length >= 4 ? fragments[0] : Buffer.concat(fragments)
  return 4 + head.readUIntBE(1, 3)
}

/** A cursor over length-prefixed fields; everything gives `undefined` beyond the end. */
class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  take(length: number): Buffer | undefined {
    const end = this.#at + length
    if (end > this.#bytes.length) return undefined
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  number(size: 1 | 2): number | undefined {
    return this.take(size)?.readUIntBE(0, size)
  }

  /** A vector with a length in front, `least` to `most` bytes. */
  vector(size: 1 | 2, least: number, most: number): Buffer | undefined {
    const length = this.number(size)
    return length === undefined || length < least || length > most ? undefined : this.take(length)
  }
}

/** The body of a ClientHello, to its last byte; `undefined` when it is none. */
function parseClientHello(body: Buffer): ClientHello | undefined {
  const fields = new Fields(body)
  const version = fields.number(2)
  const random = fields.take(32)
  const session = fields.vector(1, 0, 32)
  const suites = fields.vector(2, 2, 0xfffe)
  const compression = fields.vector(1, 1, 0xff)
  if (version === undefined || version >> 8 !== 3 || random === undefined) return undefined
  if (session === undefined || suites === undefined || compression === undefined) return undefined
  if (suites.length % 2 !== 0) return undefined
  // TLS 1.2 knows hellos without extensions.
  if (fields.done) return { serverName: undefined, protocols: [] }
  const extensions = fields.vector(2, 0, 0xffff)
  if (extensions === undefined || !fields.done) return undefined
  return parseExtensions(extensions)
}

/** Extensions that mean nothing here, GREASE (RFC 8701) and an outer hello of ECH among them, are skipped whole. */
function parseExtensions(bytes: Buffer): ClientHello | undefined {
  const fields = new Fields(bytes)
  const seen = new Set<number>()
  let serverName: string | undefined
  let protocols: readonly string[] = []
  while (!fields.done) {
    const type = fields.number(2)
    const data = fields.vector(2, 0, 0xffff)
    // RFC 8446, 4.2: two of one type would be read differently by different ends.
    if (type === undefined || data === undefined || seen.has(type)) return undefined
    seen.add(type)
    if (type === EXTENSION_SERVER_NAME) {
      serverName = parseServerName(data)
      if (serverName === undefined) return undefined
    } else if (type === EXTENSION_ALPN) {
      const list = parseProtocols(data)
      if (list === undefined) return undefined
      protocols = list
    }
  }
  return { serverName, protocols }
}

/** RFC 6066, 3: one name of type `host_name`; there is no other type. */
function parseServerName(data: Buffer): string | undefined {
  const outer = new Fields(data)
  const list = outer.vector(2, 1, 0xffff)
  if (list === undefined || !outer.done) return undefined
  const fields = new Fields(list)
  if (fields.number(1) !== 0) return undefined
  const name = fields.vector(2, 1, MAX_NAME_BYTES)
  if (name === undefined || !fields.done) return undefined
  const text = name.toString('latin1').toLowerCase()
  return text.split('.').every((label) => LABEL.test(label)) ? text : undefined
}

function parseProtocols(data: Buffer): readonly string[] | undefined {
  const outer = new Fields(data)
  const list = outer.vector(2, 2, 0xffff)
  if (list === undefined || !outer.done) return undefined
  const fields = new Fields(list)
  const protocols: string[] = []
  while (!fields.done) {
    const name = fields.vector(1, 1, 0xff)
    if (name === undefined) return undefined
    protocols.push(name.toString('latin1'))
  }
  return protocols
}
