// SHA-256 in JavaScript: browsers have no other that answers at once. Pure.
export { sha256 } from '@noble/hashes/sha2.js'
