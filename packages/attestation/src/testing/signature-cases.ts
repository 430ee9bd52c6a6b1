// Signatures and what attackers make of them, as checks that every back end must judge alike. Node only, makes keys.
import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { SignatureCheck } from './signature-checks.ts'

export { wrongSignatureChecks, type SignatureCheck } from './signature-checks.ts'

const CURVES = {
  p256: {
    name: 'P-256',
    hash: 'sha256',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    bytes: 32,
  },
  p384: {
    name: 'P-384',
    hash: 'sha384',
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    prime:
      0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    bytes: 48,
  },
} as const
const MESSAGE = Buffer.from('what the key has signed')

/** All of them, for fresh keys of each kind. Takes some seconds for RSA of 4096 bits. */
export function signatureChecks(): SignatureCheck[] {
  return [...ecdsaChecks('p256'), ...ecdsaChecks('p384'), ...rsaChecks()]
}

type Change = Partial<Pick<SignatureCheck, 'key' | 'message' | 'signature' | 'holds' | 'kind'>>

function ecdsaChecks(kind: 'p256' | 'p384'): SignatureCheck[] {
  const { name: namedCurve, hash, order, prime, bytes } = CURVES[kind]
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  const signed = (message: Buffer) =>
    sign(hash, message, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('hex')
  const word = (value: bigint) => value.toString(16).padStart(2 * bytes, '0')
  const [x, y] = pointOf(publicKey)
  const signature = signed(MESSAGE)
  const [r, s] = [signature.slice(0, 2 * bytes), signature.slice(2 * bytes)]
  const largest = (1n << BigInt(8 * bytes)) - 1n
  const other = pointOf(generateKeyPairSync('ec', { namedCurve }).publicKey).join('')
  const sha512 = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  return checksOf(kind, x + y, signature, {
    'the other s': { signature: r + word(order - BigInt(`0x${s}`)), holds: true },
    'empty message': { message: '', signature: signed(Buffer.alloc(0)), holds: true },
    'long message': {
      message: '5a'.repeat(100_000),
      signature: signed(Buffer.alloc(100_000, 0x5a)),
      holds: true,
    },
    'r and s swapped': { signature: s + r },
    'r and s with a zero before each': { signature: `00${r}00${s}` },
    'another hash': { signature: sign('sha512', MESSAGE, sha512).toString('hex') },
    'in DER': { signature: sign(hash, MESSAGE, privateKey).toString('hex') },
    'another key': { key: other },
    'the other y': { key: x + word(prime - BigInt(`0x${y}`)) },
    'x and y swapped': { key: y + x },
    'point of zeros': { key: word(0n) + word(0n) },
    'x above the field': { key: word(largest) + y },
    'x is the prime': { key: word(prime) + y },
    'compressed point': { key: `02${x}` },
    'point with its tag': { key: `04${x}${y}` },
    ...Object.fromEntries(
      [0n, 1n, order - 1n, order, order + 1n, largest].flatMap((value) => [
        [`r is ${value}`, { signature: word(value) + s }],
        [`s is ${value}`, { signature: r + word(value) }],
        [`both are ${value}`, { signature: word(value) + word(value) }],
      ]),
    ),
  })
}

function rsaChecks(): SignatureCheck[] {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 4096 })
  const signed = (hash: string, saltLength: number, message = MESSAGE) =>
    sign(hash, message, {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength,
    }).toString('hex')
  const { n = '' } = publicKey.export({ format: 'jwk' })
  const modulus = Buffer.from(n, 'base64url').toString('hex')
  const signature = signed('sha384', 48)
  const word = (value: bigint) => value.toString(16).padStart(1024, '0')
  const pkcs1 = sign('sha384', MESSAGE, privateKey).toString('hex')
  const key = publicKey.export({ format: 'der', type: 'spki' }).toString('hex')
  const even = (BigInt(`0x${modulus}`) - 1n).toString(16)
  return checksOf('rsa', key, signature, {
    'empty message': {
      message: '',
      signature: signed('sha384', 48, Buffer.alloc(0)),
      holds: true,
    },
    'no salt': { signature: signed('sha384', 0) },
    'short salt': { signature: signed('sha384', 32) },
    'long salt': { signature: signed('sha384', 64) },
    'another hash': { signature: signed('sha256', 48) },
    'PKCS 1 version 1.5': { signature: pkcs1 },
    'signature of zero': { signature: word(0n) },
    'signature of one': { signature: word(1n) },
    'signature of the modulus': { signature: modulus },
    'signature below the modulus': { signature: even },
    'leading zero': { signature: `00${signature}` },
    'even modulus': { key: key.replace(modulus, even) },
    'no key': { key: '' },
  })
}

/** The genuine check, those changes of it, and every byte of key and signature changed. */
function checksOf(
  kind: SignatureCheck['kind'],
  key: string,
  signature: string,
  changes: Readonly<Record<string, Change>>,
): SignatureCheck[] {
  const message = MESSAGE.toString('hex')
  const genuine = { kind, key, message, signature, holds: true }
  const refused = (name: string, change: Change): SignatureCheck => ({
    ...genuine,
    holds: false,
    ...change,
    name: `${kind}: ${name}`,
  })
  return [
    { ...genuine, name: `${kind}: genuine` },
    ...Object.entries(changes).map(([name, change]) => refused(name, change)),
    refused('another message', { message: `${message}00` }),
    refused('no signature', { signature: '' }),
    refused('signature cut short', { signature: signature.slice(2) }),
    refused('signature with a byte more', { signature: `${signature}00` }),
    refused('key cut short', { key: key.slice(0, -2) }),
    refused('as a key of another kind', { kind: kind === 'p256' ? 'p384' : 'p256' }),
    ...changedBytes(signature).map((changed, at) =>
      refused(`byte ${at} of the signature`, { signature: changed }),
    ),
    // The outer bytes of an RSA key are read strictly before they come here.
    ...(kind === 'rsa' ? [] : changedBytes(key)).map((changed, at) =>
      refused(`byte ${at} of the key`, { key: changed }),
    ),
  ]
}

function changedBytes(hex: string): string[] {
  const bytes = Buffer.from(hex, 'hex')
  return [...bytes.keys()].map((at) => {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    return changed.toString('hex')
  })
}

/** Coordinates, as long as the field. */
function pointOf(key: KeyObject): [x: string, y: string] {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return [Buffer.from(x, 'base64url').toString('hex'), Buffer.from(y, 'base64url').toString('hex')]
}
