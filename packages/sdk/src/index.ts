// Deploy, watch, pay for and verify confidential applications; runs in browsers and Node.
export { SdkError, type ErrorDetails } from './error.ts'
export { openNetwork, requireAccount, type Network, type NetworkOptions } from './network.ts'
export type {
  AppRecord,
  AppState,
  Asset,
  Block,
  CloudParameters,
  ContractEvent,
  LeaseRecord,
  LiveKey,
  NetworkKey,
  NetworkReader,
  NodeRecord,
  NodeStatus,
  Prices,
  Quote,
  Resources,
  SubnetFacts,
  VersionRecord,
  WorkerRecord,
  WorkerStatus as WorkerState,
} from './reader.ts'
export { chainReader } from './chain-reader.ts'
export { resolveImageFromRegistry } from './registry.ts'
export { throughWorker } from './through-worker.ts'
export {
  fetchTransport,
  readBounded,
  type PinnedCalls,
  type Transport,
  type TransportAnswer,
  type TransportOptions,
} from './transport.ts'
export {
  formatAmount,
  formatDot,
  formatDuration,
  formatTime,
  isNative,
  nativeAsset,
  parseAmount,
  parseDot,
  perDay,
  weiGranularity,
} from './money.ts'
export { teeClassNames, unfitReasons, type Candidate } from './worker-choice.ts'
export { teeClassBits } from '@wetee/manifest'
export {
  makePlan,
  planDeploy,
  readCandidates,
  type DeployPlan,
  type ExistingApp,
  type PlanFacts,
  type PlanOptions,
  type ResolveImage,
} from './plan.ts'
export {
  applyPlan,
  deploy,
  deployCall,
  deployIntent,
  planTitle,
  type ApplyOptions,
  type DeployOptions,
  type DeployResult,
  type DeployStep,
} from './deploy.ts'
export { listApps, resolveApp, showApp, type AppDetails, type AppSummary } from './apps.ts'
export { startSteps, stepsDone, stepsText, type StartStep } from './start-steps.ts'
export { waitForApp, type ReadyApp, type WaitOptions, type WaitProgress } from './wait.ts'
export {
  assetOf,
  planTermination,
  planTopUp,
  settle,
  terminate,
  topUp,
  withdraw,
  type Settlement,
  type Termination,
} from './billing.ts'
export type { CallReceipt, CallSender, SendOptions } from './call-sender.ts'
export { addressOf } from './contract-address.ts'
export { abis, callOf, contractAt, type Call, type ContractName } from './contracts.ts'
export {
  carryOut,
  simulate,
  unsignedTransactions,
  type Cost,
  type Intent,
  type IntentResult,
  type UnsignedTransaction,
} from './intent.ts'
export { requireAddress } from './address.ts'
export { describePrices, noPrices, pricesPerSecond, type DayPrices } from './prices.ts'
export { cpuMilliOf, memoryMiBOf } from './resources.ts'
export {
  listAppRows,
  listNodeRows,
  listWorkerApps,
  listWorkerRows,
  readOverview,
  type AppRow,
  type LeasedApp,
  type NetworkOverview,
  type NodeRow,
  type WorkerRow,
} from './explore.ts'
export {
  nameOf,
  planBond,
  planStakeWithdrawal,
  planWithdrawalCancel,
  planWithdrawalRequest,
  readStake,
  type StakeHolder,
  type StakeRecord,
} from './stake.ts'
export {
  listWorkers,
  planAssetPrices,
  planDrain,
  planNotice,
  planShutdown,
  planWorkerRegistration,
  planWorkerUpdate,
  showWorker,
  type WorkerChanges,
  type WorkerDetails,
  type WorkerOffer,
} from './worker.ts'
export {
  listNodes,
  parseNodeKeys,
  planNodeKeys,
  planNodeRegistration,
  planNodeTermination,
  showNode,
  type NodeKeys,
  type NodeSummary,
} from './dsecret-node.ts'
export {
  followAlerts,
  readAlerts,
  type AlertOptions,
  type AlertPage,
  type AlertRecord,
} from './alerts.ts'
export {
  describeSession,
  maxOverlapSeconds,
  listEpochs,
  planCommittee,
  planKeyEnd,
  planRefresh,
  planRotation,
  readEpochs,
  sessionPhases,
  watchEpochs,
  type EpochRecord,
  type EpochState,
  type PastEpoch,
  type SessionPhase,
  type SessionRecord,
} from './epochs.ts'
export { readReferenceValues, type ReferenceRecord } from './reference-values.ts'
export { dsecretRole, workerRole } from './reader.ts'
export { planConfigure, planDrop, planPause, planResume, planScale } from './app-changes.ts'
export {
  foreverSeconds,
  planCap,
  planFreeze,
  planGuardian,
  planTake,
  planTransfer,
} from './app-rules.ts'
export {
  planDeployKey,
  planRevokeDeployKey,
  readDeployKeys,
  requireDeployKey,
  type DeployKey,
  type DeployKeyLimits,
} from './deploy-keys.ts'
export { parseBuildRecord, planRecordBuild, type SignedBuildRecord } from './build-records.ts'
export { planMigration, type MigrateOptions } from './migrate.ts'
export { readAppHistory, reasonOf, type HistoryEntry } from './app-history.ts'
export {
  evidenceDigest,
  listComplaints,
  planAnswer,
  planComplaint,
  planDismiss,
  planReject,
  planUphold,
  showComplaint,
  type ComplaintDetails,
  type ComplaintInput,
  type ComplaintRecord,
  type ComplaintStatus,
} from './complaint.ts'
export * from './secrets/index.ts'
export {
  applicationDigest,
  challengeDigest,
  recoverApplicationSigner,
  recoverChallengeSigner,
} from './instance-statements.ts'
export { planWithdrawal, readCredits, type Credits } from './credits.ts'
export { planBudget, readBudget, type Budget, type BudgetChanges } from './budget.ts'
export * from './dao/index.ts'
export { appMetrics, type AppMetrics, type MetricRow, type MetricsOptions } from './app-metrics.ts'
export { openWorkerSession, type WorkerSession } from './owner-json.ts'
export {
  appUsage,
  verifyUsage,
  type AppUsage,
  type UsageCheck,
  type UsageReport,
  type UsageTotals,
} from './app-usage.ts'
export type { OwnedInstance } from './owner/channel.ts'
export { grantViewer, revokeViewer, viewers, type InstanceViewer } from './owner/viewers.ts'
export { openOwnerSessions, type OwnerOptions, type OwnerSession } from './owner/session.ts'
export {
  instanceEvents,
  instanceExceptions,
  instanceFailure,
  instanceFailures,
  logs,
  type FailureBundle,
  type InstanceEvent,
  type InstanceException,
  type LogLine,
  type LogOptions,
} from './owner/calls.ts'
export { doctor, type DoctorOptions } from './doctor.ts'
export type { Finding } from './finding.ts'
export { workerFindings } from './worker-health.ts'
export { keyNetworkFindings, nodeFindings } from './committee-health.ts'
export { readEarnings, type AssetEarnings, type Earnings } from './earnings.ts'
export {
  evidencePath,
  fetchEvidence,
  fetchRelayedEvidence,
  verify,
  verifyEvidence,
  type EvidenceOptions,
  type FetchedEvidence,
  type VerifyOptions,
} from './verify/verify.ts'
export { instanceAddress } from './verify/chain-checks.ts'
export {
  verifyStepIds,
  verifyTitles,
  type Proof,
  type VerifyReport,
  type VerifyStep,
  type VerifyStepId,
} from './verify/report.ts'
export type {
  AppStatus,
  Condition,
  InstanceStatus,
  VersionStatus,
  WorkerStatus,
} from './worker-api.ts'
export { planMisconductReport } from './misconduct.ts'
export * from './bridge/index.ts'
export { callApi, type KnownApi } from './bridge/call-api.ts'
