// Policies: strict by default, nothing means "any".
import { expect, test } from 'vitest'
import type { TdxClaims as Claims, Policy, TcbStatus } from '../index.ts'
import { developmentPolicy, evaluate, strictPolicy } from '../index.ts'

const nowMs = Date.UTC(2026, 5, 8)
const DAY_MS = 86_400_000
const claims: Claims = {
  platform: 'tdx',
  tcbStatus: 'UpToDate',
  tcbDate: '2025-05-14T00:00:00Z',
  advisoryIds: [],
  evaluationNumber: 20,
  collateralIssuedAtMs: nowMs - DAY_MS,
  flags: [],
  mrtd: `0x${'11'.repeat(48)}`,
  rtmr: [
    `0x${'00'.repeat(48)}`,
    `0x${'00'.repeat(48)}`,
    `0x${'00'.repeat(48)}`,
    `0x${'00'.repeat(48)}`,
  ],
  mrConfigId: `0x${'22'.repeat(48)}`,
  measurementId: `0x${'33'.repeat(32)}`,
  reportData: `0x${'44'.repeat(64)}`,
  ppid: `0x${'55'.repeat(16)}`,
  fmspc: `0x${'66'.repeat(6)}`,
  trustRoot: 'intel-sgx-root-ca',
  simulated: false,
}
const codeOf = (change: Partial<Claims>, policy: Policy = strictPolicy(), atMs = nowMs) => {
  const verdict = evaluate({ ...claims, ...change }, policy, atMs)
  return verdict.accepted ? 'accepted' : verdict.code
}

test('good genuine claims are accepted by both policies', () => {
  expect(codeOf({})).toBe('accepted')
  expect(codeOf({}, developmentPolicy())).toBe('accepted')
})

test('a genuine policy never accepts a simulated root, whatever else it allows', () => {
  expect(codeOf({ simulated: true })).toBe('policy.simulated-root')
  const loose: Policy = {
    tcbStatuses: ['UpToDate', 'OutOfDate'],
    toleratedFlags: ['TD_DEBUG', 'NO_SEPT_VE_DISABLE', 'SERVICE_TD'],
    maxCollateralAgeMs: Number.MAX_SAFE_INTEGER,
    minEvaluationNumber: 1,
    trust: 'genuine',
  }
  expect(codeOf({ simulated: true }, loose)).toBe('policy.simulated-root')
  for (const trust of ['', 'any', true, undefined, null])
    expect(codeOf({ simulated: true }, { ...loose, trust: trust as unknown as 'genuine' })).toBe(
      'policy.invalid',
    )
})

test('a development policy accepts a simulated root and is as strict in everything else', () => {
  const policy = developmentPolicy()
  expect(codeOf({ simulated: true }, policy)).toBe('accepted')
  expect(codeOf({ simulated: true, flags: ['TD_DEBUG'] }, policy)).toBe('policy.flag')
  expect(codeOf({ simulated: true, tcbStatus: 'OutOfDate' }, policy)).toBe('policy.tcb-status')
})

test.each(['TD_DEBUG', 'NO_SEPT_VE_DISABLE', 'SERVICE_TD'] as const)('%s is refused', (flag) => {
  expect(codeOf({ flags: [flag] })).toBe('policy.flag')
  const tolerant = { ...strictPolicy(), toleratedFlags: [flag] }
  expect(codeOf({ flags: [flag] }, tolerant)).toBe('accepted')
})

test.each<TcbStatus>([
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'TDRelaunchAdvised',
  'TDRelaunchAdvisedConfigurationNeeded',
])('%s is refused unless the policy names it', (tcbStatus) => {
  expect(codeOf({ tcbStatus })).toBe('policy.tcb-status')
  expect(codeOf({ tcbStatus }, { ...strictPolicy(), tcbStatuses: [tcbStatus] })).toBe('accepted')
})

test('collateral counts for seven days, not a millisecond longer and not from the future', () => {
  expect(codeOf({ collateralIssuedAtMs: nowMs - 7 * DAY_MS })).toBe('accepted')
  expect(codeOf({ collateralIssuedAtMs: nowMs - 7 * DAY_MS - 1 })).toBe('policy.collateral-age')
  expect(codeOf({ collateralIssuedAtMs: nowMs })).toBe('accepted')
  expect(codeOf({ collateralIssuedAtMs: nowMs + 1 })).toBe('policy.collateral-age')
  expect(codeOf({ collateralIssuedAtMs: Number.NaN })).toBe('policy.collateral-age')
})

test('an older evaluation than the policy asks for is refused', () => {
  const policy = { ...strictPolicy(), minEvaluationNumber: 20 }
  expect(codeOf({ evaluationNumber: 20 }, policy)).toBe('accepted')
  expect(codeOf({ evaluationNumber: 19 }, policy)).toBe('policy.evaluation-number')
  expect(codeOf({ evaluationNumber: Number.NaN }, policy)).toBe('policy.evaluation-number')
})

test('an empty or zero field never means any', () => {
  const broken: Partial<Policy>[] = [
    { tcbStatuses: [] },
    { maxCollateralAgeMs: 0 },
    { maxCollateralAgeMs: Number.NaN },
    { maxCollateralAgeMs: Number.POSITIVE_INFINITY },
    { minEvaluationNumber: 0 },
  ]
  for (const change of broken)
    expect(codeOf({}, { ...strictPolicy(), ...change })).toBe('policy.invalid')
  expect(codeOf({}, strictPolicy(), Number.NaN)).toBe('policy.invalid')
})
