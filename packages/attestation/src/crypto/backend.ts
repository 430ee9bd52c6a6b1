// What the verifier needs of cryptography. Types only.
import type { KeyReader } from './key-memory.ts'

/**
 * A public key and with it the one algorithm that it verifies: ECDSA over P-256 with SHA-256,
 * ECDSA over P-384 with SHA-384, RSASSA-PSS with SHA-384, MGF1 of SHA-384 and 48 bytes of salt.
 */
export type PublicKey = {
  readonly kind: KeyKind
  /** x||y of a point (64 or 96 bytes); for RSA the DER of its SubjectPublicKeyInfo. */
  readonly bytes: Uint8Array
}

/** Kinds of keys that certificates and evidence may have. */
export type KeyKind = 'p256' | 'p384' | 'rsa'

/** What may make a signature check quicker. */
export type VerifyHints = {
  /** Keys that it holds need not be read again. */
  readonly keys?: KeyReader
  /** The caller has other things to do meanwhile: another thread is better than its own. */
  readonly elsewhere?: boolean
}

/** Signature checks and digests; asynchronous where the platform has no other way. */
export type CryptoBackend = {
  /**
   * Whether `signature` (ECDSA: r||s at the size of the curve; RSA: as long as the modulus) is the
   * key's over `message`. False for a wrong signature, a point off the curve and values out of
   * range; never throws for bad input. Throws AttestationError `crypto.unavailable` where the
   * platform has no cryptography to offer. No hint changes the answer.
   */
  verify(
    key: PublicKey,
    message: Uint8Array,
    signature: Uint8Array,
    hints?: VerifyHints,
  ): boolean | Promise<boolean>
  /** SHA-256 of all parts, one after the other; 32 bytes. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array
}
