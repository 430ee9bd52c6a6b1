// The one encoding that every hash of docs/reference/bindings.md is taken over. Pure.
import { concatBytes, unsigned, utf8 } from '../bytes.ts'

/**
 * The UTF-8 tag, then each field, every one (the tag too) prefixed by its length as u32 big-
 * endian: no two lists of fields give the same bytes.
 */
export function frame(tag: string, ...fields: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const parts = [utf8(tag), ...fields]
  return concatBytes(...parts.flatMap((part) => [unsigned(part.length, 4, 'length'), part]))
}
