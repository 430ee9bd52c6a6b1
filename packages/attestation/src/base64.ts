// Base64 (RFC 4648 section 4) with padding, canonical only. Pure.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Value of a letter by its character; 0xff for other ASCII. */
const VALUES = new Uint8Array(128).fill(0xff)
for (const [value, letter] of [...ALPHABET].entries()) VALUES[letter.charCodeAt(0)] = value

/** Standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63)
    text += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : '='
    text += left > 2 ? ALPHABET.charAt(group & 63) : '='
  }
  return text
}

/** Undefined unless `text` is exactly what `toBase64` gives for some bytes. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let bits = 0
  let held = 0
  let written = 0
  for (let i = 0; i < text.length - padding; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? 0xff
    if (value > 63) return undefined
    bits = ((bits << 6) | value) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[written++] = (bits >> held) & 0xff
  }
  // Bits left over must be zero, or two texts would mean the same bytes.
  return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined
}
