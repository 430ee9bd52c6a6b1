// The fields a guest reads of its own evidence, compared with genuine quotes and reports of other people's machines.
import { openVectors } from '@wetee/attestation/testing/vectors-folder'
import { describe, expect, test } from 'vitest'
import { toHex } from './hex.ts'
import {
  enclaveReportFields,
  reportDataIn,
  snpReportFields,
  tdxQuoteFields,
} from './quote-fields.ts'

const { present, cases, read } = openVectors(test)

test('a quote of another TEE, of another version, or cut short is refused', () => {
  const quote = (version: number, teeType: number, size = 700) => {
    const bytes = Buffer.alloc(size)
    bytes.writeUInt16LE(version, 0)
    bytes.writeUInt32LE(teeType, 4)
    return bytes
  }
  const refused = expect.objectContaining({ code: 'tee.answer-invalid' }) as Error
  for (const bytes of [
    quote(4, 0),
    quote(3, 0x81),
    quote(6, 0x81),
    quote(4, 0x81, 631),
    quote(5, 0x81, 637),
  ])
    expect(() => tdxQuoteFields(bytes)).toThrow(refused)
  for (const bytes of [quote(3, 0x81), quote(4, 0), quote(3, 0, 431)])
    expect(() => reportDataIn('sgx', bytes)).toThrow(refused)
  expect(reportDataIn('tdx', quote(4, 0x81, 632))).toHaveLength(64)
  expect(reportDataIn('tdx', quote(5, 0x81, 638))).toHaveLength(64)
  expect(reportDataIn('sgx', quote(3, 0, 432))).toHaveLength(64)
})

describe.runIf(present)('genuine evidence', () => {
  const real = cases.filter(({ kind, fields }) => kind === 'real' && fields !== undefined)

  test.each(real.filter(({ platform }) => platform === 'amd-snp'))('$id', (vector) => {
    const { fields = {}, expect: expected } = vector
    const report = snpReportFields(read(vector.evidence))
    expect(report).toMatchObject({
      hostData: `0x${fields['host_data']}`,
      measurement: `0x${fields['measurement']}`,
      vmpl: fields['vmpl'],
      debug: expected.flags?.includes('DEBUG') ?? false,
    })
    expect(toHex(reportDataIn('sev-snp', read(vector.evidence)))).toBe(`0x${fields['report_data']}`)
  })

  const tdx = real.filter(({ id }) => id.startsWith('tdx'))
  test.each(tdx)('$id', (vector) => {
    const { fields = {}, expect: expected } = vector
    const { debug, mrtd, reportData } = tdxQuoteFields(read(vector.evidence))
    expect(toHex(mrtd)).toBe(`0x${fields['mrtd']}`)
    expect(toHex(reportData)).toBe(`0x${fields['report_data']}`)
    if (expected.flags !== undefined) expect(debug).toBe(expected.flags.includes('TD_DEBUG'))
  })

  const sgx = real.filter(({ id }) => id.startsWith('sgx'))
  test.each(sgx)('$id', (vector) => {
    const { fields = {}, expect: expected } = vector
    const { mrEnclave, mrSigner, debug } = enclaveReportFields(read(vector.evidence).subarray(48))
    expect(mrEnclave).toBe(`0x${fields['mrenclave']}`)
    expect(mrSigner).toBe(`0x${fields['mrsigner']}`)
    if (expected.flags !== undefined) expect(debug).toBe(expected.flags.includes('SGX_DEBUG'))
    expect(toHex(reportDataIn('sgx', read(vector.evidence)))).toBe(`0x${fields['report_data']}`)
  })

  test('every platform has cases', () => {
    expect([tdx.length, sgx.length].every((count) => count > 3)).toBe(true)
  })
})

test('an SNP report that no guest asked for is refused', () => {
  const report = new Uint8Array(1184)
  const withLevel = (level: number) => {
    new DataView(report.buffer).setUint32(0x30, level, true)
    return report
  }
  for (const level of [0, 3]) expect(snpReportFields(withLevel(level)).vmpl).toBe(level)
  for (const level of [4, 0x100, 0xffff_ffff])
    expect(() => snpReportFields(withLevel(level))).toThrow(
      expect.objectContaining({ code: 'tee.answer-invalid' }) as Error,
    )
})
