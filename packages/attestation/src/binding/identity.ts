// Names of a machine and of what it measured: platformId and measurementId. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { fromHex, isZero, toHex, unsigned, utf8, type Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import { frame } from './frame.ts'

/**
 * `platformId` of a machine in a network, 32 bytes. Throws AttestationError `binding.invalid`,
 * also for a zero PPID.
 */
export function platformId(machine: {
  readonly platform: 'tdx'
  readonly chainId: bigint
  readonly subnet: Hex
  readonly ppid: Hex
}): Hex {
  const ppid = fromHex(machine.ppid, 16, 'ppid')
  if (isZero(ppid)) throw new AttestationError('binding.invalid', 'ppid: zero names no machine')
  return toHex(
    sha256(
      frame(
        'wetee/platform/v1',
        utf8(machine.platform),
        unsigned(machine.chainId, 32, 'chainId'),
        fromHex(machine.subnet, 20, 'subnet'),
        ppid,
      ),
    ),
  )
}

/**
 * `measurementId` of a TDX guest, 32 bytes, from registers of 48 bytes. Throws AttestationError
 * `binding.invalid`.
 */
export function tdxMeasurementId(guest: {
  readonly mrtd: Hex
  readonly rtmr0: Hex
  readonly rtmr1: Hex
  readonly rtmr2: Hex
}): Hex {
  return toHex(
    sha256(
      frame(
        'wetee/measurement/v1',
        utf8('tdx'),
        fromHex(guest.mrtd, 48, 'mrtd'),
        fromHex(guest.rtmr0, 48, 'rtmr0'),
        fromHex(guest.rtmr1, 48, 'rtmr1'),
        fromHex(guest.rtmr2, 48, 'rtmr2'),
      ),
    ),
  )
}
