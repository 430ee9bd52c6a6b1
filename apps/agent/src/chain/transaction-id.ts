// What a transaction of an application is called on chain. Pure.
import { createHash } from 'node:crypto'
import { frame } from '@wetee/attestation'

/**
 * The Forwarder's number of a transaction, 32 bytes of hex: SHA-256 of `frame("wetee/transaction/v1", key)`. The application's key alone
 * decides, so that the same key is forwarded once at most, whichever instance has signed and however often.
 */
export function transactionId(key: string): `0x${string}` {
  const bytes = frame('wetee/transaction/v1', new TextEncoder().encode(key))
  return `0x${createHash('sha256').update(bytes).digest('hex')}`
}
