// Encryption of one share for one member, under the point that the dealer's ephemeral key and the
// member's key share. Pure.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hkdf } from '@wetee/sealing/hashing'
import { SCALAR_BYTES, type Group, type Point, type SecretScalar } from '../group/group.ts'
import { frame } from '../transcript/transcript.ts'
import { contextOf, type Recipient, type Session } from './session.ts'

const KEY_BYTES = 32
const TAG_BYTES = 16
/** Each key encrypts once. */
const NONCE = new Uint8Array(12)

/** A share, encrypted. */
export const ENCRYPTED_SHARE_BYTES = SCALAR_BYTES + TAG_BYTES

/** Between whom a share goes, and the point that they have in common: secret. */
export type ShareChannel = {
  readonly session: Session
  readonly dealer: number
  readonly member: Recipient
  readonly ephemeral: Point
  readonly point: Point
}

/** Encrypts a share, 48 bytes. */
export function sealShare(group: Group, channel: ShareChannel, share: SecretScalar): Uint8Array {
  return withCipher(group, channel, (cipher) => cipher.encrypt(share))
}

/** Decrypts a share; undefined where it is not authentic, or no number from 1 to order-1. */
export function unsealShare(
  group: Group,
  channel: ShareChannel,
  encrypted: Uint8Array,
): SecretScalar | undefined {
  return withCipher(group, channel, (cipher) => {
    let bytes: Uint8Array | undefined
    try {
      bytes = cipher.decrypt(encrypted)
      return group.readSecret(bytes)
    } catch {
      return undefined
    } finally {
      bytes?.fill(0)
    }
  })
}

function withCipher<T>(
  group: Group,
  { session, dealer, member, ephemeral, point }: ShareChannel,
  use: (cipher: ReturnType<typeof chacha20poly1305>) => T,
): T {
  const context = contextOf(session, dealer, member.index)
  const keys = [ephemeral, member.encryptionKey].map((key) => group.encode(key))
  const info = frame('wetee/threshold/v1 share key', ...context, ...keys)
  const material = group.encode(point)
  const key = hkdf(material, info, KEY_BYTES)
  try {
    return use(chacha20poly1305(key, NONCE, frame('wetee/threshold/v1 share', ...context)))
  } finally {
    key.fill(0)
    material.fill(0)
  }
}
