// What the verifier needs of cryptography beside hashes. Types only.

/** Signature checks; asynchronous because browsers have no other. */
export type CryptoBackend = {
  /**
   * ECDSA over P-256 with SHA-256: `publicKey` is x||y (64 bytes), `signature` r||s (64 bytes).
   * False for a wrong signature, a point off the curve and values out of range; never throws for
   * bad input.
   */
  verifyP256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
}
