// The chain behind the ChainView port: reads of the contracts at a named block. Network I/O through viem.
import { quorumAbi, type Chain } from '@wetee/chain'
import { bridgeView } from './bridge-view.ts'
import type { ChainView, Committee, Hex } from './chain-view.ts'
import { cloudView } from './cloud-view.ts'
import { keysView } from './keys-view.ts'
import { readsOf } from './reads.ts'
import { secretsView } from './secrets-view.ts'
import { subnetView } from './subnet-view.ts'

/** A head is asked for again after this, milliseconds. */
const HEAD_AGE_MS = 500

/** Reads of `chain`; all throw ChainError. Callers at the same time share one read of the head. */
export function openChainView(chain: Chain): ChainView {
  const { chainId } = chain.profile
  const { read } = readsOf(chain)
  return {
    ...cloudView(chain),
    ...subnetView(chain),
    ...keysView(chain),
    ...secretsView(chain),
    ...bridgeView(chain),
    network: { chainId, contracts: addressesOf(chain) },
    head: () => chain.finalized(HEAD_AGE_MS),
    block: (number) => chain.block(number),
    committees: (at) => read('read the committees', committees(chain, at)),
  }
}

/** In lower case, as addresses are compared here. */
function addressesOf({ profile: { contracts } }: Chain): ChainView['network']['contracts'] {
  const lower = (address: string) => address.toLowerCase() as Hex
  const { subnet, quorum, cloud, keys, secrets, bridge } = contracts
  return {
    ...{ subnet: lower(subnet), quorum: lower(quorum), cloud: lower(cloud) },
    ...(keys === undefined ? {} : { keys: lower(keys) }),
    ...(secrets === undefined ? {} : { secrets: lower(secrets) }),
    ...(bridge === undefined ? {} : { bridge: lower(bridge) }),
  }
}

async function committees({ client, profile }: Chain, blockNumber: bigint) {
  const quorum = { address: profile.contracts.quorum, abi: quorumAbi, blockNumber } as const
  const [active, latest, genesisOpen] = await Promise.all([
    client.readContract({ ...quorum, functionName: 'activeEpoch' }),
    client.readContract({ ...quorum, functionName: 'latestEpoch' }),
    client.readContract({ ...quorum, functionName: 'genesisOpen' }),
  ])
  const named = async (epoch: bigint): Promise<Committee | undefined> => {
    if (epoch === 0n) return undefined
    const [members, threshold] = await client.readContract({
      ...quorum,
      functionName: 'committee',
      args: [epoch],
    })
    return { epoch, threshold, members }
  }
  const activeCommittee = await named(active)
  // With an active epoch, only development networks are open by themselves, and then to the latest committee.
  const isReopened = genesisOpen && activeCommittee !== undefined && profile.kind !== 'development'
  return {
    active: activeCommittee,
    latest: latest === active ? activeCommittee : await named(latest),
    genesisOpen,
    ...(isReopened ? { reopened: activeCommittee } : {}),
  }
}
