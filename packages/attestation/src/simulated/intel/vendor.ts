// A simulated hardware vendor: PKI, TCB info, QE identity, CRLs, chips. Everything follows from
// its seed. Node only.
import { randomBytes } from 'node:crypto'
import { bareHex, parseBareHex, type Hex } from '../../bytes.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import { AttestationError } from '../../error.ts'
import { parseJson } from '../../json.ts'
import { toPem } from '../certificates.ts'
import { makeChip, type SimulatedChip } from './chip.ts'
import { issueCollateral, type CollateralOptions } from './collateral.ts'
import { makePki, type PckRequest } from './pki.ts'
import { NO_SWITCHES, readSwitches } from './switches.ts'
import type { SimulatedCa } from './tcb.ts'

/**
 * A vendor. Its root says "Simulated"; only a trust store that lists it as simulated can hold it.
 */
export type SimulatedVendor = {
  readonly rootDer: Uint8Array
  readonly rootPem: string
  readonly name: string
  /**
   * Collateral as the vendor issues it at `atMs` (milliseconds): valid from an hour before to 30
   * days after, for TDX and machines of the Platform CA unless the options say otherwise.
   */
  collateral(atMs: number, options?: CollateralOptions): IntelEndorsements
  /**
   * A chip; the same seed (32 bytes) gives the same chip. Its certificates are by the Platform CA
   * (machines of several processors) or the Processor CA.
   */
  createChip(options?: { readonly seed?: Uint8Array; readonly ca?: SimulatedCa }): SimulatedChip
  /** Throws AttestationError `simulated.malformed`. */
  restoreChip(text: string): SimulatedChip
  /** Text for `restoreSimulatedVendor`. Holds the vendor's secrets. */
  serialize(): string
}

const NAME = 'Simulated TEE vendor'
const FORMAT = 'wetee/simulated-vendor/v1'
const CHIP_FORMAT = 'wetee/simulated-chip/v1'
const SEED_BYTES = 32
const MAX_STATE_CHARACTERS = 1_048_576
const MAX_CHAINS = 4096

type VendorState = {
  readonly seed: Uint8Array
  readonly createdAtMs: number
  readonly revoked: Set<Hex>
}

/**
 * A new vendor whose certificates are valid from a day before `atMs` (milliseconds). Takes some
 * milliseconds.
 */
export function createSimulatedVendor(options: {
  readonly seed?: Uint8Array
  readonly atMs: number
}): SimulatedVendor {
  const seed = checkSeed(options.seed ?? randomBytes(SEED_BYTES))
  return makeVendor({ seed, createdAtMs: options.atMs, revoked: new Set() })
}

/**
 * The vendor of a text that `serialize` wrote, with the same keys and root. Throws
 * AttestationError `simulated.malformed`.
 */
export function restoreSimulatedVendor(text: string): SimulatedVendor {
  const { seed, createdAtMs, revoked } = readState(text, FORMAT)
  if (!Number.isSafeInteger(createdAtMs) || !Array.isArray(revoked) || !revoked.every(isPpid))
    throw malformed('expected createdAtMs and revoked')
  return makeVendor({
    seed,
    createdAtMs: createdAtMs as number,
    revoked: new Set(revoked),
  })
}

function makeVendor({ seed, createdAtMs, revoked }: VendorState): SimulatedVendor {
  const pki = makePki(seed, createdAtMs)
  const chains = new Map<string, string>()
  const chipVendor = {
    pckChainPem(request: PckRequest) {
      const { ppid, publicKey, ...rest } = request
      const id = JSON.stringify([bareHex(ppid), bareHex(publicKey), rest])
      const chain = chains.get(id) ?? pki.pckChainPem(request)
      if (chains.size < MAX_CHAINS) chains.set(id, chain)
      return chain
    },
    revoke: (ppid: Hex) => void revoked.add(ppid),
  }
  return {
    rootDer: pki.rootDer,
    rootPem: toPem(pki.rootDer),
    name: NAME,
    collateral: (atMs, options) => issueCollateral(pki, revoked, atMs, options),
    createChip: ({ seed: given, ca = 'platform' } = {}) =>
      makeChip(chipVendor, checkSeed(given ?? randomBytes(SEED_BYTES)), {
        ca,
        switches: NO_SWITCHES,
      }),
    restoreChip(text) {
      const { format: _, seed: given, ca = 'platform', ...rest } = readState(text, CHIP_FORMAT)
      const switches = readSwitches(rest)
      if (switches === undefined || (ca !== 'platform' && ca !== 'processor'))
        throw malformed('expected tcb, debug and other switches')
      return makeChip(chipVendor, given, { ca, switches })
    },
    serialize: () =>
      JSON.stringify({
        format: FORMAT,
        seed: bareHex(seed),
        createdAtMs,
        revoked: [...revoked],
      }),
  }
}

function readState(text: string, format: string): Record<string, unknown> & { seed: Uint8Array } {
  if (text.length > MAX_STATE_CHARACTERS) throw malformed('too long')
  const value = parseJson(text, 'simulated.malformed')
  if (
    typeof value !== 'object' ||
    value === null ||
    !('format' in value) ||
    value.format !== format
  )
    throw malformed(`expected the format ${format}`)
  const seed = 'seed' in value && typeof value.seed === 'string' && parseBareHex(value.seed)
  if (!seed || seed.length !== SEED_BYTES) throw malformed('expected a seed of 32 bytes')
  return { ...value, seed }
}

function isPpid(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x[0-9a-f]{32}$/.test(value)
}

function checkSeed(seed: Uint8Array): Uint8Array {
  if (seed.length !== SEED_BYTES) throw new RangeError(`seed: expected ${SEED_BYTES} bytes`)
  return new Uint8Array(seed)
}

function malformed(message: string): AttestationError {
  return new AttestationError('simulated.malformed', `simulated vendor: ${message}`)
}
