// Strict verification of TEE evidence: bindings, documents, appraisal, policy. Pure.
export { ATTESTATION_ERROR_CODES, AttestationError, type AttestationErrorCode } from './error.ts'
export type { Hex } from './bytes.ts'
export { frame } from './binding/frame.ts'
export {
  configDigest,
  launchKeyOf,
  mrConfigId,
  nodeConfigDigest,
  type Configuration,
  type NodeConfiguration,
} from './binding/configuration.ts'
export {
  buildRecordDigest,
  canonicalRepository,
  commitWord,
  repositoryHash,
  type BuildRecord,
  type BuildRecordScope,
} from './binding/build-record.ts'
export {
  dueLaunch,
  initdataDocument,
  initdataLaunchField,
  type PodLaunch,
} from './binding/initdata.ts'
export { kataPolicy, type PodPermissions } from './binding/kata-policy.ts'
export { reportDataOf } from './binding/report-data.ts'
export {
  platformId,
  podMeasurementId,
  sgxMeasurementId,
  snpMeasurementId,
  tdxMeasurementId,
  type HardwareId,
} from './binding/identity.ts'
export {
  eventLogHolds,
  hardwareId,
  launchField,
  launchedWith,
  type LaunchClaims,
  type LaunchField,
} from './binding/launch.ts'
export { extendRtmr, imageEventDigest, replayImageEvents } from './binding/image-event.ts'
export {
  followUsage,
  USAGE_START,
  usageDigest,
  usageStatement,
  type ChainedUsage,
  type UsageBreak,
  type UsageSample,
  type UsageScope,
} from './binding/usage.ts'
export { endorsementsDigest, evidenceDigest, trustStoreDigest } from './binding/content.ts'
export {
  parseEndorsements,
  type Endorsements,
  type EndorsementsOf,
  type NitroEndorsements,
} from './endorsement/endorsements.ts'
export {
  INTEL_ENDORSEMENT_FIELDS,
  type IntelEndorsements,
} from './endorsement/intel/endorsements.ts'
export { AMD_ENDORSEMENT_FIELDS, type AmdEndorsements } from './endorsement/amd/endorsements.ts'
export type { InstanceSubject, NodeSubject, Subject } from './evidence/subject.ts'
export {
  MAX_EVIDENCE_BYTES,
  MAX_QUOTE_BYTES,
  parseEvidenceDocument,
  readEvidenceDocument,
  serializeEvidenceDocument,
  type DocumentPlatform,
  type EvidenceDocument,
  type ImageEvent,
} from './evidence/document.ts'
export {
  parseSgxQuote,
  parseTdxQuote,
  type QuoteProof,
  type SgxQuote,
  type TdxQuote,
} from './evidence/intel/quote.ts'
export type { EnclaveReport } from './evidence/intel/enclave-report.ts'
export type { TdReport } from './evidence/intel/td-report.ts'
export type { BootEvent, Rtmrs } from './evidence/event-log/boot-event.ts'
export { readCcel, replayCcel } from './evidence/event-log/ccel.ts'
export {
  dstackEventDigest,
  readDstackLog,
  replayDstackLog,
  type DstackEvent,
} from './evidence/event-log/dstack-log.ts'
export { parseNitroDocument, type NitroDocument } from './evidence/nitro/document.ts'
export {
  describeEvidence,
  type AmdNeeds,
  type EvidenceNeeds,
  type IntelNeeds,
  type NitroNeeds,
} from './evidence/describe-evidence.ts'
export { detectPlatform } from './evidence/detect.ts'
export { evidenceUri } from './evidence/evidence-uri.ts'
export type { TrustRoot, TrustStore } from './appraisal/trust-store.ts'
export { amdTrustStore } from './appraisal/roots/amd.ts'
export { intelTrustStore } from './appraisal/roots/intel.ts'
export { nitroTrustStore } from './appraisal/roots/nitro.ts'
export { vendorTrustStore } from './appraisal/roots/vendor.ts'
export { genuineTrustStores } from './appraisal/roots/genuine.ts'
export { AppraisalCache } from './appraisal/cache.ts'
export type {
  ClaimFlag,
  Claims,
  ClaimsOf,
  NitroClaims,
  Platform,
  SevSnpClaims,
  SgxClaims,
  SnpProduct,
  SnpTcb,
  TcbStatus,
  TdxClaims,
} from './appraisal/claims.ts'
export { appraise, type AppraiseOptions, type Evidence } from './appraisal/appraise.ts'
export { adviseTcb, type AdviseTcbOptions } from './appraisal/intel/advice.ts'
export type { TcbAdvice, TcbJudgement, TcbTolerance } from './appraisal/intel/advice.ts'
export type { LevelSummary, PartAdvice, Shortfall } from './appraisal/intel/part-advice.ts'
export type { Expiry } from './appraisal/intel/expiries.ts'
export { TCB_REMEDIES, type TcbRemedy } from './appraisal/intel/remedies.ts'
export {
  adviseSnpTcb,
  SNP_TCB_REMEDIES,
  type SnpShortfall,
  type SnpTcbAdvice,
  type SnpTcbRemedy,
} from './appraisal/sev-snp/advice.ts'
export type { CryptoBackend, KeyKind, PublicKey } from './crypto/backend.ts'
export {
  developmentPolicy,
  MAX_DENIED_PLATFORMS,
  MAX_GRACE_TCB_AGE_MS,
  offlinePolicy,
  POLICY_CODES,
  strictPolicy,
  type IntelPolicy,
  type Policy,
  type PolicyCode,
  type SevSnpPolicy,
  type TcbGrace,
} from './policy/policy.ts'
export { evaluate, type Refusal, type Verdict } from './policy/evaluate.ts'
export { MAX_POLICY_CHARACTERS, parsePolicy } from './policy/parse-policy.ts'
export { SNP_MINIMUM_TCB, snpLineOf, type SnpLine } from './policy/snp-minimum-tcb.ts'
export { FLAG_TEXTS } from './policy/flag-texts.ts'
export {
  matchReferenceValue,
  measurementIdOf,
  type Provenance,
  type ReferenceMatch,
  type ReferencePlatform,
  type ReferenceRegisters,
  type ReferenceValue,
} from './reference/reference-value.ts'
export {
  MAX_REFERENCE_CHARACTERS,
  MAX_REFERENCE_VALUES,
  parseReferenceValues,
} from './reference/parse-reference-values.ts'
