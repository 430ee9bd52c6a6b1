// Whose signature is under typed data: hashed as viem does, the curve by whatever the caller has. No I/O.
import { bytesToHex, hexToBytes, keccak256, type Hex, type TypedDataDefinition } from 'viem'
import { hashStatement } from './statement-hash.ts'

/**
 * The public key, uncompressed, that signed a digest of 32 bytes with r and s, 64 bytes; undefined where no key did. `RecoverKey` of
 * @wetee/threshold/native fits.
 */
export type RecoverPublicKey = (
  digest: Uint8Array,
  signature: Uint8Array,
  recoveryId: 0 | 1,
) => Uint8Array | undefined

const ADDRESS_BYTES = 20
/** Last byte of a signature: parity, with or without the 27 of old. */
const RECOVERY_IDS: Readonly<Record<number, 0 | 1>> = { 0: 0, 1: 1, 27: 0, 28: 1 }

/**
 * The account that signed, lower case; undefined where nobody did: not 65 bytes, another last byte than 0, 1, 27 and 28, or no key
 * fits.
 */
export function recoverSigner(
  recover: RecoverPublicKey,
  typedData: TypedDataDefinition,
  signature: Hex,
): Hex | undefined {
  return recoverDigestSigner(recover, hashStatement(typedData), signature)
}

/** The same for a digest of 32 bytes. */
export function recoverDigestSigner(
  recover: RecoverPublicKey,
  digest: Hex,
  signature: Hex,
): Hex | undefined {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return undefined
  const bytes = hexToBytes(signature)
  const recoveryId = RECOVERY_IDS[bytes[64] ?? 2]
  if (recoveryId === undefined) return undefined
  const key = recover(hexToBytes(digest), bytes.subarray(0, 64), recoveryId)
  return key && addressOfPoint(key)
}

/** The account of an uncompressed point, 65 bytes: lower case. */
export function addressOfPoint(point: Uint8Array): Hex {
  return bytesToHex(keccak256(point.subarray(1), 'bytes').subarray(-ADDRESS_BYTES))
}
