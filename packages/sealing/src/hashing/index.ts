// Hashes of secrets and of what is public, and where secrets are kept.
export { expand, extract, hkdf } from './hkdf.ts'
export { secretBytes, secretCopy } from './secret-bytes.ts'
export { sha256 } from '#sha256'
