// Encryption of one share for one member, under the point that the dealer's ephemeral key and the
// member's key share. Pure.
import { hkdf } from '@wetee/sealing/hashing'
import { SCALAR_BYTES, type Group, type Point, type SecretScalar } from '../group/group.ts'
import { frame } from '../transcript/transcript.ts'
import { contextOf, type Recipient, type Session } from './session.ts'

/** A share, encrypted. */
export const ENCRYPTED_SHARE_BYTES = SCALAR_BYTES

/** Between whom a share goes, and the point that they have in common: secret. */
export type ShareChannel = {
  readonly session: Session
  readonly dealer: number
  readonly member: Recipient
  readonly ephemeral: Point
  readonly point: Point
}

/**
 * Encrypts a share, 32 bytes. No tag: who sent it the board says, and whether it is right the commitments, which no tag could.
 */
export function sealShare(group: Group, channel: ShareChannel, share: SecretScalar): Uint8Array {
  return masked(group, channel, share)
}

/** Decrypts a share; undefined where it is no number from 1 to order-1. */
export function unsealShare(
  group: Group,
  channel: ShareChannel,
  encrypted: Uint8Array,
): SecretScalar | undefined {
  const bytes = masked(group, channel, encrypted)
  try {
    return group.readSecret(bytes)
  } catch {
    return undefined
  } finally {
    bytes.fill(0)
  }
}

/** Bytes under the mask of a channel, which serves one share alone. */
function masked(
  group: Group,
  { session, dealer, member, ephemeral, point }: ShareChannel,
  bytes: Uint8Array,
): Uint8Array {
  const context = contextOf(session, dealer, member.index)
  const keys = [ephemeral, member.encryptionKey].map((key) => group.encode(key))
  const info = frame('wetee/threshold/v1 share key', ...context, ...keys)
  const material = group.encode(point)
  const mask = hkdf(material, info, ENCRYPTED_SHARE_BYTES)
  material.fill(0)
  for (let at = 0; at < mask.length; at++) mask[at]! ^= bytes[at]!
  return mask
}
