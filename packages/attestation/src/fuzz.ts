// Fuzz targets of every parser here, and valid inputs to mutate. Only AttestationError may escape
// a target. No I/O.
import { appraise } from './appraisal/appraise.ts'
import { reportDataOf } from './binding/report-data.ts'
import { bareHex, equalBytes, parseBareHex, utf8 } from './bytes.ts'
import { DerReader } from './der/reader.ts'
import { ecdsaSignature, namedBits, objectIdentifier, timeMs } from './der/values.ts'
import {
  INTEL_ENDORSEMENT_FIELDS as ENDORSEMENT_FIELDS,
  type IntelEndorsements as Endorsements,
} from './endorsement/intel/endorsements.ts'
import { parseQeIdentity } from './endorsement/intel/qe-identity.ts'
import { readPckPlatform } from './endorsement/intel/sgx-extension.ts'
import { parseTcbInfo } from './endorsement/intel/tcb-info.ts'
import { AttestationError } from './error.ts'
import {
  parseEvidenceDocument,
  serializeEvidenceDocument,
  type EvidenceDocument,
} from './evidence/document.ts'
import { parseSgxQuote, parseTdxQuote } from './evidence/intel/quote.ts'
import type { InstanceSubject } from './evidence/subject.ts'
import { eventLogSeeds, eventLogTargets } from './fuzz/event-logs.ts'
import { policySeeds, policyTargets } from './fuzz/policies.ts'
import { sevSnpSeeds, sevSnpTargets } from './fuzz/sev-snp.ts'
import { tcbAdviceSeeds, tcbAdviceTargets } from './fuzz/tcb-advice.ts'
import { createSimulatedVendor } from './simulated/index.ts'
import { parseCertificate } from './x509/certificate.ts'
import { parseRevocationList } from './x509/crl.ts'
import { parsePemChain } from './x509/pem.ts'

/** Feeds one input to a parser; throws, or rejects with, what the parser does. */
export type FuzzTarget = (input: Uint8Array) => void | Promise<void>

const AT_MS = Date.UTC(2026, 0, 1)
const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(1), atMs: AT_MS })
const chip = vendor.createChip({ seed: new Uint8Array(32).fill(2) })
chip.revoke()
const endorsementsWithEntries = vendor.collateral(AT_MS)
const liveVendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(3), atMs: AT_MS })
const endorsements = liveVendor.collateral(AT_MS)
const trustStore = {
  roots: [{ name: 'simulated', der: liveVendor.rootDer, simulated: true }],
}

const subject: InstanceSubject = {
  kind: 'instance',
  chainId: 31_337n,
  cloud: `0x${'c1'.repeat(20)}`,
  workerId: 1n,
  appId: 2n,
  version: 3,
  replica: 0,
  blockNumber: 42n,
  blockHash: `0x${'b1'.repeat(32)}`,
  signingKey: `0x${'02'.repeat(33)}`,
  hpkeKey: `0x${'e1'.repeat(32)}`,
  tlsKeyHash: `0x${'f1'.repeat(32)}`,
}
const liveChip = liveVendor.createChip({ seed: new Uint8Array(32).fill(4) })
const guest = liveChip.launch({
  mrtd: `0x${'11'.repeat(48)}`,
  mrConfigId: `0x${'22'.repeat(48)}`,
})
const quote = guest.quote(reportDataOf(subject))
const td15Quote = guest.quote(reportDataOf(subject), { version: 5, td: '1.5' })
const sgxQuote = liveChip
  .launchEnclave({
    mrEnclave: `0x${'33'.repeat(32)}`,
    mrSigner: `0x${'44'.repeat(32)}`,
    isvProdId: 1,
    isvSvn: 2,
    configId: `0x${'55'.repeat(64)}`,
  })
  .quote(reportDataOf(subject))
const sgxEndorsements = liveVendor.collateral(AT_MS, { tee: 'sgx' })
const document: EvidenceDocument = {
  format: 'wetee/evidence/v1',
  platform: 'tdx',
  quote,
  endorsements,
  eventLog: [{ register: 3, type: 'image', service: 'web', digest: `sha256:${'1a'.repeat(32)}` }],
  subject,
  manifest: '{"format":"wetee/manifest/v1"}',
}

const text = (input: Uint8Array) => new TextDecoder().decode(input)

/** Walks every constructed element and reads every value as each kind it could be. */
function walkDer(reader: DerReader, depth: number): void {
  while (!reader.done) {
    const element = reader.readAny()
    for (const read of [objectIdentifier, timeMs, namedBits]) attempt(() => read(element))
    attempt(() => ecdsaSignature(element.bytes, 32))
    if ((element.tag & 0x20) !== 0 && depth < 16) walkDer(new DerReader(element.content), depth + 1)
  }
}

function attempt(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
  }
}

/** Targets by name. */
export const fuzzTargets: Record<string, FuzzTarget> = {
  ...eventLogTargets,
  ...sevSnpTargets,
  ...policyTargets,
  ...tcbAdviceTargets,
  quote(input) {
    const { pckChain } = input[0] === 3 ? parseSgxQuote(input) : parseTdxQuote(input)
    const [leaf] = parsePemChain(text(pckChain), 3).map(parseCertificate)
    if (leaf) readPckPlatform(leaf)
  },
  der(input) {
    attempt(() => walkDer(new DerReader(input), 0))
    readPckPlatform(parseCertificate(input))
  },
  crl(input) {
    parseRevocationList(input)
  },
  'tcb-json'(input) {
    attempt(() => parseTcbInfo(text(input), 'tdx'))
    attempt(() => parseTcbInfo(text(input), 'sgx'))
    attempt(() => parseQeIdentity(text(input), 'sgx'))
    parseQeIdentity(text(input), 'tdx')
  },
  'evidence-document'(input) {
    const parsed = parseEvidenceDocument(text(input))
    const again = parseEvidenceDocument(serializeEvidenceDocument(parsed))
    if (serializeEvidenceDocument(again) !== serializeEvidenceDocument(parsed))
      throw new Error('a document that was read differs once written and read again')
  },
  /**
   * The whole verifier; claims for anything but the original quote and endorsements are a finding.
   */
  async appraise(input) {
    const parts = text(input).split('\u0000')
    const given = parseBareHex(parts[0] ?? '') ?? new Uint8Array()
    const fields = ENDORSEMENT_FIELDS.map((field, index) => [field, parts[index + 1]])
    await appraise(
      { platform: 'tdx', quote: given },
      Object.fromEntries(fields) as Endorsements,
      trustStore,
      AT_MS,
    )
    if (!equalBytes(given.subarray(0, SIGNED_BYTES), quote.subarray(0, SIGNED_BYTES)))
      throw new Error('a changed report was accepted')
    if (parts[5] !== endorsements.tcb_info || parts[8] !== endorsements.qe_identity)
      throw new Error('changed collateral was accepted')
  },
}

/** Header and report of a quote of version 4. */
const SIGNED_BYTES = 632

/** Valid inputs by target, for mutation. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  ...eventLogSeeds,
  ...sevSnpSeeds,
  ...policySeeds,
  ...tcbAdviceSeeds,
  quote: [quote, td15Quote, sgxQuote],
  der: parsePemChain(text(parseTdxQuote(quote).pckChain), 3),
  crl: [endorsementsWithEntries.pck_crl, endorsements.pck_crl].map(
    (hex) => parseBareHex(hex) ?? new Uint8Array(),
  ),
  'tcb-json': [endorsements, sgxEndorsements].flatMap(({ tcb_info, qe_identity }) => [
    utf8(tcb_info),
    utf8(qe_identity),
  ]),
  'evidence-document': [utf8(serializeEvidenceDocument(document))],
  appraise: [
    utf8(
      [bareHex(quote), ...ENDORSEMENT_FIELDS.map((field) => endorsements[field])].join('\u0000'),
    ),
  ],
}
