// A simulated processor with SEV-SNP: chip id, keys by TCB, switches, sealing. Node only.
import { hkdfSync } from 'node:crypto'
import type { SnpProduct, SnpTcb } from '../../appraisal/claims.ts'
import { frame } from '../../binding/frame.ts'
import { bareHex, fromHex, toHex, utf8, type Hex } from '../../bytes.ts'
import { tcbText } from '../../evidence/sev-snp/tcb-version.ts'
import { P384Key } from '../ecdsa-key.ts'
import type { VekRequest } from './endorsements.ts'
import { launchSnpGuest, type SimulatedSnpGuest, type SimulatedSnpLaunch } from './guest.ts'
import { writeSnpReport } from './report-writer.ts'
import type { SnpSwitches } from './switches.ts'

/** A machine without hardware behind it; switches act on guests that run already, too. */
export type SimulatedSnpChip = {
  /** 64 bytes, of which Turin uses 8; the machine's name at the vendor. */
  readonly chipId: Hex
  /** What reports say now. */
  readonly reportedTcb: SnpTcb
  /** Starts a guest. Throws AttestationError `binding.invalid` or RangeError. */
  launch(launch: SimulatedSnpLaunch): SimulatedSnpGuest
  /** Changes the switches that are named; the others stay. */
  set(switches: Partial<SnpSwitches>): void
  /** Changes components of all four TCB versions: firmware is updated, or was never. */
  setTcb(tcb: Partial<SnpTcb>): void
  /** `set({ debug })`. */
  setDebug(debug: boolean): void
  /**
   * The vendor issues this chip's certificate anew under a serial number of its own and lists it.
   * Certificates issued before have none, as AMD's: no list can name them.
   */
  revoke(): void
  /**
   * 32 bytes that depend on chip, measurement and context. Throws AttestationError
   * `binding.invalid`.
   */
  sealingKey(measurement: Hex, context: string): Uint8Array
  /** Text for `SimulatedAmdVendor.restoreChip`. Holds the chip's secrets. */
  serialize(): string
}

/** What a chip needs of its vendor. */
export type SnpChipVendor = {
  readonly product: SnpProduct
  /** The cloud provider's key for a TCB. */
  vlek(tcb: SnpTcb): P384Key
  /** Hex of the chip id, without a prefix. */
  revoke(chipId: string): void
}

/** Format of saved chips. */
export const SNP_CHIP_FORMAT = 'wetee/simulated-snp-chip/v1'

const TURIN_ID_BYTES = 8

/** A chip from its seed (32 bytes), and the certificate that it needs now. */
export function makeSnpChip(
  vendor: SnpChipVendor,
  seed: Uint8Array,
  initial: SnpSwitches,
): { readonly chip: SimulatedSnpChip; readonly request: () => VekRequest } {
  const { product } = vendor
  const derive = (label: string, size: number) =>
    new Uint8Array(hkdfSync('sha256', seed, '', `${SNP_CHIP_FORMAT} ${label}`, size))
  const chipId = derive('chip id', 64)
  if (product === 'Turin') chipId.fill(0, TURIN_ID_BYTES)
  const sealingSecret = derive('sealing', 32)
  const anotherKey = new P384Key(seed, 'another key')
  let switches = initial
  const set = (changes: Partial<SnpSwitches>) => void (switches = { ...switches, ...changes })
  // As in hardware the key is one of chip and TCB: who rolls firmware back signs with another.
  const keyOf = ({ reportedTcb, signingKey }: SnpSwitches) =>
    signingKey === 'VLEK'
      ? vendor.vlek(reportedTcb)
      : new P384Key(seed, `VCEK ${tcbText(reportedTcb)}`)
  const chip: SimulatedSnpChip = {
    chipId: toHex(chipId),
    get reportedTcb() {
      return switches.reportedTcb
    },
    launch: (launch) =>
      launchSnpGuest(
        {
          vmpl: () => switches.vmpl,
          report: (content) =>
            writeSnpReport({ ...content, product, switches, chipId }, keyOf(switches), anotherKey),
        },
        launch,
      ),
    set,
    setTcb(tcb) {
      const { currentTcb, committedTcb, reportedTcb, launchTcb } = switches
      set({
        currentTcb: { ...currentTcb, ...tcb },
        committedTcb: { ...committedTcb, ...tcb },
        reportedTcb: { ...reportedTcb, ...tcb },
        launchTcb: { ...launchTcb, ...tcb },
      })
    },
    setDebug: (debug) => set({ debug }),
    revoke: () => vendor.revoke(bareHex(chipId)),
    sealingKey(measurement, context) {
      const identity = fromHex(measurement, 48, 'measurement')
      const info = frame('wetee/simulated-sealing/v1', identity, utf8(context))
      // HKDF takes at most 1024 bytes of info; the context is bounded here, not cut.
      if (info.length > 1024) throw new RangeError('context: expected at most 900 bytes')
      return new Uint8Array(hkdfSync('sha256', sealingSecret, '', info, 32))
    },
    serialize: () => JSON.stringify({ format: SNP_CHIP_FORMAT, seed: bareHex(seed), switches }),
  }
  return {
    chip,
    request: () => ({
      kind: switches.signingKey,
      key: keyOf(switches),
      product,
      tcb: switches.reportedTcb,
      chipId: switches.signingKey === 'VCEK' ? chipId : undefined,
    }),
  }
}
