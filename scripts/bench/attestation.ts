// How much an appraisal costs beside the signatures that it has to check, and what reading the bytes costs. Computes only.
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import {
  appraise,
  parseEvidenceDocument,
  reportDataOf,
  serializeEvidenceDocument,
  type CryptoBackend,
  type EvidenceDocument,
  type Subject,
} from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { compare, interleave, type Measured } from './measure.ts'

/**
 * WebCrypto imports the key and changes threads for each signature, one after the other: two to two and a half times a bare
 * verification here. Reading adds half of one. Above this something is read or verified twice.
 */
const APPRAISE_TARGET = 3.5
/** Strict reading of certificates, lists and JSON, once each, stays below the signatures that it reads them for. */
const PARSE_TARGET = 1
const ROUNDS = 300
const WARM_UP = 50

const atMs = Date.UTC(2026, 0, 1)
const seed = (byte: number) => new Uint8Array(32).fill(byte)

type Check = {
  readonly key: KeyObject
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** Appraises complete simulated TDX v4 evidence again and again. */
export async function benchAttestation(): Promise<Measured[]> {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const trustStore = { roots: [{ name: 'simulated', der: vendor.rootDer, simulated: true }] }
  const document = evidenceOf(vendor)
  const { quote, endorsements } = document
  const run = (crypto?: CryptoBackend) =>
    appraise({ platform: 'tdx', quote }, endorsements, trustStore, atMs, crypto && { crypto })
  const checks = await signaturesOf(run)
  const text = serializeEvidenceDocument(document)
  const idle: CryptoBackend = { ...platformCrypto, verify: () => true }
  const medians = await interleave(
    {
      appraisal: () => run(),
      signatures: () => checks.forEach(verifyBare),
      reading: () => run(idle),
      document: () => parseEvidenceDocument(text),
    },
    { rounds: ROUNDS, warmUp: WARM_UP },
  )
  const reference = {
    name: `${checks.length} bare P-256 verifications by node:crypto`,
    value: medians.signatures,
  }
  return [
    compare('appraisal', medians.appraisal, 'ms', reference, APPRAISE_TARGET),
    compare('appraisal.without-signatures', medians.reading, 'ms', reference, PARSE_TARGET),
    compare('evidence-document.parse', medians.document, 'ms', reference, PARSE_TARGET),
  ]
}

function evidenceOf(vendor: ReturnType<typeof createSimulatedVendor>): EvidenceDocument {
  const subject: Subject = {
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
  const chip = vendor.createChip({ seed: seed(2) })
  const guest = chip.launch({ mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'22'.repeat(48)}` })
  return {
    format: 'wetee/evidence/v1',
    platform: 'tdx',
    quote: guest.quote(reportDataOf(subject)),
    endorsements: vendor.collateral(atMs),
    eventLog: [{ register: 3, type: 'image', service: 'web', digest: `sha256:${'1a'.repeat(32)}` }],
    subject,
    manifest: '{"format":"wetee/manifest/v1"}',
  }
}

/** What an appraisal has to check: every signature that it asks its back end for, with the key ready to use. */
async function signaturesOf(run: (crypto: CryptoBackend) => Promise<unknown>): Promise<Check[]> {
  const checks: Check[] = []
  await run({
    verifyP256: (publicKey, message, signature) => {
      const x = Buffer.from(publicKey.subarray(0, 32)).toString('base64url')
      const y = Buffer.from(publicKey.subarray(32)).toString('base64url')
      const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
      checks.push({ key, message, signature })
      return Promise.resolve(true)
    },
  })
  return checks
}

function verifyBare({ key, message, signature }: Check): void {
  if (!verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature))
    throw new Error('a signature of the evidence does not hold')
}
