// Keys with their certificates, and requests for certificates: made here, checked in @wetee/tls.
export { createCertificateRequest, createChallengeCertificate } from './certification.ts'
export { CertificateError } from './error.ts'
export { createTlsIdentity, type TlsIdentity } from './identity.ts'
