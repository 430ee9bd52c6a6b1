// A strict reader of DER (ITU-T X.690): definite minimal lengths, low tags, nothing left over.
// Pure.
import { AttestationError } from '../error.ts'

/** One element: its tag, its content, and all its bytes with tag and length. */
export class DerElement {
  readonly tag: number
  readonly #source: Uint8Array
  readonly #start: number
  readonly #contentStart: number
  readonly #end: number

  constructor(source: Uint8Array, start: number, contentStart: number, end: number) {
    this.tag = source[start] ?? 0
    this.#source = source
    this.#start = start
    this.#contentStart = contentStart
    this.#end = end
  }

  /** A view. */
  get content(): Uint8Array {
    return this.#source.subarray(this.#contentStart, this.#end)
  }

  /** A view. */
  get bytes(): Uint8Array {
    return this.#source.subarray(this.#start, this.#end)
  }

  /** A reader over the content. */
  open(): DerReader {
    return new DerReader(this.#source, this.#contentStart, this.#end)
  }
}

/** Tags that X.509 needs. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

const MAX_LENGTH_BYTES = 3

/** Reads the elements of a byte string one after the other. */
export class DerReader {
  readonly #source: Uint8Array
  readonly #end: number
  #offset: number

  /** Over all bytes, or those from `start` up to `end`. */
  constructor(source: Uint8Array, start = 0, end = source.length) {
    this.#source = source
    this.#offset = start
    this.#end = end
  }

  /** True when every byte has been read. */
  get done(): boolean {
    return this.#offset === this.#end
  }

  /** Tag of the next element; undefined at the end. */
  get nextTag(): number | undefined {
    return this.done ? undefined : this.#source[this.#offset]
  }

  /** The next element, which must have this tag. Throws AttestationError `der.malformed`. */
  read(tag: number): DerElement {
    const element = this.readAny()
    if (element.tag !== tag)
      throw malformed(`expected tag 0x${tag.toString(16)}, got 0x${element.tag.toString(16)}`)
    return element
  }

  /** The next element if it has this tag. Throws AttestationError `der.malformed`. */
  readOptional(tag: number): DerElement | undefined {
    return this.nextTag === tag ? this.readAny() : undefined
  }

  /** A reader over the content of the next element. Throws AttestationError `der.malformed`. */
  enter(tag: number = TAG.sequence): DerReader {
    return this.read(tag).open()
  }

  /** The next element, whatever it is. Throws AttestationError `der.malformed`. */
  readAny(): DerElement {
    const start = this.#offset
    if ((this.#byte() & 0x1f) === 0x1f) throw malformed('tag of more than one byte')
    const length = this.#length()
    const contentStart = this.#offset
    if (length > this.#end - contentStart) throw malformed('length beyond the end')
    this.#offset += length
    return new DerElement(this.#source, start, contentStart, this.#offset)
  }

  /** Throws AttestationError `der.malformed` unless every byte has been read. */
  end(): void {
    if (!this.done) throw malformed('bytes left over')
  }

  #byte(): number {
    const byte = this.done ? undefined : this.#source[this.#offset]
    if (byte === undefined) throw malformed('ends too early')
    this.#offset++
    return byte
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0 || count > MAX_LENGTH_BYTES) throw malformed('length indefinite or too long')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1)) throw malformed('length not minimal')
    return length
  }
}

/**
 * A reader over the one element that `bytes` consist of. Throws AttestationError `der.malformed`.
 */
export function readWhole(bytes: Uint8Array, tag: number = TAG.sequence): DerReader {
  const outer = new DerReader(bytes)
  const inner = outer.enter(tag)
  outer.end()
  return inner
}

/** The error of everything in this folder. */
export function malformed(message: string): AttestationError {
  return new AttestationError('der.malformed', `DER: ${message}`)
}
