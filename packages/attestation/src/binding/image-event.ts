// Image events: what RTMR3 is extended by, and its replay from an event log. Pure.
import { sha384 } from '@noble/hashes/sha2.js'
import { concatBytes, fromHex, toHex, utf8, type Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import { frame } from './frame.ts'

const NO_EVENTS: Hex = `0x${'00'.repeat(48)}`
const DIGEST = /^sha256:[0-9a-f]{64}$/

/**
 * What RTMR3 is extended by for the image of a service, 48 bytes. Throws AttestationError
 * `binding.invalid`.
 */
export function imageEventDigest(service: string, manifestDigest: Hex): Hex {
  const digest = fromHex(manifestDigest, 32, 'manifestDigest')
  return toHex(sha384(frame('wetee/event/image/v1', utf8(service), digest)))
}

/**
 * A register after one extension: SHA-384(register || digest), 48 bytes. Throws AttestationError
 * `binding.invalid`.
 */
export function extendRtmr(register: Hex, digest: Hex): Hex {
  const parts = [fromHex(register, 48, 'register'), fromHex(digest, 48, 'digest')]
  return toHex(sha384(concatBytes(...parts)))
}

/**
 * RTMR3 after the image events of a log, in order, from zero. Throws AttestationError
 * `binding.invalid`.
 */
export function replayImageEvents(
  events: readonly { readonly service: string; readonly digest: string }[],
): Hex {
  return events.reduce<Hex>((register, { service, digest }) => {
    if (!DIGEST.test(digest))
      throw new AttestationError(
        'binding.invalid',
        'image event: expected sha256: and 64 hex digits',
      )
    return extendRtmr(register, imageEventDigest(service, `0x${digest.slice('sha256:'.length)}`))
  }, NO_EVENTS)
}
