// What both event logs have in common: the events of a boot, and registers compared with a quote.
// Pure.
import { sha384 } from '@noble/hashes/sha2.js'
import { extendRtmr } from '../../binding/image-event.ts'
import { equalBytes, fromHex, toHex, type Hex } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'

/** Run-time measurement registers of a TD, 48 bytes each. */
export type Rtmrs = readonly [Hex, Hex, Hex, Hex]

/**
 * An event that firmware, boot loader or kernel has extended a register by. The register vouches
 * for the order of the digests alone: `type` is the word of whoever wrote the log.
 */
export type BootEvent = {
  /** The RTMR that it extends. */
  readonly register: 0 | 1 | 2 | 3
  /** Event type of the TCG; not covered by the digest. */
  readonly type: number
  /** 48 bytes; what the register is extended by. */
  readonly digest: Hex
  /**
   * The event's data, for types whose digest is the SHA-384 of the data (`HASHED_TYPES`), and
   * checked to be. Undefined for all others.
   */
  readonly data: Uint8Array | undefined
  /** Data of other types: a note beside the digest that anybody could have changed. */
  readonly unprovenData: Uint8Array | undefined
}

/** Largest event log, bytes. */
export const MAX_LOG_BYTES = 1_048_576
/** Most events in a log. */
export const MAX_LOG_EVENTS = 4_096
/** Largest data of an event, bytes. */
export const MAX_EVENT_BYTES = 65_536

/**
 * Types whose digest is the hash of exactly the event's data, and nothing else in practice (TCG PC
 * Client Platform Firmware Profile, table of event types). Left out on purpose: images and blobs
 * (digest of the image), EV_IPL and EV_EVENT_TAG (boot loaders hash a part of the data),
 * EV_PLATFORM_CONFIG_FLAGS (TDX firmware logs a label) and EV_EFI_VARIABLE_BOOT (older firmware
 * hashes the variable's value alone).
 */
export const HASHED_TYPES: ReadonlySet<number> = new Set([
  0x0000_0004, // EV_SEPARATOR
  0x0000_0005, // EV_ACTION
  0x0000_0008, // EV_S_CRTM_VERSION
  0x8000_0001, // EV_EFI_VARIABLE_DRIVER_CONFIG
  0x8000_0006, // EV_EFI_GPT_EVENT
  0x8000_0007, // EV_EFI_ACTION
  0x8000_000c, // EV_EFI_VARIABLE_BOOT2
  0x8000_00e0, // EV_EFI_VARIABLE_AUTHORITY
])

/** Names of the registers in messages. */
const NAMES = ['RTMR0', 'RTMR1', 'RTMR2', 'RTMR3'] as const

/** RTMRs of a TD that nothing has extended. */
const ZERO: Hex = `0x${'00'.repeat(48)}`

/**
 * An event with its data where it can be proven. Throws AttestationError `event-log.differs` when
 * the data of a hashed type is not what the digest is of.
 */
export function bootEvent(
  register: BootEvent['register'],
  type: number,
  digest: Uint8Array,
  data: Uint8Array,
): BootEvent {
  const hashed = HASHED_TYPES.has(type)
  if (hashed && !equalBytes(sha384(data), digest))
    throw differs(`${NAMES[register]}, event of type 0x${type.toString(16)}: data is not its own`)
  return {
    register,
    type,
    digest: toHex(digest),
    data: hashed ? data : undefined,
    unprovenData: hashed ? undefined : data,
  }
}

/** RTMR0 to 3 after these extensions, in order, from zero. */
export function replay(
  extensions: readonly { readonly register: 0 | 1 | 2 | 3; readonly digest: Hex }[],
): Rtmrs {
  const rtmr: [Hex, Hex, Hex, Hex] = [ZERO, ZERO, ZERO, ZERO]
  for (const { register, digest } of extensions) rtmr[register] = extendRtmr(rtmr[register], digest)
  return rtmr
}

/**
 * Throws AttestationError `event-log.differs`, naming the first register in which a replayed log
 * and a quote differ, or `binding.invalid` for anything but four registers of 48 bytes.
 */
export function requireRtmrs(replayed: Rtmrs, quoted: Rtmrs): void {
  for (const [index, name] of NAMES.entries()) {
    const given = fromHex(quoted[index] ?? '', 48, name)
    const own = fromHex(replayed[index] ?? '', 48, name)
    if (!equalBytes(own, given))
      throw differs(`${name}: the log replays to ${toHex(own)}, the quote has ${toHex(given)}`)
  }
}

/** The log is readable, but not the one that the registers are of. */
export function differs(message: string): AttestationError {
  return new AttestationError('event-log.differs', `event log: ${message}`)
}

/** The log is not readable. */
export function malformedLog(message: string): AttestationError {
  return new AttestationError('event-log.malformed', `event log: ${message}`)
}
