// Base64 (RFC 4648 section 4) with padding, one spelling for each value; in long pieces, for bodies of
// megabytes. Pure.

const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/
/** Arguments of one call; a multiple of 3. */
const PIECE_BYTES = 24_576

/** Standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES)))
  return text
}

/** Undefined unless `text` is exactly what `toBase64` gives for some bytes. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !ALPHABET.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  // Bits left over must be zero, or two texts would mean the same bytes.
  return text.endsWith('=') &&
    toBase64(bytes.subarray(-3 - (bytes.length % 3))).slice(-4) !== text.slice(-4)
    ? undefined
    : bytes
}
