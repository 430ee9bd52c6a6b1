// What a TEE is launched with: configDigest, nodeConfigDigest and TDX MRCONFIGID. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, fromHex, toHex, unsigned, type Hex } from '../bytes.ts'
import { frame } from './frame.ts'

/** Everything that fixes what an instance runs. */
export type Configuration = {
  readonly chainId: bigint
  readonly cloud: Hex
  /**
   * Compressed points Y and S, 33 bytes each; absent before there is a network key (33 zero bytes
   * each).
   */
  readonly networkKey?: { readonly Y: Hex; readonly S: Hex }
  readonly appId: bigint
  readonly version: number
  readonly manifestDigest: Hex
  readonly termsDigest: Hex
}

/** What fixes a machine of the network itself. */
export type NodeConfiguration = {
  readonly chainId: bigint
  readonly subnet: Hex
  readonly role: 1 | 2
  readonly nodeId: bigint
}

/**
 * The key that a version is launched under, of those that live, oldest first: the newest that was made before the block of the version's
 * creation, or the oldest where none was. So a version keeps its key until that ends, whoever starts it and when. Undefined before there
 * is a key.
 */
export function launchKeyOf<K extends { readonly madeBlock: bigint }>(
  live: readonly K[],
  createdBlock: bigint,
): K | undefined {
  return live.findLast(({ madeBlock }) => madeBlock < createdBlock) ?? live[0]
}

const NO_POINT: Hex = `0x${'00'.repeat(33)}`

/**
 * `configDigest` of an application instance, 32 bytes. Throws AttestationError `binding.invalid`.
 */
export function configDigest(configuration: Configuration): Hex {
  const { chainId, cloud, networkKey, appId, version, manifestDigest, termsDigest } = configuration
  return toHex(
    sha256(
      frame(
        'wetee/config/v1',
        unsigned(chainId, 32, 'chainId'),
        fromHex(cloud, 20, 'cloud'),
        fromHex(networkKey?.Y ?? NO_POINT, 33, 'networkKey.Y'),
        fromHex(networkKey?.S ?? NO_POINT, 33, 'networkKey.S'),
        unsigned(appId, 8, 'appId'),
        unsigned(version, 4, 'version'),
        fromHex(manifestDigest, 32, 'manifestDigest'),
        fromHex(termsDigest, 32, 'termsDigest'),
      ),
    ),
  )
}

/**
 * `nodeConfigDigest` of a worker's or dsecret node's own machine, 32 bytes. Throws
 * AttestationError `binding.invalid`.
 */
export function nodeConfigDigest({ chainId, subnet, role, nodeId }: NodeConfiguration): Hex {
  return toHex(
    sha256(
      frame(
        'wetee/node-config/v1',
        unsigned(chainId, 32, 'chainId'),
        fromHex(subnet, 20, 'subnet'),
        unsigned(role, 2, 'role'),
        unsigned(nodeId, 8, 'nodeId'),
      ),
    ),
  )
}

/**
 * TDX MRCONFIGID, 48 bytes: a configuration digest and 16 zero bytes. Throws AttestationError
 * `binding.invalid`.
 */
export function mrConfigId(digest: Hex): Hex {
  return toHex(concatBytes(fromHex(digest, 32, 'configuration digest'), new Uint8Array(16)))
}
