// Connections pinned to a key. Certificates are made in a package of their own.
export { TlsError, type TlsErrorCode } from './error.ts'
export { tlsKeyHashOf, type Hex } from './key-hash.ts'
export {
  connectPinned,
  type ConnectTarget,
  type ExpectedKey,
  type PinnedConnection,
} from './connection.ts'
export {
  requestPinned,
  streamPinned,
  type PinnedAnswer,
  type PinnedRequest,
  type PinnedStream,
} from './request.ts'
