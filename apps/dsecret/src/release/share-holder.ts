// The port to this node's shares of the network's key. Types only.
import type { NetworkKey, SecretScalar } from '@wetee/threshold'

/** A share that counts. It becomes zeros when its epoch is over: used at once, never over a wait. */
export type ReleasingShare = {
  readonly epoch: bigint
  /** Of the member, from 1. */
  readonly index: number
  readonly share: SecretScalar
  readonly key: Pick<NetworkKey, 'publicShares' | 'verificationKey'>
}

/** Who keeps the shares of this node. */
export type ReleasingShares = {
  /** Of the active epoch; undefined while this node has none. */
  current(): ReleasingShare | undefined
  /** Of the epoch before, for a while. */
  previous(): ReleasingShare | undefined
  /** Of the last epoch of an older key, until that ends. */
  frozen(): ReleasingShare | undefined
}
