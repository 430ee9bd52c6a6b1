// Hybrid public key encryption (RFC 9180, base mode) to one reader.
export { SealingError, type SealingErrorCode } from './error.ts'
export {
  AnswerSealer,
  maxPieceBytes,
  openAnswer,
  openRequest,
  sealRequest,
  type OpenedRequest,
  type SealedRequest,
} from './sealed-exchange.ts'
export {
  makeReaderKeys,
  makeStoredReaderKeys,
  openBulkWith,
  openWith,
  readReaderKeys,
  sealBulkTo,
  sealTo,
} from './sealing.ts'
export type { ReaderKeys, Sealed } from './suite/suite.ts'
