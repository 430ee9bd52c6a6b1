// The quoting enclave, one property wrong at a time. Signatures are another matter: the back end
// here says yes.
import { expect, test } from 'vitest'
import { platformCrypto } from '#crypto'
import { parseQeIdentity } from '../../endorsement/intel/qe-identity.ts'
import { qeIdentityText } from '../../simulated/intel/signed-json.ts'
import { createSimulatedVendor } from '../../simulated/index.ts'
import type { EnclaveReport } from '../../evidence/intel/enclave-report.ts'
import { parseTdxQuote } from '../../evidence/intel/quote.ts'
import { appraiseWith } from '../cache.ts'
import { appraiseQuotingEnclave, startReportCheck } from './quoting-enclave.ts'

const atMs = Date.UTC(2026, 0, 1)
const identity = parseQeIdentity(
  qeIdentityText({ issuedAtMs: atMs, nextUpdateMs: atMs + 1000 }),
  'tdx',
)
const quote = parseTdxQuote(
  createSimulatedVendor({ seed: new Uint8Array(32).fill(1), atMs })
    .createChip()
    .launch({ mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'22'.repeat(48)}` })
    .quote(`0x${'33'.repeat(64)}`),
)
const judge = (
  change: Partial<EnclaveReport> = {},
  { identity: rule = {}, valid = true }: { identity?: object; valid?: boolean } = {},
) =>
  appraiseWith(
    { atMs, crypto: { ...platformCrypto, verify: () => valid }, cache: undefined },
    (context) => {
      const changed = { ...quote, qeReport: { ...quote.qeReport, ...change } }
      const pckKey = { kind: 'p256', bytes: new Uint8Array(64) } as const
      const demandQeReport = startReportCheck(changed, pckKey, context)
      const collateral = { qeIdentity: { ...identity, ...rule } }
      return appraiseQuotingEnclave(changed, { collateral, demandQeReport }, context)
    },
  )
const flip = (bytes: Uint8Array, at: number, bit: number) => bytes.with(at, (bytes[at] ?? 0) ^ bit)
const { attributes, reportData } = quote.qeReport

test('the enclave that the vendor names passes with its level', async () => {
  expect(await judge()).toMatchObject({ status: 'UpToDate' })
  expect(await judge({ isvSvn: 99 })).toMatchObject({ status: 'UpToDate' })
  // Bit 2 and the second half are outside the mask.
  expect(await judge({ attributes: flip(flip(attributes, 0, 4), 9, 1) })).toBeDefined()
})

test.each<[string, string, Partial<EnclaveReport>, object?]>([
  ['another signer', 'qe-identity.mismatch', { mrSigner: new Uint8Array(32) }],
  ['another product', 'qe-identity.mismatch', { isvProdId: 1 }],
  ['another MISCSELECT', 'qe-identity.mismatch', { miscSelect: Uint8Array.of(1, 0, 0, 0) }],
  ['another attribute', 'qe-identity.mismatch', { attributes: flip(attributes, 0, 0x20) }],
  ['debug mode', 'qe-identity.mismatch', { attributes: flip(attributes, 0, 2) }],
  [
    'debug mode under a mask that forgets it',
    'qe-identity.mismatch',
    { attributes: flip(attributes, 0, 2) },
    { attributesMask: new Uint8Array(16) },
  ],
  ['another attestation key', 'qe-report.data', { reportData: flip(reportData, 0, 1) }],
  ['something behind the hash', 'qe-report.data', { reportData: flip(reportData, 63, 1) }],
  ['an SVN below every level', 'tcb.unsupported', { isvSvn: 1 }],
])('%s is refused as %s', async (_what, code, change, rule = {}) => {
  await expect(judge(change, { identity: rule })).rejects.toMatchObject({ code })
})

test('a report that the PCK has not signed is refused', async () => {
  await expect(judge({}, { valid: false })).rejects.toMatchObject({ code: 'qe-report.signature' })
})
