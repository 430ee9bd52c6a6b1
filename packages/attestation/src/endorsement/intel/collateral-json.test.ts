// Signed collateral JSON: one odd field and it is refused.
import { expect, test } from 'vitest'
import { qeIdentityText, tcbInfoText } from '../../simulated/intel/signed-json.ts'
import { parseQeIdentity } from './qe-identity.ts'
import { parseTcbInfo } from './tcb-info.ts'

const window = { issuedAtMs: Date.UTC(2026, 0, 1), nextUpdateMs: Date.UTC(2026, 0, 31) }
const tcbInfo = tcbInfoText(window)
const identity = qeIdentityText(window)
const refused = (code: string) =>
  expect.objectContaining({ name: 'AttestationError', code }) as Error

test('TCB info and QE identity are read', () => {
  expect(parseTcbInfo(tcbInfo, 'tdx')).toMatchObject(window)
  expect(parseQeIdentity(identity, 'tdx')).toMatchObject(window)
})

test.each<[string, string, string]>([
  ['another version', '"version":3', '"version":2'],
  ['another tcbType', '"tcbType":0', '"tcbType":1'],
  ['a date that does not exist', '2026-01-31', '2026-02-31'],
  ['a date with an offset', '"2026-01-31T00:00:00Z"', '"2026-01-31T00:00:00+00:00"'],
  ['a short FMSPC', '53494D554C41', '53494D554C'],
  ['an unknown status', '"OutOfDate"', '"Fine"'],
  ['an SVN of 256', '"svn":7', '"svn":256'],
  ['an SVN as text', '"svn":7', '"svn":"7"'],
  ['15 components', '{"svn":0},', ''],
  ['a PCE SVN below zero', '"pcesvn":11', '"pcesvn":-1'],
  ['no TDX module', '"tdxModule"', '"module"'],
  ['levels that are no list', '"tcbLevels":[{"tcb":{"sgx', '"tcbLevels":{"0":[{"tcb":{"sgx'],
  ['a field twice', '{"id"', '{"id":"TDX","id"'],
  ['a prototype as a field', '"pceId":"0000"', '"__proto__":{"pceId":"0000"}'],
])('TCB info with %s is refused', (_what, from, to) => {
  expect(tcbInfo).toContain(from)
  expect(() => parseTcbInfo(tcbInfo.replace(from, to), 'tdx')).toThrow(
    refused('tcb-info.malformed'),
  )
})

test.each<[string, string, string]>([
  ['another version', '"version":2', '"version":3'],
  ['a short mask', '"attributesMask":"FB', '"attributesMask":"'],
  ['an unknown status', '"UpToDate"', '"SWHardeningNeeded"'],
  ['no levels', '"tcbLevels"', '"levels"'],
  ['a product that is too large', '"isvprodid":2', '"isvprodid":65536'],
])('a QE identity with %s is refused', (_what, from, to) => {
  expect(identity).toContain(from)
  expect(() => parseQeIdentity(identity.replace(from, to), 'tdx')).toThrow(
    refused('qe-identity.malformed'),
  )
})

test('collateral of one TEE is not for the other', () => {
  const sgxInfo = tcbInfo.replace('"TDX"', '"SGX"')
  const sgxIdentity = identity.replace('"TD_QE"', '"QE"')
  expect(parseTcbInfo(sgxInfo, 'sgx')).not.toHaveProperty('module')
  expect(parseTcbInfo(sgxInfo, 'sgx').levels[0]?.tdxSvns).toEqual([])
  expect(parseQeIdentity(sgxIdentity, 'sgx')).toMatchObject(window)
  expect(() => parseTcbInfo(sgxInfo, 'tdx')).toThrow(refused('tcb-info.mismatch'))
  expect(() => parseTcbInfo(tcbInfo, 'sgx')).toThrow(refused('tcb-info.mismatch'))
  expect(() => parseQeIdentity(sgxIdentity, 'tdx')).toThrow(refused('qe-identity.mismatch'))
  expect(() => parseQeIdentity(identity, 'sgx')).toThrow(refused('qe-identity.mismatch'))
})
