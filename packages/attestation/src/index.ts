// Strict verification of TEE evidence: bindings, documents, appraisal, policy. Pure.
export { ATTESTATION_ERROR_CODES, AttestationError, type AttestationErrorCode } from './error.ts'
export type { Hex } from './bytes.ts'
export { frame } from './binding/frame.ts'
export {
  configDigest,
  mrConfigId,
  nodeConfigDigest,
  type Configuration,
  type NodeConfiguration,
} from './binding/configuration.ts'
export { reportDataOf } from './binding/report-data.ts'
export { platformId, tdxMeasurementId } from './binding/identity.ts'
export { extendRtmr, imageEventDigest, replayImageEvents } from './binding/image-event.ts'
export { endorsementsDigest, evidenceDigest, trustStoreDigest } from './binding/content.ts'
export {
  ENDORSEMENT_FIELDS,
  parseEndorsements,
  type EndorsementField,
  type Endorsements,
} from './endorsement/endorsements.ts'
export type { InstanceSubject, NodeSubject, Subject } from './evidence/subject.ts'
export {
  MAX_EVIDENCE_BYTES,
  MAX_QUOTE_BYTES,
  parseEvidenceDocument,
  serializeEvidenceDocument,
  type EvidenceDocument,
  type ImageEvent,
} from './evidence/document.ts'
export { evidenceUri } from './evidence/evidence-uri.ts'
export type { TrustRoot, TrustStore } from './appraisal/trust-store.ts'
export { intelTrustStore } from './appraisal/intel-root.ts'
export type { ClaimFlag, Claims, TcbStatus } from './appraisal/claims.ts'
export { appraise, type Evidence } from './appraisal/appraise.ts'
export type { CryptoBackend } from './crypto/backend.ts'
export {
  developmentPolicy,
  evaluate,
  strictPolicy,
  type Policy,
  type PolicyCode,
  type Verdict,
} from './policy/policy.ts'
