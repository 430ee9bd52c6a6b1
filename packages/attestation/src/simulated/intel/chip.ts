// A simulated processor: PPID, keys, TCB state, sealing. Node only.
import { hkdfSync } from 'node:crypto'
import { frame } from '../../binding/frame.ts'
import { bareHex, fromHex, toHex, utf8, type Hex } from '../../bytes.ts'
import { launchGuest, type SimulatedGuest, type SimulatedLaunch } from './guest.ts'
import { P256Key } from '../p256-key.ts'
import { writeQuote } from './quote-writer.ts'
import { svnsOf, type SimulatedTcb } from './tcb.ts'

/** A machine without hardware behind it; switches act on guests that run already, too. */
export type SimulatedChip = {
  /** 16 bytes; the machine's name at the vendor. */
  readonly ppid: Hex
  launch(launch: SimulatedLaunch): SimulatedGuest
  /** Puts the whole platform at a TCB level. */
  setTcb(state: SimulatedTcb): void
  setDebug(debug: boolean): void
  /** The vendor revokes this chip's certificates: collateral issued from now on says so. */
  revoke(): void
  /** 32 bytes that depend on chip, MRTD and context. Throws AttestationError `binding.invalid`. */
  sealingKey(mrtd: Hex, context: string): Uint8Array
  /** Text for `SimulatedVendor.restoreChip`. Holds the chip's secrets. */
  serialize(): string
}

/** What survives a restart. */
export type ChipState = { tcb: SimulatedTcb; debug: boolean }

/** What a chip needs of its vendor. */
export type ChipVendor = {
  /** PEM chain of the PCK certificate in a state. */
  pckChainPem(ppid: Uint8Array, publicKey: Uint8Array, state: SimulatedTcb): string
  revoke(ppid: Hex): void
}

/** A chip from its seed (32 bytes). */
export function makeChip(vendor: ChipVendor, seed: Uint8Array, initial: ChipState): SimulatedChip {
  const derive = (label: string, size: number) =>
    new Uint8Array(hkdfSync('sha256', seed, '', `wetee/simulated-chip/v1 ${label}`, size))
  const ppid = derive('ppid', 16)
  const pckKey = new P256Key(seed, 'PCK')
  const attestationKey = new P256Key(seed, 'attestation key')
  const sealingSecret = derive('sealing', 32)
  const state = { ...initial }
  const host = {
    debug: () => state.debug,
    quote(report: ReturnType<SimulatedGuest['report']>, reportData: Uint8Array) {
      const { sgx, tee } = svnsOf(state.tcb)
      return writeQuote({
        teeTcbSvn: tee,
        cpuSvn: sgx,
        debug: report.debug,
        mrtd: fromHex(report.mrtd, 48, 'mrtd'),
        mrConfigId: fromHex(report.mrConfigId, 48, 'mrConfigId'),
        rtmr: report.rtmr.map((register) => fromHex(register, 48, 'rtmr')),
        reportData,
        attestationKey,
        pckKey,
        pckChainPem: vendor.pckChainPem(ppid, pckKey.publicKey, state.tcb),
      })
    },
  }
  return {
    ppid: toHex(ppid),
    launch: (launch) => launchGuest(host, launch),
    setTcb: (tcb) => void (state.tcb = tcb),
    setDebug: (debug) => void (state.debug = debug),
    revoke: () => vendor.revoke(toHex(ppid)),
    sealingKey(mrtd, context) {
      const info = frame('wetee/simulated-sealing/v1', fromHex(mrtd, 48, 'mrtd'), utf8(context))
      // HKDF takes at most 1024 bytes of info; the context is bounded here, not cut.
      if (info.length > 1024) throw new RangeError('context: expected at most 900 bytes')
      return new Uint8Array(hkdfSync('sha256', sealingSecret, '', info, 32))
    },
    serialize: () =>
      JSON.stringify({ format: 'wetee/simulated-chip/v1', seed: bareHex(seed), ...state }),
  }
}
