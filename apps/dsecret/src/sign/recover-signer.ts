// Whose signature it is, the curve by libsecp256k1. No I/O.
import { recoverSigner as recoverBy } from '@wetee/chain'
import { openNativeRecovery, type RecoverKey } from '@wetee/threshold/native'
import type { TypedData, TypedDataDefinition } from 'viem'
import type { Hex } from '../chain/chain-view.ts'

let recover: RecoverKey | undefined

/**
 * The account that signed typed data, lower case; undefined where nobody did (`recoverSigner` of @wetee/chain). Throws ThresholdError
 * `native.missing`.
 */
export function recoverSigner<
  const T extends TypedData | Record<string, unknown>,
  P extends keyof T | 'EIP712Domain',
>(typedData: TypedDataDefinition<T, P>, signature: Hex): Hex | undefined {
  recover ??= openNativeRecovery()
  return recoverBy(recover, typedData as TypedDataDefinition, signature)
}
