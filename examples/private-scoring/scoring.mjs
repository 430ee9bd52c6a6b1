// Opens a sealed input (HPKE, RFC 9180) and scores it by a model of weights. No I/O.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke'

const suite = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
const INFO = new TextEncoder().encode('wetee/example/private-scoring/v1')
/** PKCS #8 of an X25519 key, without its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')
/** Every input is padded with blanks to so many bytes: its length says nothing. */
export const INPUT_BYTES = 256
const ENC_BYTES = 32
const TAG_BYTES = 16

/** Keys of 32 secret bytes; `publicKey` is what inputs are sealed to. */
export async function readKeys(secret) {
  const der = Buffer.concat([PKCS8, secret])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  const privateKey = await suite.DeserializePrivateKey(secret)
  return { publicKey, privateKey, key: await suite.DeserializePublicKey(publicKey) }
}

/**
 * The input that was sealed by this applicant for this contract: with any other address beside it, it does not open. Throws for
 * anything that is no such input.
 */
export async function openInput({ privateKey, key }, sealed, contract, applicant) {
  if (sealed.length !== ENC_BYTES + INPUT_BYTES + TAG_BYTES) throw new Error('size')
  const plain = await suite.Open(
    { privateKey, publicKey: key },
    sealed.subarray(0, ENC_BYTES),
    sealed.subarray(ENC_BYTES),
    { info: INFO, aad: Buffer.concat([contract, applicant]) },
  )
  const input = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain))
  plain.fill(0)
  return input
}

/** Reads a model: `{ "weights": { name: number }, "threshold": number }`, up to 32 weights. Throws for anything else. */
export function parseModel(text) {
  const { weights, threshold } = JSON.parse(text)
  const list = Object.entries(weights)
  if (list.length === 0 || list.length > 32 || !list.every(([, weight]) => Number.isFinite(weight)))
    throw new Error('model: expected 1 to 32 weights')
  if (!Number.isFinite(threshold)) throw new Error('model: expected a threshold')
  return { weights: list, threshold }
}

/** Whether the weighted sum reaches the threshold. Throws where an input lacks a number. */
export function approves({ weights, threshold }, input) {
  let score = 0
  for (const [name, weight] of weights) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined
    if (!Number.isFinite(value)) throw new Error('input')
    score += weight * value
  }
  return score >= threshold
}
