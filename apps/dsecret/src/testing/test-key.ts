// A network key dealt by one dealer from a text, for tests alone: whoever runs this knows the secret. Pure.
import { createHash } from 'node:crypto'
import { keyBase, ORDER, type Group, type Point, type SecretScalar } from '@wetee/threshold'
import { bytesToHex } from 'viem'
import type { Hex } from '../chain/chain-view.ts'
import type { ReleasingShare } from '../release/share-holder.ts'

/** The key of a committee, and the share of each member. */
export type TestKey = {
  readonly threshold: number
  readonly secret: bigint
  /** Y and S as the chain has them. */
  readonly onChain: { readonly Y: Hex; readonly S: Hex }
  readonly encryptionKey: Point
  readonly verificationKey: Point
  readonly publicShares: readonly Point[]
  readonly shares: readonly ReleasingShare[]
}

/** The same secret for every `name`, other shares of it for every `epoch`. */
export function dealTestKey(
  group: Group,
  given: { threshold: number; size: number; epoch: bigint; name: string },
): TestKey {
  const { threshold, size, epoch, name } = given
  const coefficients = Array.from({ length: threshold }, (_, degree) =>
    scalarOf(degree === 0 ? name : `${name}/${epoch}/${degree}`),
  )
  const at = (x: bigint) => coefficients.reduceRight((sum, part) => (sum * x + part) % ORDER, 0n)
  const secret = at(0n)
  const scalars = Array.from({ length: size }, (_, place) =>
    group.readSecret(bytesOf(at(BigInt(place + 1)))),
  )
  const publicShares = scalars.map((share) => group.multiplyBase(share))
  const encryptionKey = group.multiply(keyBase(), secret)
  const verificationKey = group.multiply(group.generator, secret)
  return {
    threshold,
    secret,
    onChain: {
      Y: bytesToHex(group.encode(encryptionKey)),
      S: bytesToHex(group.encode(verificationKey)),
    },
    encryptionKey,
    verificationKey,
    publicShares,
    shares: scalars.map((share: SecretScalar, place) => ({
      epoch,
      index: place + 1,
      share,
      key: { publicShares, verificationKey },
    })),
  }
}

function scalarOf(text: string): bigint {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`) % ORDER
}

function bytesOf(scalar: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'))
}
