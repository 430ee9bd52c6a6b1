// TLS identities and pinned connections.
export { TlsError, type TlsErrorCode } from './error.ts'
export { createCertificateRequest, createChallengeCertificate } from './certification.ts'
export { createTlsIdentity, tlsKeyHashOf, type Hex, type TlsIdentity } from './identity.ts'
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
