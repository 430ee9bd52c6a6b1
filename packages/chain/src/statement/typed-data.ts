// Builds the EIP-712 data of every statement, in the domain of the contract that reads it. Pure.
import type { Address, TypedDataDefinition } from 'viem'
import {
  appFactsTypes,
  callResultTypes,
  committeeConfirmedTypes,
  forwardTypes,
  leaseBatchTypes,
  nodeKeysTypes,
  nodeProofBatchTypes,
  openCallsTypes,
  operatorStatementTypes,
  ownerSignatureTypes,
  readyTypes,
  releaseReplyTypes,
  releaseRequestTypes,
  revocationBatchTypes,
  sessionMessageTypes,
  type AppFactsStatement,
  type CallResult,
  type CommitteeConfirmed,
  type ForwardRequest,
  type LeaseBatch,
  type NodeKeysClaim,
  type NodeProofBatch,
  type OpenCallsStatement,
  type OperatorStatement,
  type OwnerSignatureStatement,
  type Ready,
  type ReleaseReply,
  type ReleaseRequest,
  type RevocationBatch,
  type SessionMessage,
} from './types.ts'

/** Chain and contract of a domain; a network profile fits. */
export type StatementNetwork<
  Contract extends 'quorum' | 'cloud' | 'subnet' | 'bridge' | 'forwarder',
> = {
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

/** What a dsecret quorum signs to end evidence early: domain of the Quorum. */
export function revocationBatchTypedData(
  network: StatementNetwork<'quorum'>,
  message: RevocationBatch,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.quorum)
  return {
    domain,
    types: revocationBatchTypes,
    primaryType: 'RevocationBatch',
    message,
  } satisfies TypedDataDefinition<typeof revocationBatchTypes, 'RevocationBatch'>
}

/** What each member signs when its committee's session has ended: domain of the Quorum. */
export function committeeConfirmedTypedData(
  network: StatementNetwork<'quorum'>,
  message: CommitteeConfirmed,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.quorum)
  return {
    domain,
    types: committeeConfirmedTypes,
    primaryType: 'CommitteeConfirmed',
    message,
  } satisfies TypedDataDefinition<typeof committeeConfirmedTypes, 'CommitteeConfirmed'>
}

/** What a member signs about each message of a key session: domain of the Quorum. */
export function sessionMessageTypedData(
  network: StatementNetwork<'quorum'>,
  message: SessionMessage,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.quorum)
  return {
    domain,
    types: sessionMessageTypes,
    primaryType: 'SessionMessage',
    message,
  } satisfies TypedDataDefinition<typeof sessionMessageTypes, 'SessionMessage'>
}

/** What a node signs beside a release of shares: domain of the Quorum. */
export function releaseReplyTypedData(
  network: StatementNetwork<'quorum'>,
  message: ReleaseReply,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.quorum)
  return {
    domain,
    types: releaseReplyTypes,
    primaryType: 'ReleaseReply',
    message,
  } satisfies TypedDataDefinition<typeof releaseReplyTypes, 'ReleaseReply'>
}

/** What a node says of an application: domain of the Cloud. */
export function appFactsTypedData(
  network: StatementNetwork<'cloud'>,
  message: AppFactsStatement,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.cloud)
  return {
    domain,
    types: appFactsTypes,
    primaryType: 'AppFacts',
    message,
  } satisfies TypedDataDefinition<typeof appFactsTypes, 'AppFacts'>
}

/** What a node says of a contract owner's signature: domain of the Cloud. */
export function ownerSignatureTypedData(
  network: StatementNetwork<'cloud'>,
  message: OwnerSignatureStatement,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.cloud)
  return {
    domain,
    types: ownerSignatureTypes,
    primaryType: 'OwnerSignature',
    message,
  } satisfies TypedDataDefinition<typeof ownerSignatureTypes, 'OwnerSignature'>
}

/** What a node says of calls that are open: domain of the Bridge. */
export function openCallsTypedData(
  network: StatementNetwork<'bridge'>,
  message: OpenCallsStatement,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.bridge)
  return {
    domain,
    types: openCallsTypes,
    primaryType: 'OpenCalls',
    message,
  } satisfies TypedDataDefinition<typeof openCallsTypes, 'OpenCalls'>
}

/** What an instance signs about the answer to a call: domain of the Bridge. */
export function callResultTypedData(
  network: StatementNetwork<'bridge'>,
  message: CallResult,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.bridge)
  return {
    domain,
    types: callResultTypes,
    primaryType: 'Result',
    message,
  } satisfies TypedDataDefinition<typeof callResultTypes, 'Result'>
}

/** What an instance signs to have a contract called in its application's name: domain of the Forwarder. */
export function forwardTypedData(
  network: StatementNetwork<'forwarder'>,
  message: ForwardRequest,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.forwarder)
  return {
    domain,
    types: forwardTypes,
    primaryType: 'Forward',
    message,
  } satisfies TypedDataDefinition<typeof forwardTypes, 'Forward'>
}

/** What an instance signs to be given secrets: domain of the Cloud. */
export function releaseRequestTypedData(
  network: StatementNetwork<'cloud'>,
  message: ReleaseRequest,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.cloud)
  return {
    domain,
    types: releaseRequestTypes,
    primaryType: 'ReleaseRequest',
    message,
  } satisfies TypedDataDefinition<typeof releaseRequestTypes, 'ReleaseRequest'>
}

/** What a node's statement key signs before it is registered: domain of the Subnet. */
export function nodeKeysTypedData(
  network: StatementNetwork<'subnet'>,
  message: NodeKeysClaim,
): TypedDataDefinition {
  const domain = domainOf(network.chainId, network.contracts.subnet)
  return {
    domain,
    types: nodeKeysTypes,
    primaryType: 'NodeKeys',
    message,
  } satisfies TypedDataDefinition<typeof nodeKeysTypes, 'NodeKeys'>
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
