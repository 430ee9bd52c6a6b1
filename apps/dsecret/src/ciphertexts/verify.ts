// Whether bytes are the sealed secret that the chain names: the one way from bytes to what a share is used on. Pure.
import { parseSealedSecret, SecretsError, type ParsedSealedSecret } from '@wetee/secrets'
import {
  checkCiphertext,
  secretLabel,
  ThresholdError,
  type CheckedCiphertext,
  type Group,
} from '@wetee/threshold'
import { hexToBytes } from 'viem'
import type { Hex, Network } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'

/** One version of a secret as the chain names it. */
export type NamedVersion = {
  readonly appId: bigint
  readonly name: string
  readonly version: number
  /** 64 hex digits without `0x`. */
  readonly digest: string
  readonly policyDigest: Hex
  /** Who set it. */
  readonly owner: Hex
}

/** A sealed secret that is the one named. */
export type KnownSecret = {
  readonly sealed: ParsedSealedSecret
  /** All its bytes. */
  readonly bytes: Uint8Array
  readonly checked: CheckedCiphertext
}

/**
 * Throws NodeError `sealed-secret.malformed`, `policy.invalid`, `ciphertext.differs` (of another name), `ciphertext.policy-differs`,
 * `ciphertext.malformed`, `ciphertext.invalid` (its proof is not one of this owner, application, name, version and policy).
 */
export function verifySealed(
  group: Group,
  { chainId, contracts }: Network,
  named: NamedVersion,
  bytes: Uint8Array,
): KnownSecret {
  try {
    const sealed = parseSealedSecret(bytes)
    if (sealed.digest !== named.digest)
      throw new NodeError(
        'ciphertext.differs',
        `expected the ciphertext ${named.digest}, these bytes have the digest ${sealed.digest}`,
      )
    if (sealed.policyDigest !== named.policyDigest)
      throw new NodeError(
        'ciphertext.policy-differs',
        `the chain names the policy ${named.policyDigest}, this one has the digest ${sealed.policyDigest}`,
      )
    const label = secretLabel({
      chainId: BigInt(chainId),
      cloud: hexToBytes(contracts.cloud),
      owner: hexToBytes(named.owner),
      appId: named.appId,
      name: named.name,
      version: named.version,
      policyDigest: hexToBytes(named.policyDigest),
    })
    return { sealed, bytes, checked: checkCiphertext(group, label, sealed.ciphertext) }
  } catch (cause) {
    if (!(cause instanceof SecretsError || cause instanceof ThresholdError)) throw cause
    throw new NodeError(cause.code, cause.message, { cause })
  }
}
