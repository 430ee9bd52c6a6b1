// Reads a committee of dsecret nodes with what a caller needs to reach its members and check them. Network I/O.
import type { Address, Hex } from 'viem'
import { ChainError } from '../chain-error.ts'
import { quorumAbi } from '../generated/quorum.ts'
import { subnetAbi } from '../generated/subnet.ts'
import type { Chain } from '../network/chain.ts'
import { toChainError } from './refusal.ts'

/** A member; `index` is its bit in the signers' bitmap, `endpoint` as registered. */
export type CommitteeMember = {
  readonly nodeId: bigint
  readonly index: number
  readonly statementKey: Address
  /** SHA-256 of its TLS key: clients pin it. */
  readonly tlsKeyHash: Hex
  readonly endpoint: string
}

/** `threshold` signatures of `members` speak for the network. */
export type Committee = {
  readonly epoch: bigint
  readonly threshold: number
  readonly members: readonly CommitteeMember[]
}

/**
 * The committee of `epoch` (default: the active one) as of a block, members in the order of their index.
 * Throws ChainError `committee.none` (retryable) before the first is active, `contract.EpochUnknown`, `chain.unreachable`.
 */
export async function readCommittee(
  chain: Chain,
  blockNumber: bigint,
  epoch?: bigint,
): Promise<Committee> {
  try {
    return await read(chain, blockNumber, epoch)
  } catch (cause) {
    throw toChainError(cause, 'read the dsecret committee', chain.signal)
  }
}

async function read(chain: Chain, blockNumber: bigint, named?: bigint): Promise<Committee> {
  const { client, profile } = chain
  const quorum = { address: profile.contracts.quorum, abi: quorumAbi, blockNumber } as const
  const epoch = named ?? (await client.readContract({ ...quorum, functionName: 'activeEpoch' }))
  if (epoch === 0n)
    throw new ChainError(
      'committee.none',
      `no dsecret committee is active in block ${blockNumber}: wait until the first has been activated`,
      { retryable: true },
    )
  const [nodeIds, threshold] = await client.readContract({
    ...quorum,
    functionName: 'committee',
    args: [epoch],
  })
  const members = await Promise.all(
    nodeIds.map(async (nodeId, index) => {
      const { statementKey, tlsKeyHash, endpoint } = await client.readContract({
        address: profile.contracts.subnet,
        abi: subnetAbi,
        functionName: 'node',
        args: [nodeId],
        blockNumber,
      })
      return { nodeId, index, statementKey, tlsKeyHash, endpoint }
    }),
  )
  return { epoch, threshold, members }
}
