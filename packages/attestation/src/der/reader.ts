// A strict reader of DER (ITU-T X.690): definite minimal lengths, low tags, nothing left over.
// Pure.
import { AttestationError } from '../error.ts'

/** One element: its tag, its content, and all its bytes with tag and length. */
export type DerElement = {
  readonly tag: number
  readonly content: Uint8Array
  readonly bytes: Uint8Array
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
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** True when every byte has been read. */
  get done(): boolean {
    return this.#offset === this.#bytes.length
  }

  /** Tag of the next element; undefined at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#offset]
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
    return new DerReader(this.read(tag).content)
  }

  /** The next element, whatever it is. Throws AttestationError `der.malformed`. */
  readAny(): DerElement {
    const start = this.#offset
    const tag = this.#byte()
    if ((tag & 0x1f) === 0x1f) throw malformed('tag of more than one byte')
    const length = this.#length()
    const contentStart = this.#offset
    if (length > this.#bytes.length - contentStart) throw malformed('length beyond the end')
    this.#offset += length
    return {
      tag,
      content: this.#bytes.subarray(contentStart, this.#offset),
      bytes: this.#bytes.subarray(start, this.#offset),
    }
  }

  /** Throws AttestationError `der.malformed` unless every byte has been read. */
  end(): void {
    if (!this.done) throw malformed('bytes left over')
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset]
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
