// Comparison under a mask, as the vendor's identities are written. Pure.

/** True when both agree in every bit that the mask sets; all must have the same length. */
export function equalMasked(actual: Uint8Array, expected: Uint8Array, mask: Uint8Array): boolean {
  if (actual.length !== expected.length || actual.length !== mask.length) return false
  return actual.every((byte, i) => ((byte ^ (expected[i] ?? 0)) & (mask[i] ?? 0)) === 0)
}
