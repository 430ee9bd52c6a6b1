// What the hardware says of a launch, whatever the platform: configuration, machine, images. Pure.
import type { ClaimsOf } from '../appraisal/claims.ts'
import { concatBytes, fromHex, isZero, toHex, type Hex } from '../bytes.ts'
import type { DocumentPlatform, ImageEvent } from '../evidence/document.ts'
import type { HardwareId } from './identity.ts'
import { replayImageEvents } from './image-event.ts'

/** Claims of the platforms that instances and machines of the network run on. */
export type LaunchClaims = ClaimsOf[DocumentPlatform]

const FIELDS = {
  tdx: { name: 'MRCONFIGID', size: 48 },
  'sev-snp': { name: 'HOST_DATA', size: 32 },
  sgx: { name: 'CONFIGID', size: 64 },
} as const

/** The field that the host sets at launch, and what a configuration makes of it. */
export type LaunchField = {
  /** The vendor's name of the field. */
  readonly name: (typeof FIELDS)[DocumentPlatform]['name']
  /** The configuration digest and zero bytes, at the size of the field: 48, 32 or 64 bytes. */
  readonly value: Hex
}

/**
 * The launch field for `configDigest` or `nodeConfigDigest` (32 bytes). Throws AttestationError
 * `binding.invalid`.
 */
export function launchField(platform: DocumentPlatform, digest: Hex): LaunchField {
  const { name, size } = FIELDS[platform]
  const bytes = fromHex(digest, 32, 'configuration digest')
  return { name, value: toHex(concatBytes(bytes, new Uint8Array(size - bytes.length))) }
}

/** The launch field as the hardware reports it. */
export function launchedWith(claims: LaunchClaims): Hex {
  switch (claims.platform) {
    case 'tdx':
      return claims.mrConfigId
    case 'sev-snp':
      return claims.hostData
    case 'sgx':
      return claims.configId
  }
}

/** The machine's name at its vendor; undefined where it is masked or zero. */
export function hardwareId(claims: LaunchClaims): HardwareId | undefined {
  if (claims.platform !== 'sev-snp') {
    const { platform, ppid } = claims
    return isZero(fromHex(ppid, 16, 'ppid')) ? undefined : { platform, ppid }
  }
  const { platform, chipId } = claims
  if (chipId === undefined || isZero(fromHex(chipId, 64, 'chipId'))) return undefined
  return { platform, chipId }
}

/**
 * Whether the hardware vouches for an event log: on TDX it replays to RTMR3; the others have no
 * register that a running guest could extend, so that there is nothing a log could be held against
 * and it must be empty.
 */
export function eventLogHolds(claims: LaunchClaims, eventLog: readonly ImageEvent[]): boolean {
  if (claims.platform !== 'tdx') return eventLog.length === 0
  return replayImageEvents(eventLog) === claims.rtmr[3]
}
