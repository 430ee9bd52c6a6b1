// What secrets are made of: policies, sealed secrets, requests, answers and receipts. Pure.
export { SECRETS_ERROR_CODES, SecretsError, type SecretsErrorCode } from './error.ts'
export { fromBase64, toBase64 } from './base64.ts'
export type { Hex } from './fields.ts'
export {
  MAX_POLICY_BYTES,
  MAX_POLICY_MEASUREMENTS,
  parsePolicy,
  policyDigest,
  policyProblem,
  serializePolicy,
  type Policy,
  type ReaderFacts,
} from './policy.ts'
export {
  MAX_SEALED_SECRET_BYTES,
  encodeSealedSecret,
  parseSealedSecret,
  type ParsedSealedSecret,
  type SealedSecret,
} from './sealed-secret.ts'
export {
  MAX_RELEASE_KEYS,
  MAX_RELEASE_SECRETS,
  UNKNOWN_DIGEST,
  parseReleaseItems,
  readReleaseItems,
  releaseItemsDigest,
  type ReleaseItems,
  type SecretItem,
} from './items.ts'
export {
  encodeAnswer,
  parseAnswer,
  replyInfo,
  type ReleaseAnswer,
  type ReplyContext,
} from './reply.ts'
export {
  merkleProof,
  merkleRoot,
  parseReceipt,
  receiptLeaf,
  receiptStatement,
  serializeReceipt,
  verifyMerkleProof,
  type Receipt,
  type ReceiptItem,
  type ReceiptPlace,
} from './receipt.ts'
export {
  MAX_MISCONDUCT_CHARACTERS,
  parseMisconduct,
  serializeMisconduct,
  type Misconduct,
  type WrongRelease,
} from './misconduct.ts'
