// Fields of a binary structure: where, what, and what it means. Pure.

/** One field. `hex` has no prefix; `offset` is absent where a format has no fixed places. */
export type Field = {
  readonly offset?: number
  readonly name: string
  readonly hex?: string
  readonly meaning?: string
}

/** Fields that belong together. */
export type Section = { readonly title: string; readonly fields: readonly Field[] }

/** What bytes were taken for. */
export type Description = { readonly what: string; readonly sections: readonly Section[] }

/** Longest value that is shown whole, bytes. */
const wholeBytes = 512

/** Reads fields one after the other; past the end there are none. */
export class FieldReader {
  readonly #bytes: Uint8Array
  #offset: number
  readonly fields: Field[] = []

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes
    this.#offset = offset
  }

  get offset(): number {
    return this.#offset
  }

  /** Bytes from here to the end. */
  get left(): number {
    return Math.max(0, this.#bytes.length - this.#offset)
  }

  /** The next field; its bytes are fewer than asked for where the file is cut off. */
  take(size: number, name: string, meaning?: (bytes: Uint8Array) => string): Uint8Array {
    const offset = this.#offset
    const bytes = this.#bytes.subarray(offset, offset + size)
    this.#offset += size
    // The first field that is cut off says so; those after it are not there.
    if (offset >= this.#bytes.length && offset > 0 && size > 0) return bytes
    const cut = bytes.length < size ? `cut off: ${bytes.length} of ${size} bytes` : undefined
    const text = cut ?? meaning?.(bytes)
    this.fields.push({
      offset,
      name,
      ...(bytes.length === 0 ? {} : { hex: shorten(bytes) }),
      ...(text === undefined || text === '' ? {} : { meaning: text }),
    })
    return bytes
  }

  /** A little-endian number of at most four bytes. */
  number(size: 1 | 2 | 4, name: string, meaning?: (value: number) => string): number {
    const bytes = this.take(size, name, (read) => {
      const value = littleEndian(read)
      return meaning === undefined ? String(value) : meaning(value)
    })
    return littleEndian(bytes)
  }

  /** Bytes that are shown elsewhere. */
  skip(size: number): void {
    this.#offset += size
  }

  /** Bytes that a format keeps for later. */
  reserved(size: number): void {
    this.take(size, 'reserved', (bytes) => (isZero(bytes) ? '' : 'not zero'))
  }
}

/** Hex; of long values only the beginning, with the size. */
export function shorten(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, wholeBytes)).toString('hex')
  return bytes.length <= wholeBytes ? shown : `${shown}...`
}

/** An unsigned little-endian number. */
function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0)
}

/** Names of the bits that are set in a little-endian value; unnamed ones by their number. */
export function bitNames(bytes: Uint8Array, names: Readonly<Record<number, string>>): string {
  const bits = Array.from({ length: 8 * bytes.length }, (_, bit) => bit)
  const set = bits.filter((bit) => ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1)
  const named = set.flatMap((bit) => names[bit] ?? [])
  const rest = set.filter((bit) => names[bit] === undefined)
  const unnamed =
    rest.length === 0 ? [] : [`${rest.length === 1 ? 'bit' : 'bits'} ${rest.join(', ')}`]
  return [...named, ...unnamed].join(', ') || 'none set'
}

/** True when every byte is zero. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
