// The judge of the attestation vectors finds what differs: a judge that never objects proves nothing.
import { expect, test } from 'vitest'
import { utf8 } from '../bytes.ts'
import { createSimulatedVendor } from '../simulated/index.ts'
import { judgeVector, vectorPaths, vectorTable, type VectorCase } from './vectors-judge.ts'

const atMs = Date.UTC(2026, 5, 1)
const mrtd = 'a1'.repeat(48)
const mrConfigId = 'c0'.repeat(48)
const reportData = '5d'.repeat(64)
const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(1), atMs })
const guest = vendor
  .createChip({ seed: new Uint8Array(32).fill(2) })
  .launch({ mrtd: `0x${mrtd}`, mrConfigId: `0x${mrConfigId}` })
const quote = guest.quote(`0x${reportData}`)
const files = new Map([
  ['quote.bin', quote],
  ['flipped.bin', quote.map((byte, index) => (index === 200 ? byte ^ 1 : byte))],
  ['collateral.json', utf8(JSON.stringify(vendor.collateral(atMs)))],
  ['root.der', vendor.rootDer],
])

const valid: VectorCase = {
  id: 'valid',
  platform: 'intel-dcap',
  kind: 'synthetic',
  evidence: 'quote.bin',
  collateral: 'collateral.json',
  root: 'root.der',
  verifyAt: new Date(atMs).toISOString(),
  expect: {
    evidence: 'valid',
    tcbStatus: 'UpToDate',
    tcbDate: '2026-01-01T00:00:00Z',
    advisoryIDs: [],
    flags: [],
    fmspc: '',
    strictPolicy: 'accept',
  },
  fields: { mrtd, mr_config_id: mrConfigId, report_data: reportData },
}
const invalid: VectorCase = {
  ...valid,
  id: 'invalid',
  evidence: 'flipped.bin',
  expect: { evidence: 'invalid', reason: 'QUOTE_SIG', strictPolicy: 'reject' },
}
const problemsOf = async (vector: VectorCase) => (await judgeVector(vector, files)).problems

/** The case as the manifest would have it. */
async function genuine(): Promise<VectorCase> {
  const { outcome } = await judgeVector(valid, files)
  const { claims } = JSON.parse(outcome) as {
    claims: { tcbDate: string; fmspc: string; advisoryIds: string[]; rtmr: string[] }
  }
  const rtmr = claims.rtmr.map((value, index) => [`rtmr${index}`, value.slice(2)] as const)
  return {
    ...valid,
    expect: {
      ...valid.expect,
      tcbDate: claims.tcbDate,
      fmspc: claims.fmspc.slice(2),
      advisoryIDs: claims.advisoryIds,
    },
    fields: { ...valid.fields, ...Object.fromEntries(rtmr) },
  }
}

test('a case that is as expected has no problem', async () => {
  expect(await problemsOf(await genuine())).toEqual([])
  expect(await problemsOf(invalid)).toEqual([])
})

test('every expectation is compared, a changed one is one problem', async () => {
  const vector = await genuine()
  const changes: Partial<VectorCase['expect']>[] = [
    { evidence: 'invalid', reason: 'QUOTE_SIG' },
    { tcbStatus: 'OutOfDate' },
    { tcbDate: '2020-01-01T00:00:00Z' },
    { advisoryIDs: ['INTEL-SA-00001'] },
    { flags: ['TD_DEBUG'] },
    { fmspc: 'ffffffffffff' },
    { strictPolicy: 'reject' },
  ]
  for (const change of changes)
    expect(
      await problemsOf({ ...vector, expect: { ...vector.expect, ...change } }),
      JSON.stringify(change),
    ).toHaveLength(1)
  for (const field of ['mrtd', 'rtmr2', 'mr_config_id', 'report_data'])
    expect(
      await problemsOf({ ...vector, fields: { ...vector.fields, [field]: '00' } }),
      field,
    ).toHaveLength(1)
})

test('a refusal for another reason, or for one that has no code, is a problem', async () => {
  for (const reason of ['QE_VENDOR', 'NO_SUCH_REASON'])
    expect(await problemsOf({ ...invalid, expect: { ...invalid.expect, reason } })).toHaveLength(1)
  const accepted = { ...invalid, evidence: 'quote.bin' }
  expect(await problemsOf(accepted)).toEqual([expect.stringMatching(/^expected invalid, got /)])
})

test('a case that breaks counts as wrong and ends nothing', async () => {
  const missing = await judgeVector({ ...valid, collateral: 'none.json' }, files)
  expect(missing.problems).toEqual(['Error: no such file of the vectors: none.json'])
  const table = vectorTable([missing, await judgeVector(invalid, files)])
  expect(table.map((line) => line.trim().split(/\s+/))).toEqual([
    ['platform', 'cases', 'right'],
    ['TDX', 'v4', '2', '1'],
    ['all', '2', '1'],
  ])
})

test('the files of a case are all that it names', () => {
  expect(vectorPaths(valid)).toEqual(['quote.bin', 'collateral.json', 'root.der'])
})
