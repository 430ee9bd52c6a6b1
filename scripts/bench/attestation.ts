// How fast evidence is appraised: Intel's beside the one npm library for it, over the same simulated
// evidence in the same run; SEV-SNP's beside its bare signatures. Computes only.
import { Quote, QuoteVerifier } from '@phala/dcap-qvl'
import {
  appraise,
  AppraisalCache,
  parseSgxQuote,
  parseTdxQuote,
  type IntelEndorsements,
} from '@wetee/attestation'
import { createSimulatedVendor, type SimulatedVendor } from '@wetee/attestation/simulated'
import { benchSevSnp } from './attestation-sev-snp.ts'
import { compare, interleave, type Measured } from './measure.ts'

const REFERENCE = '@phala/dcap-qvl 0.3.9'
/** Our time by theirs: at least 4, 15 and 40 appraisals in the time of one. */
const TARGETS = { nothing: 1 / 4, collateral: 1 / 15, platform: 1 / 40 }
/** Reading is far below one signature: 20,000 quotes a second. */
const PARSE_BUDGET_MS = 1_000 / 20_000
/** Compilers of hot code have seen both enough by then. */
const ROUNDS = { rounds: 100, warmUp: 100 }
/**
 * Appraisals in one measurement: each then takes about as long as one of the reference, so that none
 * pays for caches and garbage that the other has left behind more often than it does.
 */
const AT_ONCE = { nothing: 3, collateral: 8, platform: 30 }
/** Machines that the vendor has revoked: its list is then as long as Intel's, about 3 kB. */
const REVOKED = 8
const PARSES_AT_ONCE = 200

const atMs = Date.UTC(2026, 0, 1)
const seed = (...bytes: readonly number[]) => {
  const whole = new Uint8Array(32)
  whole.set(bytes)
  return whole
}

const REPORT_DATA = `0x${'33'.repeat(64)}` as const

type Tee = 'tdx' | 'sgx'

/** Appraises simulated evidence of TDX, SGX and SEV-SNP; Intel's with more and more of it known. */
export async function benchAttestation(): Promise<Measured[]> {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  for (let machine = 0; machine < REVOKED; machine++)
    vendor.createChip({ seed: seed(3, machine) }).revoke()
  return [
    ...(await benchPlatform('tdx', 'tdx-v4', vendor)),
    ...(await benchPlatform('sgx', 'sgx-v3', vendor)),
    ...(await benchParsing(vendor)),
    ...(await benchSevSnp()),
  ]
}

async function benchPlatform(tee: Tee, name: string, vendor: SimulatedVendor): Promise<Measured[]> {
  const endorsements = vendor.collateral(atMs, { tee })
  const trustStore = { roots: [{ name: 'simulated', der: vendor.rootDer, simulated: true }] }
  const verifier = QuoteVerifier.newWithRootCa(Buffer.from(vendor.rootDer))
  const known = quoteOf(tee, vendor, 0)
  const count = (ROUNDS.rounds + ROUNDS.warmUp) * AT_ONCE.collateral
  const machines = Array.from({ length: count }, (_, index) => quoteOf(tee, vendor, index + 1))
  const newest = machines.values()
  const cache = new AppraisalCache()
  const ours = async (quote: Uint8Array, options: { cache?: AppraisalCache }) => {
    const claims = await appraise({ platform: tee, quote }, endorsements, trustStore, atMs, options)
    if (claims.tcbStatus !== 'UpToDate') throw new Error(`appraised as ${claims.tcbStatus}`)
  }
  await ours(known, { cache })
  const medians = await interleave(
    {
      nothing: times(AT_ONCE.nothing, () => ours(known, {})),
      collateral: times(AT_ONCE.collateral, () => ours(newest.next().value ?? known, { cache })),
      platform: times(AT_ONCE.platform, () => ours(known, { cache })),
      reference: () => verifyByReference(verifier, known, endorsements),
    },
    ROUNDS,
  )
  const reference = { name: REFERENCE, value: medians.reference }
  const row = (what: string, value: number, target: number) =>
    compare(`${name}.${what}`, value, 'ms', reference, target)
  return [
    row('nothing-cached', medians.nothing / AT_ONCE.nothing, TARGETS.nothing),
    row('collateral-cached', medians.collateral / AT_ONCE.collateral, TARGETS.collateral),
    row('platform-known', medians.platform / AT_ONCE.platform, TARGETS.platform),
  ]
}

function times(count: number, run: () => Promise<void>): () => Promise<void> {
  return async () => {
    for (let i = 0; i < count; i++) await run()
  }
}

function verifyByReference(
  verifier: QuoteVerifier,
  quote: Uint8Array,
  endorsements: IntelEndorsements,
): void {
  const { status } = verifier.verify(quote, endorsements, atMs / 1000)
  if (status !== 'UpToDate') throw new Error(`${REFERENCE} says ${status}`)
}

/** A quote of a machine of its own. */
function quoteOf(tee: Tee, vendor: SimulatedVendor, machine: number): Uint8Array {
  const chip = vendor.createChip({ seed: seed(2, machine & 255, machine >> 8) })
  if (tee === 'tdx')
    return chip
      .launch({ mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'22'.repeat(48)}` })
      .quote(REPORT_DATA)
  const names = { mrEnclave: `0x${'11'.repeat(32)}`, mrSigner: `0x${'22'.repeat(32)}` } as const
  return chip.launchEnclave({ ...names, isvProdId: 1, isvSvn: 1 }).quote(REPORT_DATA)
}

async function benchParsing(vendor: SimulatedVendor): Promise<Measured[]> {
  const tdx = quoteOf('tdx', vendor, 0)
  const sgx = quoteOf('sgx', vendor, 0)
  const many = (parse: () => unknown) => () => {
    for (let i = 0; i < PARSES_AT_ONCE; i++) parse()
  }
  const medians = await interleave(
    {
      tdx: many(() => parseTdxQuote(tdx)),
      tdxReference: many(() => Quote.parse(tdx)),
      sgx: many(() => parseSgxQuote(sgx)),
      sgxReference: many(() => Quote.parse(sgx)),
    },
    ROUNDS,
  )
  const budget = { name: '20,000 quotes a second', value: PARSE_BUDGET_MS }
  const each = (batch: number) => batch / PARSES_AT_ONCE
  const theirs = (batch: number) => ({ name: `Quote.parse of ${REFERENCE}`, value: each(batch) })
  return [
    compare('tdx-v4.parse', each(medians.tdx), 'ms', budget, 1),
    compare('tdx-v4.parse.ratio', each(medians.tdx), 'ms', theirs(medians.tdxReference), 1),
    compare('sgx-v3.parse', each(medians.sgx), 'ms', budget, 1),
    compare('sgx-v3.parse.ratio', each(medians.sgx), 'ms', theirs(medians.sgxReference), 1),
  ]
}
