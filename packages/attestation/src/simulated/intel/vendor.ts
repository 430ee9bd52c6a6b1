// A simulated hardware vendor: PKI, TCB info, QE identity, CRLs, chips. Everything follows from
// its seed. Node only.
import { randomBytes } from 'node:crypto'
import { bareHex, fromHex, parseBareHex, utf8, type Hex } from '../../bytes.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import { AttestationError } from '../../error.ts'
import { parseJson } from '../../json.ts'
import { issueCertificate, issueRevocationList, toPem, type Issuer } from '../certificates.ts'
import { makeChip, type SimulatedChip } from './chip.ts'
import { P256Key } from '../p256-key.ts'
import { pckSerial, sgxExtension } from './pck.ts'
import { qeIdentityText, TCB_STATES, tcbInfoText, type SimulatedTcb } from './tcb.ts'

/**
 * A vendor. Its root says "Simulated"; only a trust store that lists it as simulated can hold it.
 */
export type SimulatedVendor = {
  readonly rootDer: Uint8Array
  readonly rootPem: string
  readonly name: string
  /**
   * Collateral as the vendor issues it at `atMs` (milliseconds): valid from an hour before to 30
   * days after.
   */
  collateral(atMs: number): IntelEndorsements
  /** A chip; the same seed (32 bytes) gives the same chip. */
  createChip(options?: { readonly seed?: Uint8Array }): SimulatedChip
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
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS
const ROOT_NAME = 'Simulated SGX Root CA'
const CA_NAME = 'Simulated SGX PCK Platform CA'

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

function makeVendor(state: VendorState): SimulatedVendor {
  const pki = makePki(state)
  const chains = new Map<string, string>()
  const chipVendor = {
    pckChainPem(ppid: Uint8Array, publicKey: Uint8Array, tcb: SimulatedTcb) {
      const id = `${bareHex(ppid)} ${tcb}`
      const chain = chains.get(id) ?? pki.pckChainPem(ppid, publicKey, tcb)
      chains.set(id, chain)
      return chain
    },
    revoke: (ppid: Hex) => void state.revoked.add(ppid),
  }
  return {
    rootDer: pki.rootDer,
    rootPem: toPem(pki.rootDer),
    name: NAME,
    collateral: (atMs) => pki.collateral(atMs, state.revoked),
    createChip: ({ seed } = {}) =>
      makeChip(chipVendor, checkSeed(seed ?? randomBytes(SEED_BYTES)), {
        tcb: 'UpToDate',
        debug: false,
      }),
    restoreChip(text) {
      const { seed, tcb, debug } = readState(text, CHIP_FORMAT)
      const state = TCB_STATES.find((known) => known === tcb)
      if (state === undefined || typeof debug !== 'boolean')
        throw malformed('expected tcb and debug')
      return makeChip(chipVendor, seed, { tcb: state, debug })
    },
    serialize: () =>
      JSON.stringify({
        format: FORMAT,
        seed: bareHex(state.seed),
        createdAtMs: state.createdAtMs,
        revoked: [...state.revoked],
      }),
  }
}

function makePki({ seed, createdAtMs }: VendorState) {
  const rootKey = new P256Key(seed, 'root')
  const caKey = new P256Key(seed, 'platform CA')
  const signingKey = new P256Key(seed, 'TCB signing')
  const root: Issuer = { commonName: ROOT_NAME, key: rootKey }
  const ca: Issuer = { commonName: CA_NAME, key: caKey }
  const notBeforeMs = createdAtMs - DAY_MS
  const issue = (
    commonName: string,
    key: P256Key,
    serial: number,
    extra: { notAfterMs: number; pathLength?: number },
  ) =>
    issueCertificate(
      {
        commonName,
        publicKey: key.publicKey,
        serial: Uint8Array.of(serial),
        notBeforeMs,
        ...extra,
      },
      root,
    )
  const rootDer = issue(ROOT_NAME, rootKey, 1, {
    notAfterMs: createdAtMs + 20 * YEAR_MS,
    pathLength: 1,
  })
  const caDer = issue(CA_NAME, caKey, 2, {
    notAfterMs: createdAtMs + 15 * YEAR_MS,
    pathLength: 0,
  })
  const notAfterMs = createdAtMs + 7 * YEAR_MS
  const signingDer = issue('Simulated SGX TCB Signing', signingKey, 3, { notAfterMs })

  return {
    rootDer,
    pckChainPem(ppid: Uint8Array, publicKey: Uint8Array, tcb: SimulatedTcb): string {
      const pck = issueCertificate(
        {
          commonName: 'Simulated SGX PCK Certificate',
          publicKey,
          serial: pckSerial(ppid, tcb),
          notBeforeMs,
          notAfterMs,
          sgxExtension: sgxExtension(ppid, tcb),
        },
        ca,
      )
      return toPem(pck, caDer, rootDer)
    },
    collateral: (atMs: number, revoked: ReadonlySet<Hex>) =>
      issueCollateral(
        {
          root,
          ca,
          signingKey,
          caChain: toPem(caDer, rootDer),
          signingChain: toPem(signingDer, rootDer),
        },
        atMs,
        revoked,
      ),
  }
}

type Signers = {
  readonly root: Issuer
  readonly ca: Issuer
  readonly signingKey: P256Key
  readonly caChain: string
  readonly signingChain: string
}

function issueCollateral(
  { root, ca, signingKey, caChain, signingChain }: Signers,
  atMs: number,
  revoked: ReadonlySet<Hex>,
): IntelEndorsements {
  const window = { issuedAtMs: atMs - HOUR_MS, nextUpdateMs: atMs + 30 * DAY_MS }
  const dates = { thisUpdateMs: window.issuedAtMs, nextUpdateMs: window.nextUpdateMs }
  const serials = [...revoked].flatMap((ppid) =>
    TCB_STATES.map((tcb) => pckSerial(fromHex(ppid, 16, 'revoked'), tcb)),
  )
  const tcbInfo = tcbInfoText(window)
  const qeIdentity = qeIdentityText(window)
  return {
    pck_crl_issuer_chain: caChain,
    root_ca_crl: bareHex(issueRevocationList({ ...dates, serials: [] }, root)),
    pck_crl: bareHex(issueRevocationList({ ...dates, serials }, ca)),
    tcb_info_issuer_chain: signingChain,
    tcb_info: tcbInfo,
    tcb_info_signature: bareHex(signingKey.sign(utf8(tcbInfo))),
    qe_identity_issuer_chain: signingChain,
    qe_identity: qeIdentity,
    qe_identity_signature: bareHex(signingKey.sign(utf8(qeIdentity))),
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
