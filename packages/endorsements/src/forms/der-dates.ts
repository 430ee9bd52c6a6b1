// Dates of X.509 certificates and revocation lists, whatever their keys: the little DER that a cache
// needs. Verifies nothing. Pure.
import { EndorsementError } from '../error.ts'

/** From when to when, milliseconds since 1970. */
export type Dates = { readonly fromMs: number; readonly untilMs: number }

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  explicit0: 0xa0,
} as const

type Element = { readonly tag: number; readonly content: Uint8Array }

/** Reads elements one after the other; lengths are definite, minimal and inside the bytes. */
class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  peek(): number | undefined {
    return this.#bytes[this.#at]
  }

  any(): Element {
    const tag = this.#byte()
    if ((tag & 0x1f) === 0x1f) throw malformed('long tag')
    const length = this.#length()
    if (length > this.#bytes.length - this.#at) throw malformed('an element ends outside')
    const content = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return { tag, content }
  }

  read(tag: number): Uint8Array {
    const element = this.any()
    if (element.tag !== tag) throw malformed(`expected tag ${tag}, got ${element.tag}`)
    return element.content
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('bytes left over')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw malformed('ends too early')
    this.#at++
    return byte
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0 || count > 3) throw malformed('length of more than 3 bytes, or indefinite')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || (count > 1 && length < 2 ** (8 * (count - 1))))
      throw malformed('length is not minimal')
    return length
  }
}

/**
 * thisUpdate and nextUpdate of a CRL (RFC 5280 section 5.1). Throws EndorsementError
 * `answer.malformed`, also when it has no nextUpdate.
 */
export function revocationListDates(der: Uint8Array): Dates {
  const body = signedPart(der)
  if (body.peek() === TAG.integer) body.any()
  body.read(TAG.sequence)
  body.read(TAG.sequence)
  return inOrder(time(body.any()), time(body.any()))
}

/** notBefore and notAfter of a certificate. Throws EndorsementError `answer.malformed`. */
export function certificateDates(der: Uint8Array): Dates {
  const body = signedPart(der)
  body.read(TAG.explicit0)
  body.read(TAG.integer)
  body.read(TAG.sequence)
  body.read(TAG.sequence)
  const validity = new Reader(body.read(TAG.sequence))
  const dates = inOrder(time(validity.any()), time(validity.any()))
  validity.end()
  return dates
}

function signedPart(der: Uint8Array): Reader {
  const whole = new Reader(der)
  const outer = new Reader(whole.read(TAG.sequence))
  whole.end()
  const signed = outer.read(TAG.sequence)
  outer.read(TAG.sequence)
  outer.read(TAG.bitString)
  outer.end()
  return new Reader(signed)
}

function time({ tag, content }: Element): number {
  const text = String.fromCharCode(...content.subarray(0, 16))
  const utc = tag === TAG.utcTime && content.length === 13
  if (!utc && !(tag === TAG.generalizedTime && content.length === 15))
    throw malformed('expected a time')
  if (!/^\d+Z$/.test(text)) throw malformed('expected a time in UTC')
  // RFC 5280 section 4.1.2.5.1: two digits from 50 on are of the last century.
  const digits = utc ? (text < '50' ? '20' : '19') + text : text
  const [year, month, day, hour, minute, second] = [
    digits.slice(0, 4),
    ...[4, 6, 8, 10, 12].map((at) => digits.slice(at, at + 2)),
  ]
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const atMs = Date.parse(`${iso}Z`)
  if (Number.isNaN(atMs) || new Date(atMs).toISOString() !== `${iso}.000Z`)
    throw malformed('expected a date')
  return atMs
}

function inOrder(fromMs: number, untilMs: number): Dates {
  if (fromMs > untilMs) throw malformed('ends before it begins')
  return { fromMs, untilMs }
}

function malformed(message: string): EndorsementError {
  return new EndorsementError('answer.malformed', `DER: ${message}`)
}
