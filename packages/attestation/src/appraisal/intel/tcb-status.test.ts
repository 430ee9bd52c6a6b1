// TCB levels and their merging: passing, refusing, and just across the line.
import { expect, test } from 'vitest'
import { parseTcbInfo, PLATFORM_STATUSES } from '../../endorsement/intel/tcb-info.ts'
import { tcbInfoText } from '../../simulated/intel/signed-json.ts'
import { svnsOf } from '../../simulated/intel/tcb.ts'
import { equalMasked } from './masked.ts'
import { finalStatus, findPlatformLevel, mergeStatus } from './tcb-status.ts'

const tcbInfo = parseTcbInfo(tcbInfoText({ issuedAtMs: 0, nextUpdateMs: 1000 }), 'tdx')
const newest = svnsOf('UpToDate')
const statusOf = (change: { sgx?: number[]; pce?: number; tee?: number[] } = {}) => {
  const { sgx, pce, tee } = { ...newest, ...change }
  const platform = {
    ppid: new Uint8Array(16),
    fmspc: new Uint8Array(6),
    pceId: new Uint8Array(2),
    componentSvns: sgx,
    pceSvn: pce,
  }
  return findPlatformLevel(tcbInfo, platform, Uint8Array.from(tee)).status
}

test('a platform has the newest level that all its SVNs reach', () => {
  expect(statusOf()).toBe('UpToDate')
  expect(statusOf({ sgx: newest.sgx.map((svn) => svn + 1), pce: 99 })).toBe('UpToDate')
  expect(statusOf({ sgx: newest.sgx.with(0, 6) })).toBe('OutOfDate')
  expect(statusOf({ tee: newest.tee.with(2, 6) })).toBe('OutOfDate')
  expect(statusOf({ sgx: newest.sgx.with(1, 5) })).toBe('Revoked')
})

test('below every level a platform is refused', () => {
  const low = [
    { sgx: newest.sgx.with(7, 2) },
    { pce: newest.pce - 2 },
    { tee: newest.tee.with(2, 4) },
    { sgx: newest.sgx.slice(0, 7) },
  ]
  for (const change of low)
    expect(() => statusOf(change)).toThrow(expect.objectContaining({ code: 'tcb.unsupported' }))
})

test('components 0 and 1 count only for generation 0 of the TDX module', () => {
  expect(statusOf({ tee: [0, 1, 7, ...newest.tee.slice(3)] })).toBe('UpToDate')
  expect(statusOf({ tee: [5, 0, 7, ...newest.tee.slice(3)] })).toBe('UpToDate')
  expect(() => statusOf({ tee: [4, 0, 7, ...newest.tee.slice(3)] })).toThrow(
    expect.objectContaining({ code: 'tcb.unsupported' }),
  )
})

test('a whole is never better than its parts', () => {
  for (const status of PLATFORM_STATUSES) {
    expect(mergeStatus(status, 'UpToDate', 'UpToDate')).toBe(status)
    expect(mergeStatus(status, 'UpToDate', 'Revoked')).toBe('Revoked')
    expect(mergeStatus(status, 'Revoked', 'UpToDate')).toBe('Revoked')
    expect(mergeStatus(status, 'OutOfDate')).toMatch(/^(OutOfDate|Revoked)/)
    expect(mergeStatus(status, 'OutOfDate').includes('Configuration')).toBe(
      status.includes('Configuration'),
    )
  }
})

test('a TD started before an update is advised to relaunch, and only then', () => {
  expect(finalStatus('OutOfDate', 'UpToDate')).toBe('TDRelaunchAdvised')
  expect(finalStatus('OutOfDate', 'SWHardeningNeeded')).toBe('TDRelaunchAdvised')
  expect(finalStatus('OutOfDate', 'ConfigurationNeeded')).toBe(
    'TDRelaunchAdvisedConfigurationNeeded',
  )
  expect(finalStatus('OutOfDateConfigurationNeeded', 'OutOfDate')).toBe(
    'OutOfDateConfigurationNeeded',
  )
  expect(finalStatus('OutOfDate', undefined)).toBe('OutOfDate')
  for (const now of [...PLATFORM_STATUSES.slice(0, 4), undefined])
    expect(finalStatus('UpToDate', now)).toBe('UpToDate')
})

test('a TD that now runs on a TCB that is out of date is out of date, whatever it was launched on', () => {
  for (const now of ['OutOfDate', 'OutOfDateConfigurationNeeded'] as const)
    for (const atLaunch of PLATFORM_STATUSES.slice(0, 4))
      expect(finalStatus(atLaunch, now)).toBe(now)
})

test('a revoked level is refused, at launch or now', () => {
  for (const status of PLATFORM_STATUSES) {
    const refused = expect.objectContaining({ code: 'tcb.revoked' }) as Error
    expect(() => finalStatus('Revoked', status)).toThrow(refused)
    expect(() => finalStatus(status, 'Revoked')).toThrow(refused)
  }
})

test('a mask says which bits count, and lengths must agree', () => {
  const of = (...bytes: number[]) => Uint8Array.from(bytes)
  expect(equalMasked(of(0x15), of(0x11), of(0xfb))).toBe(true)
  expect(equalMasked(of(0x13), of(0x11), of(0xfb))).toBe(false)
  expect(equalMasked(of(1, 2), of(1), of(0))).toBe(false)
  expect(equalMasked(of(1), of(1), of())).toBe(false)
})
