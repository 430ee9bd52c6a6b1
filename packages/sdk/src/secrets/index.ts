// Secrets of applications: sealed on the owner's machine, named on chain, kept and released by the dsecret nodes.
export { planGrant, planRemoveSecret, planRevoke, planRollBack, planSecret } from './changes.ts'
export type { NodeRefusal } from './node-call.ts'
export { publishSecret, type Published, type PublishOptions } from './publish.ts'
export {
  auditReceipts,
  type AuditedReceipt,
  type NodeReceipts,
  type ReceiptAudit,
  type ReceiptOptions,
} from './receipts.ts'
export type { NumberRange, ReceiptFault, ReceiptState, SignedReceipt } from './receipt-checks.ts'
export { readPostedRoots, type PostedRoot } from './receipt-roots.ts'
export {
  describeReader,
  listSecrets,
  type SecretReader,
  type SecretRecord,
  type SecretVersion,
} from './records.ts'
export { readerOf } from './reader-of.ts'
export {
  maxSecretBytes,
  sealSecret,
  type SealedVersion,
  type SecretInput,
  type SecretPolicy,
  type TeeClassName,
} from './seal.ts'
