// A simulated processor: PPID, keys, switches, sealing. Node only.
import { hkdfSync } from 'node:crypto'
import { frame } from '../../binding/frame.ts'
import { bareHex, fromHex, toHex, utf8, type Hex } from '../../bytes.ts'
import { P256Key } from '../ecdsa-key.ts'
import { launchEnclave, type SimulatedEnclave, type SimulatedEnclaveLaunch } from './enclave.ts'
import {
  launchGuest,
  type SimulatedGuest,
  type SimulatedLaunch,
  type SimulatedReport,
  type TdxQuoteFormat,
} from './guest.ts'
import type { PckRequest } from './pki.ts'
import { writeQuote, type QuoteContent, type QuoteFormat } from './quote-writer.ts'
import { writeTdReport } from './report-writer.ts'
import { withChanges, writeSwitches, type SimulatedSwitches } from './switches.ts'
import { QUOTING_ENCLAVES, svnsOf, type SimulatedCa, type SimulatedTcb } from './tcb.ts'

/**
 * A machine without hardware behind it; switches act on guests and enclaves that run already, too.
 */
export type SimulatedChip = {
  /** 16 bytes; the machine's name at the vendor. */
  readonly ppid: Hex
  /** Starts a guest (TDX). Throws AttestationError `binding.invalid`. */
  launch(launch: SimulatedLaunch): SimulatedGuest
  /** Starts an enclave (SGX). Throws AttestationError `binding.invalid` or RangeError. */
  launchEnclave(launch: SimulatedEnclaveLaunch): SimulatedEnclave
  /** Changes the switches that are named; the others stay. */
  set(switches: Partial<SimulatedSwitches>): void
  /** Puts the whole platform at a TCB level; `set({ tcb })`. */
  setTcb(state: SimulatedTcb): void
  /** `set({ debug })`. */
  setDebug(debug: boolean): void
  /** The vendor revokes this chip's certificates: collateral issued from now on says so. */
  revoke(): void
  /** 32 bytes that depend on chip, MRTD and context. Throws AttestationError `binding.invalid`. */
  sealingKey(mrtd: Hex, context: string): Uint8Array
  /** Text for `SimulatedVendor.restoreChip`. Holds the chip's secrets. */
  serialize(): string
}

/** What survives a restart. */
export type ChipState = { readonly ca: SimulatedCa; readonly switches: SimulatedSwitches }

/** What a chip needs of its vendor. */
export type ChipVendor = {
  /** PEM chain of a PCK certificate. */
  pckChainPem(request: PckRequest): string
  revoke(ppid: Hex): void
}

/** A chip from its seed (32 bytes). */
export function makeChip(
  vendor: ChipVendor,
  seed: Uint8Array,
  { ca, switches: initial }: ChipState,
): SimulatedChip {
  const derive = (label: string, size: number) =>
    new Uint8Array(hkdfSync('sha256', seed, '', `wetee/simulated-chip/v1 ${label}`, size))
  const ppid = derive('ppid', 16)
  const pckKey = new P256Key(seed, 'PCK')
  const attestationKey = new P256Key(seed, 'attestation key')
  const sealingSecret = derive('sealing', 32)
  let switches = initial
  const set = (changes: Partial<SimulatedSwitches>) => void (switches = { ...switches, ...changes })
  const quote = (format: QuoteFormat, body: Uint8Array): Uint8Array => {
    const { tcb, faults } = switches
    const { sgx, pce } = platformSvns(switches)
    const request = { ppid, publicKey: pckKey.publicKey, tcb, svns: { sgx, pce }, ca, faults }
    const { isvSvn } = QUOTING_ENCLAVES[format.version === 3 ? 'sgx' : 'tdx']
    const content: QuoteContent = {
      format,
      body,
      cpuSvn: sgx,
      pceSvn: pce,
      qeSvn: switches.qeSvn ?? isvSvn,
      attestationKey,
      pckKey,
      pckChainPem: vendor.pckChainPem(request),
      faults: new Set(faults),
    }
    return writeQuote(content)
  }
  const debug = () => switches.debug
  return {
    ppid: toHex(ppid),
    launch: (launch) =>
      launchGuest(
        {
          debug,
          quote: (report, reportData, format) =>
            quote(format, tdReport(switches, report, reportData, format)),
        },
        launch,
      ),
    launchEnclave: (launch) =>
      launchEnclave(
        {
          debug,
          cpuSvn: () => platformSvns(switches).sgx,
          quote: (report) => quote({ version: 3 }, report),
        },
        launch,
      ),
    set,
    setTcb: (tcb) => set({ tcb }),
    setDebug: (value) => set({ debug: value }),
    revoke: () => vendor.revoke(toHex(ppid)),
    sealingKey(mrtd, context) {
      const info = frame('wetee/simulated-sealing/v1', fromHex(mrtd, 48, 'mrtd'), utf8(context))
      // HKDF takes at most 1024 bytes of info; the context is bounded here, not cut.
      if (info.length > 1024) throw new RangeError('context: expected at most 900 bytes')
      return new Uint8Array(hkdfSync('sha256', sealingSecret, '', info, 32))
    },
    serialize: () =>
      JSON.stringify({
        format: 'wetee/simulated-chip/v1',
        seed: bareHex(seed),
        ...(ca === 'platform' ? {} : { ca }),
        ...writeSwitches(switches),
      }),
  }
}

function platformSvns({ tcb, sgxSvns, pceSvn }: SimulatedSwitches) {
  const { sgx, pce } = svnsOf(tcb)
  return { sgx: withChanges(sgx, sgxSvns), pce: pceSvn ?? pce }
}

function tdReport(
  { tcb, teeSvns, teeSvnsAtLaunch, septVeDisable, serviceTd, faults }: SimulatedSwitches,
  report: SimulatedReport,
  reportData: Uint8Array,
  format: TdxQuoteFormat,
): Uint8Array {
  const { tee } = svnsOf(tcb)
  const content = {
    teeTcbSvn: withChanges(tee, teeSvns, teeSvnsAtLaunch),
    teeTcbSvnNow: withChanges(tee, teeSvns),
    debug: report.debug,
    septVeDisable,
    serviceTd,
    mrtd: fromHex(report.mrtd, 48, 'mrtd'),
    mrConfigId: fromHex(report.mrConfigId, 48, 'mrConfigId'),
    rtmr: report.rtmr.map((register) => fromHex(register, 48, 'rtmr')),
    reportData,
  }
  return writeTdReport(format.version === 5 ? format.td : '1.0', content, new Set(faults))
}
