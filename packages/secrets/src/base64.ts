// Base64 (RFC 4648 section 4) with padding, one spelling for each value; in long pieces, for bodies of
// megabytes. Pure.

const LETTERS = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
)
const PADDING = 0x3d
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
  const letters = atob(text)
  const bytes = new Uint8Array(letters.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at)
  // Bits left over must be zero, or two texts would mean the same bytes.
  return text.endsWith('=') &&
    toBase64(bytes.subarray(-3 - (bytes.length % 3))).slice(-4) !== text.slice(-4)
    ? undefined
    : bytes
}

/** Letters that bytes have. */
export function base64Length(byteCount: number): number {
  return 4 * Math.ceil(byteCount / 3)
}

/** Writes the letters as ASCII from `at` on: no text that stays in memory is made of them. Returns where they end. */
export function writeBase64(target: Uint8Array, at: number, bytes: Uint8Array): number {
  let place = at
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    target[place] = LETTERS[group >> 18] ?? 0
    target[place + 1] = LETTERS[(group >> 12) & 63] ?? 0
    target[place + 2] = left > 1 ? (LETTERS[(group >> 6) & 63] ?? 0) : PADDING
    target[place + 3] = left > 2 ? (LETTERS[group & 63] ?? 0) : PADDING
    place += 4
  }
  return place
}
