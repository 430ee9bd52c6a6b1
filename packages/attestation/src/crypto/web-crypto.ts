// Signature checks by WebCrypto, which browsers, workers and Node have. No I/O.
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import type { CryptoBackend, KeyKind, PublicKey } from './backend.ts'

const UNCOMPRESSED = Uint8Array.of(4)
const IMPORT: Readonly<Record<KeyKind, EcKeyImportParams | RsaHashedImportParams>> = {
  p256: { name: 'ECDSA', namedCurve: 'P-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384' },
  rsa: { name: 'RSA-PSS', hash: 'SHA-384' },
}
const VERIFY: Readonly<Record<KeyKind, EcdsaParams | RsaPssParams>> = {
  p256: { name: 'ECDSA', hash: 'SHA-256' },
  p384: { name: 'ECDSA', hash: 'SHA-384' },
  rsa: { name: 'RSA-PSS', saltLength: 48 },
}
const POINT_BYTES = { p256: 64, p384: 96 } as const

/** The back end of browsers and workers (secure contexts only); works in Node too. */
export const platformCrypto: CryptoBackend = {
  async verify(key, message, signature, { keys } = {}) {
    // Insecure pages have no `subtle`, whatever the types say.
    const subtle = (globalThis.crypto as Partial<Crypto> | undefined)?.subtle
    if (subtle === undefined)
      throw new AttestationError(
        'crypto.unavailable',
        'WebCrypto is missing: expected a page served by https or from this machine',
      )
    if (key.kind !== 'rsa') {
      const size = POINT_BYTES[key.kind]
      if (key.bytes.length !== size || signature.length !== size) return false
    }
    let imported: CryptoKey
    try {
      const read = () => importKey(subtle, key)
      imported = await (keys?.read(key, read) ?? read())
    } catch {
      return false
    }
    return subtle.verify(VERIFY[key.kind], imported, concatBytes(signature), concatBytes(message))
  },
  sha256: (...parts) => sha256(concatBytes(...parts)),
}

function importKey(subtle: SubtleCrypto, { kind, bytes }: PublicKey): Promise<CryptoKey> {
  const [format, data] =
    kind === 'rsa'
      ? (['spki', concatBytes(bytes)] as const)
      : (['raw', concatBytes(UNCOMPRESSED, bytes)] as const)
  return subtle.importKey(format, data, IMPORT[kind], false, ['verify'])
}
