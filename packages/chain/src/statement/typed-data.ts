// Builds the EIP-712 data of every statement, in the domain of the contract that reads it. Pure.
import type { Address, TypedDataDefinition } from 'viem'
import {
  leaseBatchTypes,
  nodeProofBatchTypes,
  operatorStatementTypes,
  readyTypes,
  type LeaseBatch,
  type NodeProofBatch,
  type OperatorStatement,
  type Ready,
} from './types.ts'

/** Chain and contract of a domain; a network profile fits. */
export type StatementNetwork<Contract extends 'quorum' | 'cloud'> = {
  readonly chainId: number
  readonly contracts: { readonly [name in Contract]: Address }
}

/** What a dsecret quorum signs to renew leases: domain of the Quorum. */
export function leaseBatchTypedData(
  network: StatementNetwork<'quorum'>,
  message: LeaseBatch,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.quorum)
  return {
    domain,
    types: leaseBatchTypes,
    primaryType: 'LeaseBatch',
    message,
  } satisfies TypedDataDefinition<typeof leaseBatchTypes, 'LeaseBatch'>
}

/** What a dsecret quorum signs about machines: domain of the Quorum. */
export function nodeProofBatchTypedData(
  network: StatementNetwork<'quorum'>,
  message: NodeProofBatch,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.quorum)
  return {
    domain,
    types: nodeProofBatchTypes,
    primaryType: 'NodeProofBatch',
    message,
  } satisfies TypedDataDefinition<typeof nodeProofBatchTypes, 'NodeProofBatch'>
}

/** What a worker's operator signs about an instance: domain of the Cloud. */
export function operatorStatementTypedData(
  network: StatementNetwork<'cloud'>,
  message: OperatorStatement,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.cloud)
  return {
    domain,
    types: operatorStatementTypes,
    primaryType: 'OperatorStatement',
    message,
  } satisfies TypedDataDefinition<typeof operatorStatementTypes, 'OperatorStatement'>
}

/** What an instance signs when it can take traffic: domain of the Cloud. */
export function readyTypedData(
  network: StatementNetwork<'cloud'>,
  message: Ready,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.cloud)
  return { domain, types: readyTypes, primaryType: 'Ready', message } satisfies TypedDataDefinition<
    typeof readyTypes,
    'Ready'
  >
}

function domainOf(chainId: number, verifyingContract: Address) {
  return { name: 'WeTEE', version: '1', chainId, verifyingContract } as const
}
