// Algorithms of certificates and lists: which keys and signatures are read at all. Pure.
import { parseBareHex } from '../bytes.ts'
import type { KeyKind, PublicKey } from '../crypto/backend.ts'
import { malformed, readWhole, TAG, type DerReader } from '../der/reader.ts'
import {
  ecdsaSignature,
  integerBytes,
  objectIdentifier,
  smallInteger,
  wholeBits,
} from '../der/values.ts'

const OID = {
  ecPublicKey: '1.2.840.10045.2.1',
  prime256v1: '1.2.840.10045.3.1.7',
  secp384r1: '1.3.132.0.34',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  ecdsaSha384: '1.2.840.10045.4.3.3',
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsassaPss: '1.2.840.113549.1.1.10',
} as const

/** Bytes of r, and of x. */
const CURVE_BYTES = { p256: 32, p384: 48 } as const
/** RSA: 4096 bits and the exponent 65537, as AMD has them; nothing else is read. */
const RSA_BYTES = 512
const RSA_EXPONENT = 65_537
/**
 * RSASSA-PSS-params (RFC 4055) of SHA-384, MGF1 of SHA-384 and 48 bytes of salt; AMD's older
 * certificates spell out the default trailer as well.
 */
const PSS_PARAMETERS =
  'a00f300d06096086480165030402020500a11c301a06092a864886f70d010108' +
  '300d06096086480165030402020500a203020130'
const PSS_CONTENTS = [PSS_PARAMETERS, `${PSS_PARAMETERS}a303020101`].map(parseBareHex)

/**
 * Reads an AlgorithmIdentifier of a signature and returns the kind of key that makes such. Throws
 * AttestationError `der.malformed`.
 */
export function readSignatureKind(reader: DerReader): KeyKind {
  const algorithm = reader.enter()
  const oid = objectIdentifier(algorithm.read(TAG.objectIdentifier))
  if (oid === OID.rsassaPss) {
    const { content } = algorithm.read(TAG.sequence)
    algorithm.end()
    const known = PSS_CONTENTS.some(
      (expected) =>
        expected?.length === content.length && expected.every((b, i) => b === content[i]),
    )
    if (!known)
      throw malformed('RSASSA-PSS with parameters other than SHA-384 and 48 bytes of salt')
    return 'rsa'
  }
  algorithm.end()
  if (oid === OID.ecdsaSha256) return 'p256'
  if (oid === OID.ecdsaSha384) return 'p384'
  throw malformed(`signature algorithm ${oid} is none of those that are read`)
}

/**
 * Reads the BIT STRING of a signature of this kind: r||s, or the RSA value. Throws
 * AttestationError `der.malformed`.
 */
export function readSignature(reader: DerReader, kind: KeyKind): Uint8Array {
  const bytes = wholeBits(reader.read(TAG.bitString))
  if (kind !== 'rsa') return ecdsaSignature(bytes, CURVE_BYTES[kind])
  if (bytes.length !== RSA_BYTES) throw malformed(`RSA signature of ${bytes.length} bytes`)
  return bytes
}

/** Reads a SubjectPublicKeyInfo. Throws AttestationError `der.malformed`. */
export function readPublicKey(reader: DerReader): PublicKey {
  const { bytes } = reader.read(TAG.sequence)
  const info = readWhole(bytes)
  const algorithm = info.enter()
  const oid = objectIdentifier(algorithm.read(TAG.objectIdentifier))
  if (oid === OID.rsaEncryption) {
    if (algorithm.read(TAG.null).content.length > 0) throw malformed('NULL with content')
    algorithm.end()
    checkRsaKey(wholeBits(info.read(TAG.bitString)))
    info.end()
    return { kind: 'rsa', bytes }
  }
  const curve = objectIdentifier(algorithm.read(TAG.objectIdentifier))
  algorithm.end()
  const kind = curve === OID.prime256v1 ? 'p256' : 'p384'
  if (oid !== OID.ecPublicKey || (kind === 'p384' && curve !== OID.secp384r1))
    throw malformed(`key of kind ${oid} ${curve}, expected P-256, P-384 or RSA`)
  const point = wholeBits(info.read(TAG.bitString))
  info.end()
  if (point.length !== 1 + 2 * CURVE_BYTES[kind] || point[0] !== 4)
    throw malformed('expected an uncompressed point')
  return { kind, bytes: point.subarray(1) }
}

function checkRsaKey(der: Uint8Array): void {
  const key = readWhole(der)
  const modulus = integerBytes(key.read(TAG.integer))
  const exponent = smallInteger(key.read(TAG.integer))
  key.end()
  // A leading zero keeps a modulus whose top bit is set positive.
  if (modulus.length !== RSA_BYTES + 1 || exponent !== RSA_EXPONENT)
    throw malformed('expected an RSA key of 4096 bits with the exponent 65537')
}
