// A simulated AMD: ARK, ASK, ASVK, revocation list, chips of one product. Everything follows from
// its seed. Node only.
import { randomBytes } from 'node:crypto'
import type { SnpProduct, SnpTcb } from '../../appraisal/claims.ts'
import { bareHex } from '../../bytes.ts'
import type { AmdEndorsements } from '../../endorsement/amd/endorsements.ts'
import type { VekKind } from '../../endorsement/amd/vek-extensions.ts'
import { tcbText } from '../../evidence/sev-snp/tcb-version.ts'
import { toPem } from '../certificates.ts'
import { P384Key } from '../ecdsa-key.ts'
import { checkSeed, malformedState, readSavedState, SEED_BYTES } from '../saved-state.ts'
import { makeSnpChip, SNP_CHIP_FORMAT, type SimulatedSnpChip } from './chip.ts'
import { makeAmdPki, type SnpEndorsementOptions, type VekRequest } from './endorsements.ts'
import { newSwitches, readSwitches, type SnpSwitches } from './switches.ts'

/**
 * A vendor. Its root says "Simulated"; only a trust store that lists it as simulated can hold it.
 */
export type SimulatedAmdVendor = {
  readonly rootDer: Uint8Array
  readonly rootPem: string
  readonly name: string
  readonly product: SnpProduct
  /**
   * The certificate that a chip needs as it is now, and what the vendor issues with it at `atMs`
   * (milliseconds); the list is valid from an hour before to 90 days after. Throws RangeError for a
   * chip of another vendor.
   */
  endorsements(
    chip: SimulatedSnpChip,
    atMs: number,
    options?: SnpEndorsementOptions,
  ): AmdEndorsements
  /** A chip; the same seed (32 bytes) gives the same chip. */
  createChip(options?: { readonly seed?: Uint8Array }): SimulatedSnpChip
  /** Throws AttestationError `simulated.malformed`. */
  restoreChip(text: string): SimulatedSnpChip
  /** Lists the CA of all VCEKs, or of all VLEKs, from now on. */
  revokeAsk(kind?: VekKind): void
  /** Text for `restoreSimulatedAmdVendor`. Holds the vendor's secrets. */
  serialize(): string
}

const NAME = 'Simulated TEE vendor'
const FORMAT = 'wetee/simulated-amd-vendor/v1'
const PRODUCTS: readonly SnpProduct[] = ['Milan', 'Genoa', 'Turin']
const KINDS: readonly VekKind[] = ['VCEK', 'VLEK']

type VendorState = {
  readonly seed: Uint8Array
  readonly product: SnpProduct
  readonly createdAtMs: number
  readonly revokedChips: Set<string>
  readonly revokedAsks: Set<VekKind>
}

/**
 * A new vendor whose certificates are valid from a day before `atMs` (milliseconds). Takes some
 * tenths of a second.
 */
export function createSimulatedAmdVendor(options: {
  readonly seed?: Uint8Array
  readonly atMs: number
  readonly product?: SnpProduct
}): SimulatedAmdVendor {
  const seed = checkSeed(options.seed ?? randomBytes(SEED_BYTES))
  const { atMs: createdAtMs, product = 'Milan' } = options
  return makeVendor({
    seed,
    product,
    createdAtMs,
    revokedChips: new Set(),
    revokedAsks: new Set(),
  })
}

/**
 * The vendor of a text that `serialize` wrote, with the same keys and root. Throws
 * AttestationError `simulated.malformed`.
 */
export function restoreSimulatedAmdVendor(text: string): SimulatedAmdVendor {
  const { seed, createdAtMs, product: name, ...revoked } = readSavedState(text, FORMAT)
  const product = PRODUCTS.find((known) => known === name)
  const { revokedChips: chips, revokedAsks: asks } = revoked
  if (product === undefined || !Number.isSafeInteger(createdAtMs))
    throw malformedState('expected product and createdAtMs')
  if (!Array.isArray(chips) || !chips.every(isChipId)) throw malformedState('revokedChips')
  if (!Array.isArray(asks) || !asks.every(isKind)) throw malformedState('revokedAsks')
  return makeVendor({
    seed,
    product,
    createdAtMs: createdAtMs as number,
    revokedChips: new Set(chips),
    revokedAsks: new Set(asks),
  })
}

function makeVendor(state: VendorState): SimulatedAmdVendor {
  const { seed, product, createdAtMs, revokedChips, revokedAsks } = state
  const pki = makeAmdPki(seed, product, createdAtMs)
  const requests = new WeakMap<SimulatedSnpChip, () => VekRequest>()
  const chipVendor = {
    product,
    vlek: (tcb: SnpTcb) => new P384Key(seed, `VLEK ${tcbText(tcb)}`),
    revoke: (chipId: string) => void revokedChips.add(chipId),
  }
  const add = (chipSeed: Uint8Array, switches: SnpSwitches) => {
    const { chip, request } = makeSnpChip(chipVendor, chipSeed, switches)
    requests.set(chip, request)
    return chip
  }
  return {
    rootDer: pki.rootDer,
    rootPem: toPem(pki.rootDer),
    name: NAME,
    product,
    endorsements(chip, atMs, options) {
      const request = requests.get(chip)
      if (request === undefined) throw new RangeError('chip: of another vendor')
      const revoked = { chips: revokedChips, asks: revokedAsks }
      return pki.endorsements(request(), revoked, atMs, options)
    },
    createChip: ({ seed: given } = {}) =>
      add(checkSeed(given ?? randomBytes(SEED_BYTES)), newSwitches(product)),
    restoreChip(text) {
      const { seed: given, switches: saved } = readSavedState(text, SNP_CHIP_FORMAT)
      const switches = readSwitches(saved, product)
      if (switches === undefined) throw malformedState(`expected switches of a ${product}`)
      return add(given, switches)
    },
    revokeAsk: (kind = 'VCEK') => void revokedAsks.add(kind),
    serialize: () =>
      JSON.stringify({
        format: FORMAT,
        seed: bareHex(seed),
        product,
        createdAtMs,
        revokedChips: [...revokedChips],
        revokedAsks: [...revokedAsks],
      }),
  }
}

function isChipId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{128}$/.test(value)
}

function isKind(value: unknown): value is VekKind {
  return KINDS.some((kind) => kind === value)
}
