// ECDSA by libsecp256k1 through N-API: signs in constant time, and recovers keys some forty times as quickly as JavaScript does. Node
// only.
import { ThresholdError } from '../error.ts'
import { openBindings } from './open-bindings.ts'

/** What is used of the package `secp256k1`. */
type Bindings = {
  ecdsaRecover(
    signature: Uint8Array,
    recoveryId: number,
    digest: Uint8Array,
    compressed: boolean,
  ): Uint8Array
  ecdsaSign(digest: Uint8Array, key: Uint8Array): { signature: Uint8Array; recid: number }
}

/**
 * The public key, uncompressed, that signed a digest of 32 bytes; undefined where no key did (SEC 1 section 4.1.6). `recoveryId` is
 * the parity of the nonce's point, 0 or 1.
 */
export type RecoverKey = (
  digest: Uint8Array,
  signature: Uint8Array,
  recoveryId: 0 | 1,
) => Uint8Array | undefined

/** Opens it. Throws ThresholdError `native.missing` where there is no binary for this machine. */
export function openNativeRecovery(): RecoverKey {
  const native = openBindings() as Bindings
  return (digest, signature, recoveryId) => {
    if (digest.length !== 32 || signature.length !== 64)
      throw new ThresholdError('argument.invalid', 'expected a digest of 32 bytes, 64 of signature')
    try {
      return native.ecdsaRecover(signature, recoveryId, digest, false)
    } catch {
      return undefined
    }
  }
}

/**
 * Signs a digest of 32 bytes with a secret of 32 bytes, which is left as it is: r and s, 64 bytes, s in the lower half, and the
 * parity of the nonce's point. The nonce is that of RFC 6979.
 */
export type SignDigest = (
  digest: Uint8Array,
  secret: Uint8Array,
) => { readonly signature: Uint8Array; readonly recoveryId: number }

/** Opens it. Throws ThresholdError `native.missing` where there is no binary for this machine. */
export function openNativeSigning(): SignDigest {
  const native = openBindings() as Bindings
  return (digest, secret) => {
    try {
      const { signature, recid } = native.ecdsaSign(digest, secret)
      return { signature, recoveryId: recid }
    } catch {
      // Not the cause: what it was given does not belong into an error.
      throw new ThresholdError('scalar.invalid', 'expected a digest and a secret of 32 bytes')
    }
  }
}
