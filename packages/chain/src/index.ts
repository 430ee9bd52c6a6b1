export {
  apisAbi,
  authorityAbi,
  bridgeAbi,
  cloudAbi,
  complaintsAbi,
  errorsAbi,
  forwarderAbi,
  governorAbi,
  keysAbi,
  lensAbi,
  membersAbi,
  misconductAbi,
  quorumAbi,
  secretsAbi,
  subnetAbi,
  timelockAbi,
  tokenAbi,
} from './bindings.ts'
export { keystoreAddress, openKeystore } from './account/keystore.ts'
export { ChainError, type ChainErrorCode } from './chain-error.ts'
export {
  openChain,
  type Block,
  type Chain,
  type Head,
  type OpenChainOptions,
} from './network/chain.ts'
export {
  parseNetworkProfile,
  type ContractAddresses,
  type FurtherContract,
  type NetworkProfile,
  type SubstrateRpc,
} from './network/network-profile.ts'
export { gasLimit } from './send/gas-limit.ts'
export type { Cursor, CursorStore } from './ports/cursor-store.ts'
export type { OutboxAttempt, OutboxEntry, OutboxStore } from './ports/outbox-store.ts'
export {
  assembleSignatures,
  type AssembledSignatures,
  type SignaturePart,
} from './statement/signatures.ts'
export {
  addressOfPoint,
  recoverDigestSigner,
  recoverSigner,
  type RecoverPublicKey,
} from './statement/signer.ts'
export {
  bridgeCallSchema,
  callDigest,
  callOfEvent,
  callToWire,
  type BridgeCall,
  type CallOrder,
} from './statement/bridge-call.ts'
export { hashStatement } from './statement/statement-hash.ts'
export {
  appFactsTypedData,
  callResultTypedData,
  committeeConfirmedTypedData,
  forwardTypedData,
  leaseBatchTypedData,
  nodeKeysTypedData,
  nodeProofBatchTypedData,
  operatorStatementTypedData,
  openCallsTypedData,
  ownerSignatureTypedData,
  readyTypedData,
  releaseReplyTypedData,
  releaseRequestTypedData,
  revocationBatchTypedData,
  sessionMessageTypedData,
  type StatementNetwork,
} from './statement/typed-data.ts'
export type {
  AppFactsStatement,
  AttestationLease,
  CommitteeConfirmed,
  ForwardRequest,
  LeaseBatch,
  NodeKeysClaim,
  NodeProof,
  NodeProofBatch,
  OperatorStatement,
  OpenCall,
  OpenCallsStatement,
  OwnerSignatureStatement,
  Ready,
  ReleaseReply,
  ReleaseRequest,
  Revocation,
  RevocationBatch,
  SessionMessage,
} from './statement/types.ts'
export {
  signedUsageSchema,
  usagePageSchema,
  usageSampleSchema,
  type SignedUsage,
  type UsagePage,
} from './statement/usage.ts'
export {
  addressSchema,
  hexSchema,
  leaseSchema,
  proofSchema,
  recordText,
  signatureSchema,
  toWire,
  uint64Schema,
  type StatementRecord,
} from './statement/wire.ts'
export { followEvents, type FollowOptions } from './follow/follow-events.ts'
export {
  readEventRange,
  type ChainEvent,
  type EventRange,
  type FollowedContract,
} from './follow/event-range.ts'
export { readCommittee, type Committee, type CommitteeMember } from './read/committee.ts'
export { readLiveKeys, type LiveKey, type NetworkKey } from './read/live-keys.ts'
export { manifestInCalldata, readManifest, type ManifestText } from './read/manifest.ts'
export { refusalOf, toChainError, type Refusal } from './read/refusal.ts'
export {
  TransactionQueue,
  type QueuedCall,
  type TransactionQueueOptions,
  type TransactionQueueParts,
} from './send/transaction-queue.ts'
