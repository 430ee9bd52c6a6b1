// Signature checks by node:crypto, synchronous and without a change of threads. No I/O.
import { constants, createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { concatBytes } from '../bytes.ts'
import type { CryptoBackend, KeyKind, PublicKey } from './backend.ts'

/** DER of a SubjectPublicKeyInfo up to the coordinates (RFC 5480). */
const SPKI_PREFIX = {
  p256: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'),
  p384: Buffer.from('3076301006072a8648ce3d020106052b8104002203620004', 'hex'),
} as const
const POINT_BYTES = { p256: 64, p384: 96 } as const
const HASH: Readonly<Record<KeyKind, string>> = { p256: 'sha256', p384: 'sha384', rsa: 'sha384' }

/** The back end of Node (OpenSSL). */
export const platformCrypto: CryptoBackend = {
  verify({ kind, bytes }, message, signature) {
    if (kind !== 'rsa') {
      const size = POINT_BYTES[kind]
      if (bytes.length !== size || signature.length !== size) return false
    }
    let key: KeyObject
    try {
      key = readKey({ kind, bytes })
    } catch {
      return false
    }
    const options =
      kind === 'rsa'
        ? ({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 } as const)
        : ({ key, dsaEncoding: 'ieee-p1363' } as const)
    return verify(HASH[kind], message, options, signature)
  },
  sha256(...parts) {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return new Uint8Array(hash.digest())
  },
}

function readKey({ kind, bytes }: PublicKey): KeyObject {
  const der = kind === 'rsa' ? bytes : concatBytes(SPKI_PREFIX[kind], bytes)
  return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
}
