// Where secrets are kept: outside of V8's heap. Pure.

/**
 * `size` zeros in memory of their own. V8 keeps typed arrays of at most 64 bytes in its heap: there the collector moves them, a call of
 * native code copies them out, and what was is left behind, so that filling with zeros does not reach every copy.
 */
export function secretBytes(size: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(size))
}

/** A copy of bytes there. */
export function secretCopy(bytes: Uint8Array): Uint8Array {
  const copy = secretBytes(bytes.length)
  copy.set(bytes)
  return copy
}
