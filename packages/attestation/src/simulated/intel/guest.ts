// A guest (TD) on a simulated chip: its registers and its quotes. Node only.
import { extendRtmr } from '../../binding/image-event.ts'
import { fromHex, toHex, utf8, type Hex } from '../../bytes.ts'
import { sha384 } from '@noble/hashes/sha2.js'
import type { QuoteFormat } from './quote-writer.ts'

/** Formats of TDX quotes. */
export type TdxQuoteFormat = Exclude<QuoteFormat, { readonly version: 3 }>

/** What a host sets at launch: 48 bytes each. */
export type SimulatedLaunch = { readonly mrtd: Hex; readonly mrConfigId: Hex }

/** A local report. */
export type SimulatedReport = {
  readonly mrConfigId: Hex
  readonly mrtd: Hex
  readonly rtmr: readonly [Hex, Hex, Hex, Hex]
  readonly debug: boolean
}

/** A running guest. */
export type SimulatedGuest = {
  report(): SimulatedReport
  /**
   * Extends register 0 to 3 by 48 bytes. Throws RangeError or AttestationError `binding.invalid`.
   */
  extend(register: number, digest: Hex): void
  /**
   * A TDX quote over 64 bytes, of version 4 unless another is asked for. Throws AttestationError
   * `binding.invalid`.
   */
  quote(reportData: Hex, format?: TdxQuoteFormat): Uint8Array
}

/**
 * RTMR0 to 2 of every simulated guest at launch: the same firmware settings, kernel and command
 * line.
 */
export const SIMULATED_RTMRS: readonly [Hex, Hex, Hex] = [
  toHex(sha384(utf8('Simulated firmware configuration'))),
  toHex(sha384(utf8('Simulated kernel'))),
  toHex(sha384(utf8('Simulated command line and initrd'))),
]

/** What a guest needs of the chip it runs on. */
export type GuestHost = {
  debug(): boolean
  quote(report: SimulatedReport, reportData: Uint8Array, format: TdxQuoteFormat): Uint8Array
}

/**
 * Starts a guest. Throws AttestationError `binding.invalid` for registers that are not 48 bytes.
 */
export function launchGuest(host: GuestHost, launch: SimulatedLaunch): SimulatedGuest {
  const mrtd = toHex(fromHex(launch.mrtd, 48, 'mrtd'))
  const mrConfigId = toHex(fromHex(launch.mrConfigId, 48, 'mrConfigId'))
  const rtmr: [Hex, Hex, Hex, Hex] = [...SIMULATED_RTMRS, `0x${'00'.repeat(48)}`]
  const report = (): SimulatedReport => ({
    mrConfigId,
    mrtd,
    rtmr: [...rtmr],
    debug: host.debug(),
  })
  return {
    report,
    extend(register, digest) {
      const value = rtmr[register]
      if (value === undefined) throw new RangeError(`register ${register}: expected 0 to 3`)
      rtmr[register] = extendRtmr(value, digest)
    },
    quote: (reportData, format = { version: 4 }) =>
      host.quote(report(), fromHex(reportData, 64, 'reportData'), format),
  }
}
