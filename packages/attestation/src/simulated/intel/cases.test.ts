// Every switch and every fault of the simulated Intel platforms, and what an appraisal makes of it.
// The same cases under the vendors' own roots, and whether they reach every code there is.
import { describe, expect, test } from 'vitest'
import { amdTrustStore } from '../../appraisal/roots/amd.ts'
import { nitroTrustStore } from '../../appraisal/roots/nitro.ts'
import {
  appraise,
  ATTESTATION_ERROR_CODES,
  AttestationError,
  intelTrustStore,
} from '../../index.ts'
import type {
  AttestationErrorCode,
  ClaimFlag,
  Hex,
  IntelEndorsements,
  SgxClaims,
  TcbStatus,
  TdxClaims,
  TrustStore,
} from '../../index.ts'
import { CHIP_FAULTS, COLLATERAL_FAULTS, createSimulatedVendor } from '../index.ts'
import type {
  ChipFault,
  CollateralFault,
  CollateralOptions,
  SimulatedCa,
  SimulatedSwitches,
  SimulatedVendor,
  TdxQuoteFormat,
} from '../index.ts'
import { TCB_STATES } from './tcb.ts'

type Format = 'TDX v4' | 'TDX v5, TD 1.0' | 'TDX v5, TD 1.5' | 'SGX v3'
type Outcome = AttestationErrorCode | TcbStatus | ClaimFlag
type Case = {
  name: string
  format: Format
  outcome: Outcome
  chip?: Partial<SimulatedSwitches>
  ca?: SimulatedCa
  keys?: readonly ('provision' | 'launch')[]
  collateral?: CollateralOptions
  /** Collateral in place of the vendor's. */
  given?: object
  /** Days after the collateral was issued. */
  days?: number
  revoked?: boolean
  store?: TrustStore
  atMs?: number
  padding?: number
}

const atMs = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const reportData: Hex = `0x${'5d'.repeat(64)}`
const guest = { mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` } as const
const enclave = {
  mrEnclave: `0x${'e1'.repeat(32)}`,
  mrSigner: `0x${'51'.repeat(32)}`,
  isvProdId: 7,
  isvSvn: 3,
} as const
const FORMATS: Record<Format, TdxQuoteFormat | undefined> = {
  'TDX v4': { version: 4 },
  'TDX v5, TD 1.0': { version: 5, td: '1.0' },
  'TDX v5, TD 1.5': { version: 5, td: '1.5' },
  'SGX v3': undefined,
}
const FORMAT_NAMES = Object.keys(FORMATS) as Format[]
const newVendor = () => createSimulatedVendor({ seed: seed(1), atMs })
const vendor = newVendor()
const other = createSimulatedVendor({ seed: seed(2), atMs })
const storeOf = ({ name, rootDer }: SimulatedVendor): TrustStore => ({
  roots: [{ name, der: rootDer, simulated: true }],
})

/** What each fault of a chip comes to. */
const OF_CHIP: Readonly<Record<ChipFault, AttestationErrorCode>> = {
  'quote-cut': 'quote.malformed',
  'quote-version': 'quote.unsupported',
  'quote-tee-type': 'quote.unsupported',
  'quote-key-type': 'quote.key-type',
  'quote-vendor': 'quote.vendor',
  'quote-certification-data': 'quote.certification-data',
  'quote-signature': 'quote.signature',
  'pck-signature': 'pck.chain',
  'pck-ca-signature': 'pck.chain',
  'pck-expired': 'pck.chain',
  'pck-not-yet-valid': 'pck.chain',
  'pck-without-extension': 'pck.extension',
  'pck-of-another-chip': 'qe-report.signature',
  'pck-of-another-family': 'tcb-info.mismatch',
  'pck-of-another-pce': 'tcb-info.mismatch',
  'qe-signature': 'qe-report.signature',
  'qe-of-another-key': 'qe-report.data',
  'qe-debug': 'qe-identity.mismatch',
  'qe-signer': 'qe-identity.mismatch',
  'qe-product': 'qe-identity.mismatch',
  'qe-attributes': 'qe-identity.mismatch',
  'qe-misc-select': 'qe-identity.mismatch',
  'module-signer': 'tdx-module.mismatch',
  'module-attributes': 'tdx-module.mismatch',
}

/** What each fault of collateral comes to. */
const OF_COLLATERAL: Readonly<Record<CollateralFault, AttestationErrorCode>> = {
  'root-crl-missing': 'root-crl.invalid',
  'root-crl-signature': 'root-crl.invalid',
  'root-crl-expired': 'root-crl.expired',
  'root-crl-not-yet-valid': 'root-crl.not-yet-valid',
  'pck-crl-missing': 'pck-crl.invalid',
  'pck-crl-signature': 'pck-crl.invalid',
  'pck-crl-of-the-other-ca': 'pck-crl.invalid',
  'pck-crl-expired': 'pck-crl.expired',
  'pck-crl-not-yet-valid': 'pck-crl.not-yet-valid',
  'pck-ca-revoked': 'pck.ca-revoked',
  'tcb-signer-revoked': 'tcb-signing.revoked',
  'tcb-signer-signature': 'tcb-signing.chain',
  'tcb-signer-expired': 'tcb-signing.chain',
  'tcb-signer-is-a-pck': 'tcb-signing.chain',
  'tcb-info-signature': 'tcb-info.signature',
  'tcb-info-malformed': 'tcb-info.malformed',
  'tcb-info-expired': 'tcb-info.expired',
  'tcb-info-not-yet-valid': 'tcb-info.not-yet-valid',
  'tcb-info-of-another-family': 'tcb-info.mismatch',
  'tcb-info-of-another-pce': 'tcb-info.mismatch',
  'tcb-info-of-the-other-tee': 'tcb-info.mismatch',
  'qe-identity-signature': 'qe-identity.signature',
  'qe-identity-malformed': 'qe-identity.malformed',
  'qe-identity-expired': 'qe-identity.expired',
  'qe-identity-not-yet-valid': 'qe-identity.not-yet-valid',
  'qe-identity-of-the-other-tee': 'qe-identity.mismatch',
}

const isTdx = (format: Format) => format !== 'SGX v3'
const faults: Case[] = FORMAT_NAMES.flatMap((format) => [
  ...CHIP_FAULTS.filter((fault) => isTdx(format) || !fault.startsWith('module')).map((fault) => ({
    name: fault,
    format,
    outcome: OF_CHIP[fault],
    chip: { faults: [fault] },
  })),
  ...COLLATERAL_FAULTS.map((fault) => ({
    name: fault,
    format,
    outcome: OF_COLLATERAL[fault],
    collateral: { faults: [fault] },
  })),
])

const everywhere: Case[] = FORMAT_NAMES.flatMap((format) => {
  const qe = isTdx(format) ? 4 : 8
  const rows: [string, Outcome, Partial<SimulatedSwitches>?, Partial<Case>?][] = [
    ['the Processor CA', 'UpToDate', {}, { ca: 'processor', collateral: { ca: 'processor' } }],
    ['the Processor CA, the list of the Platform CA', 'pck-crl.invalid', {}, { ca: 'processor' }],
    ['a revoked chip', 'pck.revoked', {}, { revoked: true }],
    ['bytes behind the quote', 'UpToDate', {}, { padding: 3000 }],
    ...TCB_STATES.map((tcb): [string, Outcome, Partial<SimulatedSwitches>] => [
      `state ${tcb}`,
      tcb === 'Revoked' ? 'tcb.revoked' : tcb,
      { tcb },
    ]),
    ['microcode one up', 'UpToDate', { sgxSvns: { 0: 8, 1: 8 } }],
    ['microcode one down', 'OutOfDate', { sgxSvns: { 0: 6 } }],
    ['microcode two down', 'tcb.revoked', { sgxSvns: { 1: 5 } }],
    ['microcode three down', 'tcb.unsupported', { sgxSvns: { 0: 4 } }],
    ['an SVN that no level goes below', 'tcb.unsupported', { sgxSvns: { 7: 2 } }],
    ['PCE one down', 'OutOfDate', { pceSvn: 10 }],
    ['PCE two down', 'tcb.unsupported', { pceSvn: 9 }],
    ['QE one up', 'UpToDate', { qeSvn: qe + 1 }],
    ['QE one down', 'OutOfDate', { qeSvn: qe - 1 }],
    ['QE two down', 'tcb.revoked', { qeSvn: qe - 2 }],
    ['QE three down', 'tcb.unsupported', { qeSvn: qe - 3 }],
    [
      'QE one down and a setting missing',
      'OutOfDateConfigurationNeeded',
      { qeSvn: qe - 1, tcb: 'ConfigurationAndSWHardeningNeeded' },
    ],
    [
      'QE in debug mode, under a mask that forgets it',
      'qe-identity.mismatch',
      { faults: ['qe-debug'] },
      { collateral: { qeIdentity: { attributesMask: '00'.repeat(16) } } },
    ],
    ['a TCB recovery', 'OutOfDate', {}, { collateral: { recoveries: 1 } }],
    [
      'a TCB recovery, microcode raised',
      'UpToDate',
      { sgxSvns: { 0: 8, 1: 8 }, teeSvns: { 2: 8 } },
      { collateral: { recoveries: 1 } },
    ],
    ['collateral on its last day', 'UpToDate', {}, { days: 29.9 }],
    ['collateral that has expired', 'root-crl.expired', {}, { days: 30.1 }],
    ['another vendor’s root', 'root.untrusted', {}, { store: storeOf(other) }],
    ['another vendor’s collateral', 'root.untrusted', {}, { given: other.collateral(atMs) }],
    ['no collateral', 'endorsement.malformed', {}, { given: {} }],
    ['no roots', 'trust-store.invalid', {}, { store: { roots: [] } }],
    ['no time', 'time.invalid', {}, { atMs: Number.NaN }],
    ['too many bytes behind the quote', 'evidence.too-large', {}, { padding: 16_384 }],
  ]
  return rows.map(([name, outcome, chip = {}, rest = {}]) => ({
    name,
    format,
    outcome,
    chip,
    ...rest,
  }))
})

const guests: Case[] = FORMAT_NAMES.filter(isTdx).flatMap((format) => {
  const td15 = format.endsWith('1.5')
  const rows: [string, Outcome, Partial<SimulatedSwitches>][] = [
    ['debug', 'TD_DEBUG', { debug: true }],
    ['SEPT_VE_DISABLE clear', 'NO_SEPT_VE_DISABLE', { septVeDisable: false }],
    ['a service TD', 'SERVICE_TD', { serviceTd: true }],
    ['TDX microcode one down', 'OutOfDate', { teeSvns: { 2: 6 } }],
    ['TDX microcode three down', 'tcb.unsupported', { teeSvns: { 2: 4 } }],
    ['module one up', 'UpToDate', { teeSvns: { 0: 6 } }],
    ['module one down', 'OutOfDate', { teeSvns: { 0: 4 } }],
    ['module two down', 'tcb.revoked', { teeSvns: { 0: 3 } }],
    ['module three down', 'tcb.unsupported', { teeSvns: { 0: 2 } }],
    ['module of generation 3', 'UpToDate', { teeSvns: { 0: 3, 1: 3 } }],
    ['module of generation 3, one down', 'OutOfDate', { teeSvns: { 0: 2, 1: 3 } }],
    ['module of a generation that nobody knows', 'tdx-module.mismatch', { teeSvns: { 1: 7 } }],
    ['module of generation 0', 'UpToDate', { teeSvns: { 1: 0 } }],
    ...(['module-signer', 'module-attributes'] as const).map(
      (fault): [string, Outcome, Partial<SimulatedSwitches>] => [
        `module of generation 0, ${fault}`,
        'tdx-module.mismatch',
        { teeSvns: { 1: 0 }, faults: [fault] },
      ],
    ),
    ['module of generation 0, one down', 'tcb.unsupported', { teeSvns: { 0: 4, 1: 0 } }],
    [
      'module updated since the launch',
      td15 ? 'TDRelaunchAdvised' : 'OutOfDate',
      { teeSvnsAtLaunch: { 0: 4 } },
    ],
    [
      'module updated since the launch, a setting missing',
      td15 ? 'TDRelaunchAdvisedConfigurationNeeded' : 'OutOfDateConfigurationNeeded',
      { teeSvnsAtLaunch: { 0: 4 }, tcb: 'ConfigurationNeeded' },
    ],
    [
      'module older than at the launch',
      td15 ? 'OutOfDate' : 'UpToDate',
      { teeSvnsAtLaunch: { 0: 5 }, teeSvns: { 0: 4 } },
    ],
    [
      'module of another generation than at the launch, one down',
      td15 ? 'OutOfDate' : 'UpToDate',
      { teeSvnsAtLaunch: { 0: 5, 1: 1 }, teeSvns: { 0: 2, 1: 3 } },
    ],
    [
      'module updated since the launch, but revoked now',
      td15 ? 'tcb.revoked' : 'OutOfDate',
      { teeSvnsAtLaunch: { 0: 4 }, teeSvns: { 0: 3 } },
    ],
  ]
  return rows.map(([name, outcome, chip]) => ({ name, format, outcome, chip }))
})

const enclaves: Case[] = [
  { name: 'debug', format: 'SGX v3', outcome: 'SGX_DEBUG', chip: { debug: true } },
  {
    name: 'a provisioning key',
    format: 'SGX v3',
    outcome: 'SGX_PROVISION_KEY',
    keys: ['provision'],
  },
  { name: 'a launch key', format: 'SGX v3', outcome: 'SGX_LAUNCH_KEY', keys: ['launch'] },
]
const cases = [...everywhere, ...faults, ...guests, ...enclaves].map((given) => ({
  ...given,
  title: `${given.format}: ${given.name}`,
}))

async function outcomeOf(given: Case, store?: TrustStore): Promise<Outcome> {
  const from = given.revoked === true ? newVendor() : vendor
  const chip = from.createChip({ seed: seed(9), ca: given.ca ?? 'platform' })
  chip.set(given.chip ?? {})
  if (given.revoked === true) chip.revoke()
  const format = FORMATS[given.format]
  const quote = format
    ? chip.launch(guest).quote(reportData, format)
    : chip.launchEnclave({ ...enclave, keys: given.keys ?? [] }).quote(reportData)
  const padded = new Uint8Array(quote.length + (given.padding ?? 0))
  padded.set(quote)
  const tee = format ? 'tdx' : 'sgx'
  const collateral = from.collateral(atMs, { tee, ...given.collateral })
  const at = given.atMs ?? atMs + (given.days ?? 0) * DAY_MS
  return appraise(
    { platform: tee, quote: padded },
    (given.given ?? collateral) as IntelEndorsements,
    store ?? given.store ?? storeOf(from),
    at,
  ).then(wordOf, (error: unknown) => {
    if (error instanceof AttestationError) return error.code
    throw error
  })
}

/** The one word that claims are worth here. */
function wordOf(claims: TdxClaims | SgxClaims): Outcome {
  expect(claims.reportData).toBe(reportData)
  expect(claims.simulated).toBe(true)
  const [flag, ...others] = claims.flags
  expect(others).toEqual([])
  return flag ?? claims.tcbStatus
}

describe('a simulated case comes to what it should', () => {
  test.each(cases)('$title: $outcome', async (given) => {
    expect(await outcomeOf(given)).toBe(given.outcome)
  })
})

describe('no simulated case is accepted under vendors’ roots', () => {
  const stores = [intelTrustStore, amdTrustStore, nitroTrustStore]
  const store = { roots: stores.flatMap(({ roots }) => roots) }
  /** Refused before anything is trusted. */
  const early = /^(quote\.(?!signature)|endorsement|time|evidence)|^pck.chain/

  test('the roots are genuine', () => {
    expect(store.roots.length).toBeGreaterThan(2)
    expect(store.roots.every(({ simulated }) => !simulated)).toBe(true)
  })
  test.each(cases)('$title', async (given) => {
    const code = await outcomeOf(given, store)
    if (early.test(given.outcome)) expect([given.outcome, 'root.untrusted']).toContain(code)
    else expect(code).toBe('root.untrusted')
  })
})

describe('simulated cases reach every code', () => {
  /** Codes that no appraisal of an Intel quote raises, and why. */
  const elsewhere: [RegExp, string][] = [
    [/^(binding|document)\./, 'raised before an appraisal, by what reads and binds documents'],
    [/^(der|pem|certificate|crl)\.malformed$/, 'only ever the cause of a more telling code'],
    [/^crypto\.unavailable$/, 'a browser page without https'],
    [/^evidence\.unsupported$/, 'a platform that does not exist'],
    [/^(snp-report|vek|ask|ark-crl)\./, 'SEV-SNP'],
    [/^nitro\./, 'Nitro'],
    [/^event-log\./, 'event logs are replayed after an appraisal'],
    [/^(policy|reference-value)\./, 'what claims are judged by'],
    [/^simulated\./, 'a saved chip or vendor'],
  ]
  const reached = new Set<string>(cases.map(({ outcome }) => outcome))

  test.each(ATTESTATION_ERROR_CODES.map((code) => [code]))('%s', (code) => {
    const reasons = elsewhere.filter(([codes]) => codes.test(code))
    if (reached.has(code)) expect(reasons).toEqual([])
    else expect(reasons).toHaveLength(1)
  })

  test('and every status and flag of Intel platforms', () => {
    const words: (TcbStatus | ClaimFlag)[] = [
      ...TCB_STATES.filter((state) => state !== 'Revoked'),
      'TDRelaunchAdvised',
      'TDRelaunchAdvisedConfigurationNeeded',
      'TD_DEBUG',
      'NO_SEPT_VE_DISABLE',
      'SERVICE_TD',
      'SGX_DEBUG',
      'SGX_PROVISION_KEY',
      'SGX_LAUNCH_KEY',
    ]
    for (const word of words) expect(reached).toContain(word)
  })
})
