// Reads of the Cloud contract, and of owners that are contracts, behind the ChainView port. Network I/O through viem.
import { cloudAbi, type Chain } from '@wetee/chain'
import { codeOf } from '@wetee/daemon'
import { encodeFunctionData, parseAbi } from 'viem'
import type { ChainView, Hex } from './chain-view.ts'
import { readsOf } from './reads.ts'

/** The part of the port that is answered here. */
export type CloudView = Pick<ChainView, 'app' | 'version' | 'maxLeaseSeconds' | 'isSignatureOf'>

const APP_STATES = ['none', 'active', 'paused', 'ended'] as const
const erc1271Abi = parseAbi(['function isValidSignature(bytes32, bytes) view returns (bytes4)'])
/** ERC-1271: `isValidSignature` answers with its own selector. */
const ERC1271_VALID: Hex = `0x1626ba7e${'00'.repeat(28)}`
const ERC1271_GAS = 3_000_000n

/** Reads of `chain`; all throw ChainError. */
export function cloudView(chain: Chain): CloudView {
  const { client, profile } = chain
  const cloud = { address: profile.contracts.cloud, abi: cloudAbi } as const
  const { read, optional } = readsOf(chain)
  return {
    async app(appId, blockNumber) {
      const args = [appId] as const
      const call = client.readContract({ ...cloud, functionName: 'app', args, blockNumber })
      const found = await optional(['AppUnknown'], 'read an application', call)
      const state = APP_STATES[found?.state ?? 0] ?? 'none'
      return found === undefined || state === 'none'
        ? undefined
        : { ...found, owner: found.owner.toLowerCase() as Hex, state }
    },
    async version(appId, version, blockNumber) {
      const args = [appId, version] as const
      const call = client.readContract({ ...cloud, functionName: 'version', args, blockNumber })
      const found = await optional(['AppUnknown'], 'read a version', call)
      return found === undefined || found.createdAt === 0n ? undefined : found
    },
    async maxLeaseSeconds(blockNumber) {
      const call = client.readContract({ ...cloud, functionName: 'parameters', blockNumber })
      return (await read('read the parameters', call)).maxLeaseSeconds
    },
    async isSignatureOf(owner, digest, signature, blockNumber) {
      const args = [digest, signature] as const
      const data = encodeFunctionData({ abi: erc1271Abi, functionName: 'isValidSignature', args })
      try {
        const call = client.call({ to: owner, data, gas: ERC1271_GAS, blockNumber })
        return (await read('ask a contract for a signature', call)).data === ERC1271_VALID
      } catch (error) {
        // What the contract answers is its own business; that nobody could be asked is not.
        const code = codeOf(error)
        if (code === 'chain.refused' || code.startsWith('contract.')) return false
        throw error
      }
    },
  }
}
