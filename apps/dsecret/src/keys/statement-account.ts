// An account that signs with libsecp256k1, in constant time; everything else is viem's. No I/O.
import { hashStatement } from '@wetee/chain'
import { openNativeSigning } from '@wetee/threshold/native'
import { bytesToHex, hexToBytes, type Hex, type TypedDataDefinition } from 'viem'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'

/** An account that signs at once, too. */
export type StatementAccount = PrivateKeyAccount & {
  /** A digest of 32 bytes, without a wait: 65 bytes. Whoever calls it has put a tag of its own into the digest. */
  readonly signDigest: (digest: Hex) => Hex
}

/**
 * The account of a secret of 32 bytes, which is copied. Its signatures are those that viem makes. Throws ThresholdError
 * `native.missing`, and what viem throws for a number that is no secret.
 */
export function statementAccount(secret: Uint8Array): StatementAccount {
  const own = new Uint8Array(secret)
  const signDigest = openNativeSigning()
  const sign = (hash: Hex): Hex => {
    const { signature, recoveryId } = signDigest(hexToBytes(hash), own)
    return `${bytesToHex(signature)}${recoveryId === 0 ? '1b' : '1c'}`
  }
  return {
    ...privateKeyToAccount(bytesToHex(own)),
    signDigest: sign,
    sign: ({ hash }) => Promise.resolve().then(() => sign(hash)),
    signTypedData: (typedData) =>
      Promise.resolve().then(() => sign(hashStatement(typedData as TypedDataDefinition))),
  }
}
