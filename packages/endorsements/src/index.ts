// Endorsements of TEE evidence, fetched from Intel and AMD and kept. Network, files.
export { ENDORSEMENT_ERROR_CODES, EndorsementError, type EndorsementErrorCode } from './error.ts'
export { systemClock, type Clock } from './clock.ts'
export { ENDORSEMENT_KINDS, type EndorsementKind } from './cache/entry.ts'
export {
  EndorsementClient,
  type AmdRequest,
  type AmdServerOptions,
  type EndorsementClientDependencies,
  type EndorsementClientOptions,
  type Fetched,
  type IntelRequest,
  type IntelServerOptions,
} from './endorsement-client.ts'
export { fetchEndorsements, type FetchEndorsementsOptions } from './fetch-endorsements.ts'
export type { AskLimits } from './fetch/ask.ts'
export type { ObtainOptions } from './fetch/fetcher.ts'
export type { Failure, Part } from './fetch/item.ts'
export {
  KDS_URL,
  VCEK_INTERVAL_MS,
  type AmdProduct,
  type AmdSigner,
  type AmdTcb,
} from './amd/kds.ts'
export type { EvaluationNumber, EvaluationNumbers } from './intel/evaluation-numbers.ts'
export {
  PCS_ROOT_CRL_URL,
  PCS_URL,
  type Evaluation,
  type IntelTee,
  type PckCa,
} from './intel/pcs.ts'
export type { StalenessEntry, StalenessState } from './staleness.ts'
