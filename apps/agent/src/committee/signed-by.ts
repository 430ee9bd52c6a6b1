// Whether a key has signed, the curve by libsecp256k1. No I/O.
import { recoverDigestSigner, recoverSigner } from '@wetee/chain'
import { openNativeRecovery, type RecoverKey } from '@wetee/threshold/native'
import type { TypedDataDefinition } from 'viem'

let recover: RecoverKey | undefined

/** Whether this key, an address in lower case, has signed typed data. Throws ThresholdError `native.missing`. */
export function isSignedBy(
  key: `0x${string}`,
  typedData: TypedDataDefinition,
  signature: `0x${string}`,
): boolean {
  recover ??= openNativeRecovery()
  return recoverSigner(recover, typedData, signature) === key
}

/** Who has signed a digest of 32 bytes, an address in lower case; undefined where nobody did. Throws as isSignedBy. */
export function signerOf(
  digest: `0x${string}`,
  signature: `0x${string}`,
): `0x${string}` | undefined {
  recover ??= openNativeRecovery()
  return recoverDigestSigner(recover, digest, signature)
}
