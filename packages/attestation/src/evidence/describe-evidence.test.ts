// What evidence says about whom to ask: against what genuine endorsements say of themselves.
import { expect, test } from 'vitest'
import { createSimulatedAmdVendor, createSimulatedVendor } from '../simulated/index.ts'
import { openVectors } from '../testing/vectors-folder.ts'
import type { SnpProduct } from '../appraisal/claims.ts'
import { describeEvidence } from './describe-evidence.ts'

const AT_MS = Date.UTC(2026, 0, 2)
const SEED = new Uint8Array(32).fill(5)
const REPORT_DATA = `0x${'11'.repeat(64)}` as const
const LAUNCH = { measurement: `0x${'33'.repeat(48)}`, hostData: `0x${'44'.repeat(32)}` } as const

const { cases, read, readText } = openVectors(test)
const valid = cases.filter((one) => one.expect.evidence === 'valid')

test.each(valid.filter(({ platform }) => platform === 'intel-dcap'))(
  '$id: its TCB info is of the family that the quote names, its list of the CA',
  ({ evidence, collateral }) => {
    const quote = read(evidence)
    const tee = quote[0] === 3 ? 'sgx' : 'tdx'
    const fields = JSON.parse(readText(collateral)) as Record<string, string>
    const { fmspc } = JSON.parse(fields['tcb_info'] ?? '') as { fmspc: string }
    const list = Buffer.from(fields['pck_crl'] ?? '', 'hex').toString('latin1')
    expect(describeEvidence({ platform: tee, quote })).toEqual({
      vendor: 'intel',
      tee,
      fmspc: `0x${fmspc.toLowerCase()}`,
      ca: list.includes('PCK Platform CA') ? 'platform' : 'processor',
    })
  },
)

test.each(valid.filter(({ platform }) => platform === 'amd-snp'))(
  '$id: its leaf is of the product, chip and TCB that the report names',
  ({ evidence, leaf, expect: expected, fields }) => {
    const { product } = expected
    const needs = describeEvidence(
      { platform: 'sev-snp', quote: read(evidence) },
      fields?.['version'] === 2 ? { product } : {},
    )
    const { bl: bootloader, tee, snp, ucode: microcode, fmc } = expected.tcb ?? {}
    const reportedTcb = { bootloader, tee, snp, microcode, ...(fmc === undefined ? {} : { fmc }) }
    expect(needs).toMatchObject({
      vendor: 'amd',
      product,
      signedBy: expected.signedBy,
      reportedTcb,
    })
    if (needs.vendor !== 'amd' || needs.hardwareId === undefined) return
    expect(needs.hardwareId).toHaveLength(product === 'Turin' ? 18 : 130)
    if (expected.signedBy === 'VCEK')
      expect(Buffer.from(read(leaf)).toString('hex')).toContain(needs.hardwareId.slice(2))
  },
)

test('the Processor CA is told from the Platform CA', () => {
  const vendor = createSimulatedVendor({ seed: SEED, atMs: AT_MS })
  const launch = { mrtd: `0x${'22'.repeat(48)}`, mrConfigId: `0x${'00'.repeat(48)}` } as const
  for (const ca of ['platform', 'processor'] as const) {
    const quote = vendor.createChip({ seed: SEED, ca }).launch(launch).quote(REPORT_DATA)
    expect(describeEvidence({ platform: 'tdx', quote })).toMatchObject({ ca })
  }
})

test('a report of version 2 says nothing of its product, and a masked one nothing of its chip', () => {
  const vendor = createSimulatedAmdVendor({ seed: SEED, atMs: AT_MS })
  const chip = vendor.createChip({ seed: SEED })
  const describe = (product?: SnpProduct) =>
    describeEvidence(
      { platform: 'sev-snp', quote: chip.launch(LAUNCH).report(REPORT_DATA) },
      { product },
    )
  const { chipId: hardwareId, reportedTcb } = chip
  const known = { product: 'Milan', hardwareId, reportedTcb }
  expect(describe()).toMatchObject(known)
  // The report's word counts, not the caller's.
  expect(describe('Genoa')).toMatchObject(known)
  chip.set({ version: 2 })
  const unknown = { product: undefined, hardwareId: undefined, reportedTcb: undefined }
  expect(describe()).toMatchObject(unknown)
  expect(describe('Milan')).toMatchObject(known)
  chip.set({ maskChipId: true })
  expect(describe('Milan')).toMatchObject({ ...known, hardwareId: undefined })
})

test('an unknown processor and an unknown platform are refused', () => {
  const chip = createSimulatedAmdVendor({ seed: SEED, atMs: AT_MS }).createChip({ seed: SEED })
  chip.set({ cpuid: { family: 0x1b, model: 1, stepping: 0 } })
  const quote = chip.launch(LAUNCH).report(REPORT_DATA)
  expect(() => describeEvidence({ platform: 'sev-snp', quote })).toThrow(
    expect.objectContaining({ code: 'snp-report.unsupported' }),
  )
  expect(() => describeEvidence({ platform: 'cca' as 'tdx', quote })).toThrow(
    expect.objectContaining({ code: 'evidence.unsupported' }),
  )
  expect(describeEvidence({ platform: 'nitro', quote })).toEqual({ vendor: 'aws' })
})
