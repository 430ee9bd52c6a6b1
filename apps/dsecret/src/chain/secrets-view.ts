// Reads of the Secrets contract behind the ChainView port. Network I/O through viem.
import { secretsAbi, type Chain } from '@wetee/chain'
import type { ChainView } from './chain-view.ts'
import { readsOf } from './reads.ts'

/** The part of the port that is answered here. */
export type SecretsView = Pick<
  ChainView,
  'secret' | 'secretUnder' | 'secretVersion' | 'secretOf' | 'isGranted' | 'receiptsPosted'
>

/** Reads of `chain`; all throw ChainError. Where the profile has no `secrets` contract there is none of anything. */
export function secretsView(chain: Chain): SecretsView {
  const { client, profile } = chain
  const address = profile.contracts.secrets
  if (address === undefined) return withoutSecrets
  const secrets = { address, abi: secretsAbi } as const
  const { read, optional } = readsOf(chain)
  return {
    async secret(appId, name, blockNumber) {
      const call = { ...secrets, functionName: 'secret', args: [appId, name], blockNumber } as const
      const found = await read('read a secret', client.readContract(call))
      return found.current === 0 ? undefined : found
    },
    async secretUnder(appId, name, key, blockNumber) {
      const args = [appId, name, key] as const
      const call = { ...secrets, functionName: 'secretUnder', args, blockNumber } as const
      const found = await read('read a secret under a key', client.readContract(call))
      return found.current === 0 ? undefined : found
    },
    async secretVersion(appId, name, version, blockNumber) {
      const args = [appId, name, version] as const
      const call = { ...secrets, functionName: 'version', args, blockNumber } as const
      const doing = 'read a version of a secret'
      const found = await optional(unknown, doing, client.readContract(call))
      return found === undefined || found.setAt === 0n ? undefined : found
    },
    async secretOf(digest, blockNumber) {
      const call = { ...secrets, functionName: 'secretOf', args: [digest], blockNumber } as const
      const [appId, name, version] = await read('read a ciphertext', client.readContract(call))
      return appId === 0n ? undefined : { appId, name, version }
    },
    isGranted({ appId, name }, reader, blockNumber) {
      const args = [appId, name, reader.appId, reader.manifestDigest] as const
      const call = { ...secrets, functionName: 'isGranted', args, blockNumber } as const
      return read('read a grant', client.readContract(call))
    },
    receiptsPosted(nodeId, blockNumber) {
      const call = { ...secrets, functionName: 'receiptsPosted', args: [nodeId] } as const
      return read('read the receipts', client.readContract({ ...call, blockNumber }))
    },
  }
}

const unknown = ['SecretUnknown', 'VersionUnknown']

const withoutSecrets: SecretsView = {
  secret: () => Promise.resolve(undefined),
  secretUnder: () => Promise.resolve(undefined),
  secretVersion: () => Promise.resolve(undefined),
  secretOf: () => Promise.resolve(undefined),
  isGranted: () => Promise.resolve(false),
  receiptsPosted: () => Promise.resolve(0n),
}
