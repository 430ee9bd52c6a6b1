// Signature checks by WebCrypto, which Node and browsers both have. No I/O.
import { concatBytes } from '../bytes.ts'
import type { CryptoBackend } from './backend.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const UNCOMPRESSED = Uint8Array.of(4)

/** The back end of Node (OpenSSL) and browsers (secure contexts only). */
export const webCrypto: CryptoBackend = {
  async verifyP256(publicKey, message, signature) {
    if (publicKey.length !== 64 || signature.length !== 64) return false
    const { subtle } = globalThis.crypto
    let key: CryptoKey
    try {
      const point = concatBytes(UNCOMPRESSED, publicKey)
      key = await subtle.importKey('raw', point, P256, false, ['verify'])
    } catch {
      return false
    }
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    return subtle.verify(algorithm, key, concatBytes(signature), concatBytes(message))
  },
}
