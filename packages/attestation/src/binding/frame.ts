// The one encoding that every hash of docs/reference/bindings.md is taken over. Pure.
import { utf8 } from '../bytes.ts'

const LENGTH_BYTES = 4

/**
 * The UTF-8 tag, then each field, every one (the tag too) prefixed by its length as u32 big-
 * endian: no two lists of fields give the same bytes.
 */
export function frame(tag: string, ...fields: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const parts = [utf8(tag), ...fields]
  const all = new Uint8Array(parts.reduce((size, { length }) => size + LENGTH_BYTES + length, 0))
  const view = new DataView(all.buffer)
  let offset = 0
  for (const part of parts) {
    view.setUint32(offset, part.length)
    all.set(part, offset + LENGTH_BYTES)
    offset += LENGTH_BYTES + part.length
  }
  return all
}
