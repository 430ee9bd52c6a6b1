// Who signed, by libsecp256k1 through N-API: some forty times as quick as in JavaScript. Node only.
import { ThresholdError } from '../error.ts'
import { loadBindings } from './native-bindings.ts'

/** What is used of the package `secp256k1`. */
type Bindings = {
  ecdsaRecover(
    signature: Uint8Array,
    recoveryId: number,
    digest: Uint8Array,
    compressed: boolean,
  ): Uint8Array
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
  let native: Bindings
  try {
    native = loadBindings() as Bindings
  } catch (cause) {
    throw new ThresholdError('native.missing', 'libsecp256k1 is not here: run npm ci again', {
      cause,
    })
  }
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
