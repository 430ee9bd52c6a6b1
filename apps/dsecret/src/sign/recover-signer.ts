// Whose signature it is: typed data and recovery as viem has them, the curve by libsecp256k1. No I/O.
import { openNativeRecovery, type RecoverKey } from '@wetee/threshold/native'
import {
  bytesToHex,
  hashTypedData,
  hexToBytes,
  type TypedData,
  type TypedDataDefinition,
} from 'viem'
import { publicKeyToAddress } from 'viem/accounts'
import type { Hex } from '../chain/chain-view.ts'

/** Last byte of a signature: parity, with or without the 27 of old. */
const RECOVERY_IDS: Readonly<Record<number, 0 | 1>> = { 0: 0, 1: 1, 27: 0, 28: 1 }
let recover: RecoverKey | undefined

/**
 * The account that signed typed data, lower case; undefined where nobody did: not 65 bytes, another last byte than 0, 1, 27 and 28,
 * or no key fits. Throws ThresholdError `native.missing`.
 */
export function recoverSigner<
  const T extends TypedData | Record<string, unknown>,
  P extends keyof T | 'EIP712Domain',
>(typedData: TypedDataDefinition<T, P>, signature: Hex): Hex | undefined {
  recover ??= openNativeRecovery()
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return undefined
  const bytes = hexToBytes(signature)
  const recoveryId = RECOVERY_IDS[bytes[64] ?? 2]
  if (recoveryId === undefined) return undefined
  const digest = hashTypedData(typedData as TypedDataDefinition)
  const key = recover(hexToBytes(digest), bytes.subarray(0, 64), recoveryId)
  return key && (publicKeyToAddress(bytesToHex(key)).toLowerCase() as Hex)
}
