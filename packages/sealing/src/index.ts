// Hybrid public key encryption (RFC 9180, base mode) to one reader.
export { SEALING_ERROR_CODES, SealingError, type SealingErrorCode } from './error.ts'
export {
  KEY_BYTES,
  SEALED_OVERHEAD_BYTES,
  makeReaderKeys,
  openWith,
  sealTo,
  type ReaderKeys,
  type Sealed,
} from './sealing.ts'
