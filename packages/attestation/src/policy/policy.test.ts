// Policies: strict by default, nothing means "any", each rule just across its line.
import { describe, expect, test } from 'vitest'
import {
  developmentPolicy,
  evaluate,
  MAX_GRACE_TCB_AGE_MS,
  offlinePolicy,
  SNP_MINIMUM_TCB,
  snpLineOf,
  strictPolicy,
} from '../index.ts'
import type {
  ClaimFlag,
  Claims,
  Policy,
  SevSnpClaims,
  SgxClaims,
  TcbStatus,
  TdxClaims,
} from '../index.ts'
import {
  nowMs,
  DAY_MS,
  hex,
  tdx,
  sgx,
  lines,
  snpOf,
  snp,
  nitro,
  codeOf,
  strict,
  withIntel,
  withSnp,
} from '../testing/policy-claims.ts'

describe('every platform', () => {
  const all: [string, Claims][] = [
    ['tdx', tdx],
    ['sgx', sgx],
    ['sev-snp', snp],
  ]

  test.each(all)('good genuine claims of %s are accepted by each policy', (_, claims) => {
    for (const policy of [strictPolicy(), developmentPolicy(), offlinePolicy()])
      expect(codeOf(claims, policy)).toBe('accepted')
  })

  test.each([...all, ['nitro', nitro] as [string, Claims]])(
    '%s is refused by a policy that does not name it',
    (platform, claims) => {
      const platforms = (['tdx', 'sgx', 'sev-snp', 'nitro'] as const).filter((p) => p !== platform)
      expect(codeOf(claims, { ...strict, platforms })).toBe('policy.platform')
      expect(codeOf(claims, { ...strict, platforms: [claims.platform] })).toBe('accepted')
    },
  )

  test('Nitro enclaves are accepted only where they are named', () => {
    expect(codeOf(nitro)).toBe('policy.platform')
    expect(codeOf(nitro, developmentPolicy())).toBe('policy.platform')
  })

  test.each([...all, ['nitro', nitro] as [string, Claims]])(
    'a genuine policy never accepts %s under a simulated root, whatever else it allows',
    (_, claims) => {
      const loose = { ...offlinePolicy(), trust: 'genuine' } as const
      expect(codeOf({ ...claims, simulated: true }, loose)).toBe('policy.simulated-root')
      expect(codeOf({ ...claims, simulated: true }, offlinePolicy())).toBe('accepted')
    },
  )

  test('a development policy accepts a simulated root and is as strict in everything else', () => {
    const policy = developmentPolicy()
    expect(codeOf({ ...tdx, simulated: true }, policy)).toBe('accepted')
    expect(codeOf({ ...tdx, simulated: true, flags: ['TD_DEBUG'] }, policy)).toBe('policy.flag')
    expect({ ...policy, trust: 'genuine', sevSnp: strict.sevSnp }).toEqual(strictPolicy())
  })

  test.each<[ClaimFlag, Claims]>([
    ['TD_DEBUG', tdx],
    ['NO_SEPT_VE_DISABLE', tdx],
    ['SERVICE_TD', tdx],
    ['SGX_DEBUG', sgx],
    ['SGX_PROVISION_KEY', sgx],
    ['SGX_LAUNCH_KEY', sgx],
    ['DEBUG', snp],
    ['MIGRATE_MA', snp],
    ['NO_ALIAS_CHECK', snp],
    ['VMPL1', snp],
    ['VMPL2', snp],
    ['VMPL3', snp],
    ['NITRO_DEBUG', nitro],
  ])('%s is refused unless the policy tolerates it by name', (flag, claims) => {
    const policy: Policy = { ...strict, platforms: [claims.platform] }
    expect(codeOf({ ...claims, flags: [flag] }, policy)).toBe('policy.flag')
    expect(codeOf({ ...claims, flags: [flag] }, offlinePolicy())).toBe('policy.flag')
    const tolerant: Policy = { ...policy, toleratedFlags: [flag] }
    expect(codeOf({ ...claims, flags: [flag] }, tolerant)).toBe('accepted')
    const other = flag === 'DEBUG' ? 'VMPL1' : 'DEBUG'
    expect(codeOf({ ...claims, flags: [flag, other] }, tolerant)).toBe('policy.flag')
  })

  test('a flag that no policy knows is refused', () => {
    expect(codeOf({ ...tdx, flags: ['NEW' as ClaimFlag] })).toBe('policy.flag')
    expect(codeOf({ ...tdx, flags: ['__proto__' as ClaimFlag] })).toBe('policy.flag')
  })
})

describe('machines', () => {
  test('a machine on the list is refused, the one beside it is not', () => {
    const deny = (...deniedPlatforms: Policy['deniedPlatforms']) => ({ ...strict, deniedPlatforms })
    for (const claims of [tdx, sgx]) {
      expect(codeOf(claims, deny(claims.ppid))).toBe('policy.denied')
      expect(codeOf(claims, deny(hex('56', 16), claims.ppid))).toBe('policy.denied')
      expect(codeOf(claims, deny(hex('56', 16), hex('77', 64)))).toBe('accepted')
    }
    expect(codeOf(snp, deny(hex('77', 64)))).toBe('policy.denied')
    expect(codeOf(snp, deny(hex('78', 64), hex('55', 16)))).toBe('accepted')
  })

  test('a machine that hides its id is refused, unless the policy says that it may', () => {
    const lenient: Policy = { ...strict, hardwareId: 'not-required' }
    for (const masked of [
      { ...tdx, ppid: hex('00', 16) },
      { ...sgx, ppid: hex('00', 16) },
      { ...snp, chipId: undefined },
      { ...snp, chipId: hex('00', 64) },
    ]) {
      expect(codeOf(masked)).toBe('policy.hardware-id')
      expect(codeOf(masked, lenient)).toBe('accepted')
    }
  })

  test('a machine that hides its id cannot escape a list of denied ones of its vendor', () => {
    const lenient = { ...strict, hardwareId: 'not-required' } as const
    const masked = { ...snp, chipId: undefined }
    expect(codeOf(masked, { ...lenient, deniedPlatforms: [hex('77', 64)] })).toBe('policy.denied')
    expect(codeOf(masked, { ...lenient, deniedPlatforms: [hex('55', 16)] })).toBe('accepted')
  })
})

describe.each<[string, TdxClaims | SgxClaims]>([
  ['tdx', tdx],
  ['sgx', sgx],
])('Intel, %s', (_, claims) => {
  test.each<TcbStatus>([
    'SWHardeningNeeded',
    'ConfigurationNeeded',
    'ConfigurationAndSWHardeningNeeded',
    'OutOfDate',
    'OutOfDateConfigurationNeeded',
    'TDRelaunchAdvised',
    'TDRelaunchAdvisedConfigurationNeeded',
  ])('%s is refused unless the policy names it', (tcbStatus) => {
    expect(codeOf({ ...claims, tcbStatus })).toBe('policy.tcb-status')
    expect(codeOf({ ...claims, tcbStatus }, withIntel({ tcbStatuses: [tcbStatus] }))).toBe(
      'accepted',
    )
    expect(codeOf(claims, withIntel({ tcbStatuses: [tcbStatus] }))).toBe('policy.tcb-status')
  })

  test('grace ends a millisecond after its age, counted from the date of the TCB level', () => {
    const policy = withIntel({ grace: { statuses: ['OutOfDate'], maxTcbAgeMs: 30 * DAY_MS } })
    const late: Claims = { ...claims, tcbStatus: 'OutOfDate' }
    const fromMs = Date.parse(claims.oldestTcbDate)
    const at = (atMs: number) =>
      evaluate({ ...late, collateralIssuedAtMs: atMs - DAY_MS }, policy, atMs)
    const toleratedUntilMs = fromMs + 30 * DAY_MS
    expect(at(fromMs)).toEqual({ accepted: true, toleratedUntilMs })
    expect(at(toleratedUntilMs)).toEqual({ accepted: true, toleratedUntilMs })
    expect(at(toleratedUntilMs + 1)).toMatchObject({ code: 'policy.tcb-grace' })
    expect(at(fromMs - 1)).toMatchObject({ code: 'policy.tcb-grace' })
  })

  test('grace is counted from the oldest level that is short, not from that of the platform', () => {
    const policy = withIntel({ grace: { statuses: ['OutOfDate'], maxTcbAgeMs: 30 * DAY_MS } })
    const dates = { tcbDate: '2026-06-01T00:00:00Z', oldestTcbDate: '2023-02-15T00:00:00Z' }
    const late: Claims = { ...claims, tcbStatus: 'OutOfDate', ...dates }
    expect(codeOf(late, policy)).toBe('policy.tcb-grace')
    expect(codeOf({ ...late, oldestTcbDate: dates.tcbDate }, policy)).toBe('accepted')
  })

  test('a date that is none ends no grace, and is refused', () => {
    const grace = { statuses: ['OutOfDate'], maxTcbAgeMs: 30 * DAY_MS } as const
    const late: Claims = { ...claims, tcbStatus: 'OutOfDate', oldestTcbDate: 'soon' }
    expect(codeOf(late, withIntel({ grace }))).toBe('policy.claims')
  })

  test('grace is for the statuses it names, and changes no other rule', () => {
    const grace = { statuses: ['OutOfDate'], maxTcbAgeMs: MAX_GRACE_TCB_AGE_MS } as const
    const policy = withIntel({ grace })
    const late: Claims = { ...claims, tcbStatus: 'OutOfDate' }
    expect(codeOf(claims, policy)).toBe('accepted')
    expect(codeOf(late, policy)).toBe('accepted')
    expect(codeOf({ ...claims, tcbStatus: 'SWHardeningNeeded' }, policy)).toBe('policy.tcb-status')
    expect(codeOf({ ...late, flags: ['SERVICE_TD'] }, policy)).toBe('policy.flag')
    expect(codeOf({ ...late, evaluationNumber: 18 }, policy)).toBe('policy.evaluation-number')
    expect(codeOf({ ...late, collateralIssuedAtMs: 1 }, policy)).toBe('policy.collateral-age')
  })

  test('grace has an end that no policy can lift', () => {
    const grace = { statuses: ['OutOfDate'], maxTcbAgeMs: MAX_GRACE_TCB_AGE_MS + 1 } as const
    expect(codeOf(claims, withIntel({ grace }))).toBe('policy.invalid')
  })

  test('collateral counts for seven days, not a millisecond longer and not from the future', () => {
    const aged = (collateralIssuedAtMs: number) => codeOf({ ...claims, collateralIssuedAtMs })
    expect(aged(nowMs - 7 * DAY_MS)).toBe('accepted')
    expect(aged(nowMs - 7 * DAY_MS - 1)).toBe('policy.collateral-age')
    expect(aged(nowMs)).toBe('accepted')
    expect(aged(nowMs + 1)).toBe('policy.collateral-age')
    expect(codeOf({ ...claims, collateralIssuedAtMs: 1 }, offlinePolicy())).toBe('accepted')
  })

  test('an older evaluation than the policy asks for is refused', () => {
    const policy = withIntel({ minEvaluationNumber: 20 })
    expect(codeOf({ ...claims, evaluationNumber: 21 }, policy)).toBe('accepted')
    expect(codeOf({ ...claims, evaluationNumber: 20 }, policy)).toBe('accepted')
    expect(codeOf({ ...claims, evaluationNumber: 19 }, policy)).toBe('policy.evaluation-number')
  })
})

describe('SEV-SNP', () => {
  const parts = ['reportedTcb', 'committedTcb', 'launchTcb'] as const

  test.each(lines)(
    'each component of %s below its minimum is refused, in each TCB that counts',
    (line) => {
      const claims = snpOf(line)
      const policy = withSnp({ minimumTcb: SNP_MINIMUM_TCB })
      expect(codeOf(claims, policy)).toBe('accepted')
      const minimum = Object.entries(SNP_MINIMUM_TCB[line]).filter(([, least]) => least > 0)
      for (const part of parts)
        for (const [component, least] of minimum) {
          const tcb = (value: number | undefined) =>
            ({ ...claims, [part]: { ...claims[part], [component]: value } }) as SevSnpClaims
          expect(codeOf(tcb(least + 1), policy)).toBe('accepted')
          expect(codeOf(tcb(least - 1), policy)).toBe('policy.minimum-tcb')
          expect(codeOf(tcb(undefined), policy)).toBe('policy.minimum-tcb')
          expect(codeOf(tcb(0), offlinePolicy())).toBe('accepted')
        }
    },
  )

  test('Milan is accepted where it is named, and by no strict policy', () => {
    for (const line of ['Milan', 'Milan-X'] as const) {
      expect(codeOf(snpOf(line))).toBe('policy.product')
      expect(codeOf(snpOf(line), developmentPolicy())).toBe('accepted')
      const policy = withSnp({ minimumTcb: { [line]: SNP_MINIMUM_TCB[line] } })
      expect(codeOf(snpOf(line), policy)).toBe('accepted')
    }
  })

  test('microcode of one line is no measure for another', () => {
    const { cpuid: _, ...unknown } = snpOf('Bergamo')
    expect(snpLineOf(unknown)).toBe('Genoa')
    expect(codeOf(snpOf('Bergamo'))).toBe('accepted')
    expect(codeOf(unknown)).toBe('policy.minimum-tcb')
    const asGenoa = { ...snpOf('Bergamo'), cpuid: snpOf('Genoa').cpuid } as SevSnpClaims
    expect(codeOf(asGenoa)).toBe('policy.minimum-tcb')
  })

  test.each(lines)('the line %s follows from its CPUID', (line) => {
    expect(snpLineOf(snpOf(line))).toBe(line)
    const { product, cpuid } = snpOf(line)
    expect(snpLineOf({ product })).toBe(product)
    const stepping = 15
    expect(snpLineOf({ product, cpuid: { family: 0, model: 1, ...cpuid, stepping } })).toBe(
      line.replace('-X', ''),
    )
  })

  test('the TCB that only runs now is not judged: it vouches for nothing', () => {
    const currentTcb = { ...snp.currentTcb, microcode: 1 }
    expect(codeOf({ ...snp, currentTcb })).toBe('accepted')
  })

  test('a processor line that the policy does not name is refused', () => {
    const policy = withSnp({ minimumTcb: { Turin: SNP_MINIMUM_TCB.Turin } })
    expect(codeOf(snpOf('Turin'), policy)).toBe('accepted')
    expect(codeOf(snp, policy)).toBe('policy.product')
    expect(codeOf({ ...snp, product: 'constructor' as 'Milan' })).toBe('policy.claims')
  })

  test('a key of the cloud is refused unless the policy names it', () => {
    const shared: SevSnpClaims = { ...snp, signedBy: 'VLEK' }
    expect(codeOf(shared)).toBe('policy.signer')
    expect(codeOf(shared, withSnp({ signers: ['VLEK'] }))).toBe('accepted')
    expect(codeOf(snp, withSnp({ signers: ['VLEK'] }))).toBe('policy.signer')
  })

  test('evidence without a revocation list is refused unless the policy asks for none', () => {
    const bare = { ...snp, collateralIssuedAtMs: undefined }
    expect(codeOf(bare)).toBe('policy.revocation-list')
    expect(codeOf(bare, withSnp({ revocationList: 'not-required' }))).toBe('accepted')
  })
})
