// Reads the parts of a quote from the front. Pure.
import { AttestationError, type AttestationErrorCode } from '../../error.ts'

/** Takes bytes from the front; ends in AttestationError `quote.malformed` where there are too few. */
export class Cursor {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Everything before this place. */
  get taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#offset)
  }

  /** The next `size` bytes, a view. */
  take(size: number, what: string): Uint8Array {
    if (size > this.#bytes.length - this.#offset) throw malformed(`ends inside ${what}`)
    this.#offset += size
    return this.#bytes.subarray(this.#offset - size, this.#offset)
  }

  /** Little-endian. */
  unsigned(size: 2 | 4, what: string): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.take(size, what)
    return a + 0x100 * b + 0x1_0000 * c + 0x100_0000 * d
  }

  /** A part with its length before it. */
  part(size: 2 | 4, what: string): Cursor {
    return new Cursor(this.take(this.unsigned(size, what), what))
  }

  /** Everything from this place on. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset)
  }

  /** Throws AttestationError `quote.malformed` unless everything has been taken. */
  end(what: string): void {
    if (this.#offset !== this.#bytes.length) throw malformed(`bytes left over in ${what}`)
  }
}

/** A quote whose lengths or fields do not fit. */
export function malformed(message: string): AttestationError {
  return fault('quote.malformed', message)
}

/** An error of a quote. */
export function fault(code: AttestationErrorCode, message: string): AttestationError {
  return new AttestationError(code, `quote: ${message}`)
}
