// Reads of the Subnet contract behind the ChainView port: who takes part, with which machines and programs. Network I/O through viem.
import { subnetAbi, type Chain } from '@wetee/chain'
import type { ChainView, FloorSubject, Hex } from './chain-view.ts'
import { readsOf } from './reads.ts'

/** The part of the port that is answered here. */
export type SubnetView = Pick<
  ChainView,
  | 'nodeProofSeconds'
  | 'workerOperator'
  | 'node'
  | 'platform'
  | 'isPlatformLive'
  | 'liveProofUntil'
  | 'reference'
  | 'revocationFloor'
>

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

/** Reads of `chain`; all throw ChainError. */
export function subnetView(chain: Chain): SubnetView {
  const { client, profile } = chain
  const subnet = { address: profile.contracts.subnet, abi: subnetAbi } as const
  const { read, optional } = readsOf(chain)
  return {
    nodeProofSeconds(blockNumber) {
      const call = { ...subnet, functionName: 'nodeProofSeconds', blockNumber } as const
      return read('read the lifetime of proofs', client.readContract(call))
    },
    async workerOperator(workerId, blockNumber) {
      const call = { ...subnet, functionName: 'worker', args: [workerId], blockNumber } as const
      const found = await optional(['WorkerUnknown'], 'read a worker', client.readContract(call))
      return found?.operator.toLowerCase() as Hex | undefined
    },
    async node(nodeId, blockNumber) {
      const call = { ...subnet, functionName: 'node', args: [nodeId], blockNumber } as const
      const found = await optional(
        ['NodeUnknown'],
        'read a dsecret node',
        client.readContract(call),
      )
      const status = NODE_STATUSES[found?.status ?? 0] ?? 'none'
      return found === undefined || status === 'none' ? undefined : { ...found, status }
    },
    platform(id, blockNumber) {
      const call = { ...subnet, functionName: 'platform', args: [id], blockNumber } as const
      return read('read a machine', client.readContract(call))
    },
    isPlatformLive(role, nodeId, id, blockNumber) {
      const args = [role, nodeId, id] as const
      const call = { ...subnet, functionName: 'isPlatformLive', args, blockNumber } as const
      return read('read whether a machine is live', client.readContract(call))
    },
    async liveProofUntil(role, nodeId, blockNumber) {
      const args = [role, nodeId] as const
      const call = { ...subnet, functionName: 'liveProof', args, blockNumber } as const
      return (await read('read a proof', client.readContract(call)))[0]
    },
    async reference(role, measurementId, blockNumber) {
      const args = [role, measurementId] as const
      const call = { ...subnet, functionName: 'referenceValue', args, blockNumber } as const
      const found = await read('read a reference value', client.readContract(call))
      return { ...found, status: REFERENCE_STATUSES[found.status] ?? 'revoked' }
    },
    revocationFloor(subject, id, blockNumber) {
      const args = [FLOOR_SUBJECTS[subject], id] as const
      const call = { ...subnet, functionName: 'revocationFloor', args, blockNumber } as const
      return read('read a revocation floor', client.readContract(call))
    },
  }
}
