// Records that an instance seals to its owner.
export { chainRecords, type RecordChain } from './chain.ts'
export { SealedLogError, type SealedLogErrorCode } from './error.ts'
export { decodeLines, encodeLine, encodeLines, type SealedLine } from './log-content.ts'
export {
  MAX_CONTENT_BYTES,
  MAX_RECORD_BYTES,
  NO_RECORD,
  openRecord,
  parseRecord,
  sealRecord,
  type ParsedRecord,
  type RecordHeader,
  type SealedRecord,
} from './record.ts'
export {
  openSnapshot,
  SnapshotSealer,
  type SnapshotEnd,
  type SnapshotHeader,
  type SnapshotPart,
} from './snapshot.ts'
