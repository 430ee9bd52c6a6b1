// The chain behind the ChainView port: reads of the contracts at a named block. Network I/O through viem.
import { cloudAbi, quorumAbi, subnetAbi, toChainError, type Chain } from '@wetee/chain'
import { codeOf } from '@wetee/daemon'
import { encodeFunctionData, parseAbi } from 'viem'
import { bridgeView } from './bridge-view.ts'
import type { Block, ChainView, Committee, FloorSubject, Hex } from './chain-view.ts'
import { keysView } from './keys-view.ts'
import { secretsView } from './secrets-view.ts'

const APP_STATES = ['none', 'active', 'paused', 'ended'] as const
const NODE_STATUSES = ['none', 'active', 'leaving', 'slashed'] as const
const REFERENCE_STATUSES = ['none', 'accepted', 'deprecated', 'revoked'] as const
/** `ISubnet.Subject`. */
const FLOOR_SUBJECTS: Readonly<Record<FloorSubject, number>> = {
  key: 1,
  platform: 2,
  measurement: 3,
  worker: 4,
  application: 5,
}
const erc1271Abi = parseAbi(['function isValidSignature(bytes32, bytes) view returns (bytes4)'])
/** ERC-1271: `isValidSignature` answers with its own selector. */
const ERC1271_VALID: Hex = `0x1626ba7e${'00'.repeat(28)}`
const ERC1271_GAS = 3_000_000n
/** A head is asked for again after this, milliseconds. */
const HEAD_AGE_MS = 500

/** Reads of `chain`; all throw ChainError. Callers at the same time share one read of the head. */
export function openChainView(chain: Chain, monotonicMs: () => number): ChainView {
  const { client, profile, signal } = chain
  const lower = (address: string) => address.toLowerCase() as Hex
  const { keys, secrets, bridge } = profile.contracts
  const contracts = {
    subnet: lower(profile.contracts.subnet),
    quorum: lower(profile.contracts.quorum),
    cloud: lower(profile.contracts.cloud),
    ...(keys === undefined ? {} : { keys: lower(keys) }),
    ...(secrets === undefined ? {} : { secrets: lower(secrets) }),
    ...(bridge === undefined ? {} : { bridge: lower(bridge) }),
  }
  const subnet = { address: contracts.subnet, abi: subnetAbi } as const
  const cloud = { address: contracts.cloud, abi: cloudAbi } as const
  const read = async <T>(doing: string, call: Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (cause) {
      throw toChainError(cause, doing, signal)
    }
  }
  const optional = async <T>(error: string, doing: string, call: Promise<T>) => {
    try {
      return await read(doing, call)
    } catch (cause) {
      if (codeOf(cause) === `contract.${error}`) return undefined
      throw cause
    }
  }
  return {
    ...keysView(chain),
    ...secretsView(chain),
    ...bridgeView(chain),
    network: { chainId: profile.chainId, contracts },
    head: sharedHead(chain, monotonicMs),
    block: (number) => chain.block(number),
    async app(appId, blockNumber) {
      const call = client.readContract({
        ...cloud,
        functionName: 'app',
        args: [appId],
        blockNumber,
      })
      const found = await optional('AppUnknown', 'read an application', call)
      const state = APP_STATES[found?.state ?? 0] ?? 'none'
      return found === undefined || state === 'none'
        ? undefined
        : { ...found, owner: lower(found.owner), state }
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
    async version(appId, version, blockNumber) {
      const args = [appId, version] as const
      const call = client.readContract({ ...cloud, functionName: 'version', args, blockNumber })
      const found = await optional('AppUnknown', 'read a version', call)
      return found === undefined || found.createdAt === 0n ? undefined : found
    },
    async maxLeaseSeconds(blockNumber) {
      const call = client.readContract({ ...cloud, functionName: 'parameters', blockNumber })
      return (await read('read the parameters', call)).maxLeaseSeconds
    },
    nodeProofSeconds: (blockNumber) =>
      read(
        'read the lifetime of proofs',
        client.readContract({ ...subnet, functionName: 'nodeProofSeconds', blockNumber }),
      ),
    async workerOperator(workerId, blockNumber) {
      const args = [workerId] as const
      const call = client.readContract({ ...subnet, functionName: 'worker', args, blockNumber })
      const found = await optional('WorkerUnknown', 'read a worker', call)
      return found === undefined ? undefined : lower(found.operator)
    },
    async node(nodeId, blockNumber) {
      const args = [nodeId] as const
      const call = client.readContract({ ...subnet, functionName: 'node', args, blockNumber })
      const found = await optional('NodeUnknown', 'read a dsecret node', call)
      const status = NODE_STATUSES[found?.status ?? 0] ?? 'none'
      return found === undefined || status === 'none' ? undefined : { ...found, status }
    },
    platform: (id, blockNumber) =>
      read(
        'read a machine',
        client.readContract({ ...subnet, functionName: 'platform', args: [id], blockNumber }),
      ),
    isPlatformLive: (role, nodeId, id, blockNumber) =>
      read(
        'read whether a machine is live',
        client.readContract({
          ...subnet,
          functionName: 'isPlatformLive',
          args: [role, nodeId, id],
          blockNumber,
        }),
      ),
    async liveProofUntil(role, nodeId, blockNumber) {
      const args = [role, nodeId] as const
      const call = client.readContract({ ...subnet, functionName: 'liveProof', args, blockNumber })
      return (await read('read a proof', call))[0]
    },
    async reference(role, measurementId, blockNumber) {
      const args = [role, measurementId] as const
      const call = client.readContract({
        ...subnet,
        functionName: 'referenceValue',
        args,
        blockNumber,
      })
      const found = await read('read a reference value', call)
      return { ...found, status: REFERENCE_STATUSES[found.status] ?? 'revoked' }
    },
    revocationFloor: (subject, id, blockNumber) =>
      read(
        'read a revocation floor',
        client.readContract({
          ...subnet,
          functionName: 'revocationFloor',
          args: [FLOOR_SUBJECTS[subject], id],
          blockNumber,
        }),
      ),
    committees: (at) => read('read the committees', committees(chain, at)),
  }
}

function sharedHead(chain: Chain, monotonicMs: () => number): () => Promise<Block> {
  let known: { readonly atMs: number; readonly head: Promise<Block> } | undefined
  return async () => {
    if (known !== undefined && monotonicMs() - known.atMs < HEAD_AGE_MS) return known.head
    const asked = { atMs: monotonicMs(), head: chain.finalized() }
    known = asked
    try {
      return await asked.head
    } catch (error) {
      if (known === asked) known = undefined
      throw error
    }
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
