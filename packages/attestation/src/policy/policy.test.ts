// Policies: strict by default, nothing means "any", each rule just across its line.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AttestationError,
  developmentPolicy,
  evaluate,
  MAX_DENIED_PLATFORMS,
  MAX_GRACE_TCB_AGE_MS,
  MAX_POLICY_CHARACTERS,
  offlinePolicy,
  parsePolicy,
  POLICY_CODES,
  SNP_MINIMUM_TCB,
  snpLineOf,
  strictPolicy,
} from '../index.ts'
import type {
  ClaimFlag,
  Claims,
  Hex,
  IntelPolicy,
  NitroClaims,
  Policy,
  SevSnpClaims,
  SevSnpPolicy,
  SgxClaims,
  SnpLine,
  SnpProduct,
  TcbStatus,
  TdxClaims,
} from '../index.ts'

const nowMs = Date.UTC(2026, 5, 8)
const DAY_MS = 86_400_000
const hex = (byte: string, size: number) => `0x${byte.repeat(size)}` as const
const zero = hex('00', 48)

const common = {
  flags: [],
  reportData: hex('44', 64),
  trustRoot: 'vendor-root',
  simulated: false,
} as const
const intelClaims = {
  ...common,
  tcbStatus: 'UpToDate',
  tcbDate: '2025-05-14T00:00:00Z',
  oldestTcbDate: '2025-05-14T00:00:00Z',
  advisoryIds: [],
  evaluationNumber: 20,
  collateralIssuedAtMs: nowMs - DAY_MS,
  ppid: hex('55', 16),
  fmspc: hex('66', 6),
  measurementId: hex('33', 32),
} as const
const tdx: TdxClaims = {
  ...intelClaims,
  platform: 'tdx',
  mrtd: hex('11', 48),
  rtmr: [zero, zero, zero, zero],
  mrConfigId: hex('22', 48),
}
const sgx: SgxClaims = {
  ...intelClaims,
  platform: 'sgx',
  mrEnclave: hex('11', 32),
  mrSigner: hex('22', 32),
  isvProdId: 1,
  isvSvn: 1,
  configId: hex('00', 64),
  attributes: hex('05', 16),
}
/** Family, model and stepping of each line. */
const CPUIDS: Record<SnpLine, readonly [SnpProduct, number, number, number]> = {
  Milan: ['Milan', 0x19, 0x01, 1],
  'Milan-X': ['Milan', 0x19, 0x01, 2],
  Genoa: ['Genoa', 0x19, 0x11, 1],
  'Genoa-X': ['Genoa', 0x19, 0x11, 2],
  Bergamo: ['Genoa', 0x19, 0xa0, 2],
  Turin: ['Turin', 0x1a, 0x02, 1],
  'Turin-Dense': ['Turin', 0x1a, 0x11, 0],
}
const lines = Object.keys(CPUIDS) as SnpLine[]
const snpOf = (line: SnpLine): SevSnpClaims => ({
  ...common,
  platform: 'sev-snp',
  product: CPUIDS[line][0],
  cpuid: { family: CPUIDS[line][1], model: CPUIDS[line][2], stepping: CPUIDS[line][3] },
  signedBy: 'VCEK',
  reportedTcb: SNP_MINIMUM_TCB[line],
  currentTcb: SNP_MINIMUM_TCB[line],
  committedTcb: SNP_MINIMUM_TCB[line],
  launchTcb: SNP_MINIMUM_TCB[line],
  vmpl: 0,
  guestSvn: 0,
  guestPolicy: hex('00', 8),
  measurement: hex('11', 48),
  hostData: hex('22', 32),
  familyId: hex('00', 16),
  imageId: hex('00', 16),
  idKeyDigest: zero,
  authorKeyDigest: zero,
  chipId: hex('77', 64),
  collateralIssuedAtMs: nowMs - 100 * DAY_MS,
  measurementId: hex('33', 32),
})
const snp = snpOf('Genoa')
const nitro: NitroClaims = {
  ...common,
  platform: 'nitro',
  moduleId: 'i-1-enc1',
  timestampMs: nowMs - 1000,
  pcrs: { 0: hex('11', 48) },
  nonce: undefined,
  publicKey: undefined,
}

const codeOf = (claims: Claims, policy: Policy = strictPolicy(), atMs = nowMs) => {
  const verdict = evaluate(claims, policy, atMs)
  return verdict.accepted ? 'accepted' : verdict.code
}
const strict = strictPolicy() as Required<Policy>
const withIntel = (change: Partial<IntelPolicy>): Policy => ({
  ...strict,
  intel: { ...strict.intel, ...change },
})
const withSnp = (change: Partial<SevSnpPolicy>): Policy => ({
  ...strict,
  sevSnp: { ...strict.sevSnp, ...change },
})

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

describe('nothing means any', () => {
  const nothing = [[], {}, '', 0, -1, 0.5, Number.NaN, Infinity, null, false, true, undefined]
  const claims: Claims[] = [tdx, sgx, snp, nitro]
  /** Every field of a policy, by its path; lists and numbers are leaves. */
  const pathsOf = (value: unknown, path: string[] = []): string[][] =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? [path]
      : [
          ...(path.length > 0 ? [path] : []),
          ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key])),
        ]
  const withField = (value: unknown, [key, ...rest]: string[], field: unknown): unknown => {
    if (key === undefined) return field
    const bag = value as Record<string, unknown>
    return { ...bag, [key]: withField(bag[key], rest, field) }
  }
  const withoutField = (value: unknown, [key, ...rest]: string[]): unknown => {
    const bag = { ...(value as Record<string, unknown>) }
    if (key === undefined) return bag
    if (rest.length === 0) delete bag[key]
    else bag[key] = withoutField(bag[key], rest)
    return bag
  }
  const grace = { statuses: ['OutOfDate'], maxTcbAgeMs: 30 * DAY_MS } as const
  const full: Policy = {
    ...withIntel({ grace }),
    platforms: ['tdx', 'sgx', 'sev-snp', 'nitro'],
    toleratedFlags: ['VMPL1'],
    deniedPlatforms: [hex('99', 16)],
  }
  /** These may be empty: then they tolerate, or deny, nothing more than before. */
  const mayBeEmpty = ['toleratedFlags', 'deniedPlatforms']
  /** Vendor numbers of these components start at zero. */
  const mayBeZero = ['fmc', 'bootloader', 'tee']

  test.each(pathsOf(full).map((path) => [path.join('.'), path] as const))(
    '%s empty, zero or no number accepts nothing',
    (_, path) => {
      const name = path.at(-1) ?? ''
      for (const value of nothing) {
        if (Array.isArray(value) && mayBeEmpty.includes(name)) continue
        if (value === 0 && mayBeZero.includes(name)) continue
        // No grace and no section at all are cases of their own, below.
        if (value === undefined && path.length === 1) continue
        if (value === undefined && name === 'grace') continue
        const policy = withField(full, path, value) as Policy
        for (const each of claims) expect(codeOf(each, policy)).toBe('policy.invalid')
      }
    },
  )

  test.each(pathsOf(full).map((path) => [path.join('.'), path] as const))(
    '%s missing accepts nothing',
    (_, path) => {
      const policy = withoutField(full, path) as Policy
      if (path.at(-1) === 'grace') {
        expect(codeOf({ ...tdx, tcbStatus: 'OutOfDate' }, policy)).toBe('policy.tcb-status')
        return
      }
      const [section, list, line] = path
      if (list === 'minimumTcb' && path.length === 3) {
        expect(codeOf(snpOf(line as SnpLine), policy)).toBe('policy.product')
        return
      }
      expect(section).toBeDefined()
      for (const each of claims) expect(codeOf(each, policy)).toBe('policy.invalid')
    },
  )

  test('a field that no policy has accepts nothing', () => {
    for (const path of [[], ['intel'], ['intel', 'grace'], ['sevSnp'], ['sevSnp', 'minimumTcb']])
      for (const field of ['any', 'tcbStatus', 'constructor']) {
        const policy = withField(full, [...path, field], 1) as Policy
        for (const each of claims) expect(codeOf(each, policy)).toBe('policy.invalid')
      }
  })

  test('names that are unknown or twice accept nothing', () => {
    const broken: Policy[] = [
      { ...full, platforms: ['tdx', 'tdx'] },
      { ...full, platforms: ['any' as 'tdx'] },
      { ...full, toleratedFlags: ['ANY' as 'DEBUG'] },
      withIntel({ tcbStatuses: ['Revoked' as 'OutOfDate'] }),
      withIntel({ tcbStatuses: ['OutOfDate'], grace }),
      withSnp({ signers: ['VCEK', 'VCEK'] }),
      withSnp({ minimumTcb: { Milan: { ...SNP_MINIMUM_TCB.Milan, fmc: 1 } } }),
      withSnp({ minimumTcb: { Naples: SNP_MINIMUM_TCB.Milan } as object }),
      withSnp({ minimumTcb: { Milan: { ...SNP_MINIMUM_TCB.Milan, tee: 256 } } }),
    ]
    for (const policy of broken) expect(codeOf(tdx, policy)).toBe('policy.invalid')
  })

  test('ids of machines have one form', () => {
    const deny = (...deniedPlatforms: string[]) =>
      codeOf(tdx, { ...full, deniedPlatforms: deniedPlatforms as Policy['deniedPlatforms'] })
    expect(deny(hex('ab', 16), hex('ab', 64))).toBe('accepted')
    for (const id of ['', '0x', hex('AB', 16), 'ab'.repeat(16), hex('ab', 15), hex('ab', 65)])
      expect(deny(id)).toBe('policy.invalid')
    expect(deny(hex('00', 16))).toBe('policy.invalid')
    expect(deny(hex('00', 64))).toBe('policy.invalid')
    const many = (count: number) => Array.from({ length: count }, () => hex('ab', 16))
    expect(deny(...many(MAX_DENIED_PLATFORMS))).toBe('accepted')
    expect(deny(...many(MAX_DENIED_PLATFORMS + 1))).toBe('policy.invalid')
  })

  test('no time, or none that can be, accepts nothing', () => {
    for (const atMs of [0, -1, 0.5, Number.NaN, Infinity, '1' as unknown as number])
      for (const each of claims) expect(codeOf(each, full, atMs)).toBe('policy.invalid')
  })

  test('claims with a field that is absent, or of another type, are refused', () => {
    const judged: Record<Claims['platform'], string[]> = {
      tdx: [
        'tcbStatus',
        'tcbDate',
        'oldestTcbDate',
        'evaluationNumber',
        'collateralIssuedAtMs',
        'ppid',
      ],
      sgx: [
        'tcbStatus',
        'tcbDate',
        'oldestTcbDate',
        'evaluationNumber',
        'collateralIssuedAtMs',
        'ppid',
      ],
      'sev-snp': ['product', 'signedBy', 'reportedTcb', 'committedTcb', 'launchTcb'],
      nitro: [],
    }
    for (const each of claims)
      for (const field of ['platform', 'simulated', 'trustRoot', 'flags', ...judged[each.platform]])
        for (const value of [undefined, null, Number.NaN, {}, [1], Symbol('x')]) {
          const verdict = evaluate({ ...each, [field]: value }, full, nowMs)
          expect(verdict.accepted, `${each.platform}.${field}`).toBe(false)
        }
  })

  test('an id that is not written as lists have it is refused, as it would not be found there', () => {
    for (const ppid of ['0x', tdx.ppid.replace('5', 'A'), `${tdx.ppid}55`, tdx.ppid.slice(2)])
      expect(codeOf({ ...tdx, ppid: ppid as Hex }, full)).toBe('policy.claims')
    for (const chipId of ['0x', hex('AB', 64), hex('ab', 63)] as const)
      expect(codeOf({ ...snp, chipId }, full)).toBe('policy.claims')
  })

  test('fields that a policy only inherits accept nothing', () => {
    const inherits = (own: object, fields: object) =>
      Object.assign(Object.create(fields) as object, own) as never
    const { intel, ...others } = full
    const { intel: graceless } = withIntel({})
    const late: Claims = { ...tdx, tcbStatus: 'OutOfDate', oldestTcbDate: '2026-06-01T00:00:00Z' }
    expect(codeOf(late, full)).toBe('accepted')
    expect(codeOf(late, inherits(others, { intel }))).toBe('policy.invalid')
    expect(codeOf(late, { ...others, intel: inherits(graceless ?? {}, { grace }) })).toBe(
      'policy.invalid',
    )
    expect(codeOf(tdx, inherits({}, full))).toBe('policy.invalid')
  })

  test('numbers of a TCB that are no whole numbers are above no minimum', () => {
    for (const name of ['reportedTcb', 'committedTcb', 'launchTcb'] as const)
      for (const value of [Number.NaN, 0.5, Infinity, '255' as unknown as number])
        expect(codeOf({ ...snp, [name]: { ...snp[name], snp: value } }, full)).toBe('policy.claims')
  })

  test('evaluate never throws and accepts no nonsense', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true })
    fc.assert(
      fc.property(anything, anything, anything, (a, b, c) => {
        expect(evaluate(a as Claims, b as Policy, c as number).accepted).toBe(false)
        expect(evaluate(a as Claims, full, nowMs).accepted).toBe(false)
        expect(evaluate(tdx, b as Policy, nowMs).accepted).toBe(false)
      }),
    )
    const change = fc.record({ field: fc.constantFrom(...Object.keys(tdx)), value: anything })
    fc.assert(
      fc.property(change, ({ field, value }) => {
        evaluate({ ...tdx, [field]: value }, full, nowMs)
        evaluate({ ...snp, [field]: value }, full, nowMs)
      }),
    )
    const policy = withIntel({ grace: { ...grace, maxTcbAgeMs: MAX_GRACE_TCB_AGE_MS } })
    const lastDay = { ...tdx, tcbStatus: 'OutOfDate', oldestTcbDate: '+275760-09-13' } as const
    expect(codeOf(lastDay, policy)).toBe('policy.tcb-grace')
  })
})

describe('policies as text', () => {
  const malformed = (text: string) => {
    try {
      parsePolicy(text)
    } catch (error) {
      if (!(error instanceof AttestationError)) throw error
      return [error.code, error.message]
    }
    return ['accepted']
  }

  test('a policy is what its JSON says', () => {
    for (const policy of [strictPolicy(), developmentPolicy(), offlinePolicy()])
      expect(parsePolicy(JSON.stringify(policy))).toEqual(policy)
  })

  test('what evaluate would refuse is refused as text, with the name of the field', () => {
    const text = (policy: unknown) => JSON.stringify(policy)
    for (const [field, policy] of [
      ['platforms', { ...strict, platforms: [] }],
      ['any', { ...strict, any: true }],
      ['intel.tcbStatuses', withIntel({ tcbStatuses: [] })],
      ['intel', { ...strict, intel: undefined }],
      ['sevSnp.minimumTcb', withSnp({ minimumTcb: {} })],
    ] as const) {
      const [code, message] = malformed(text(policy))
      expect(code).toBe('policy.malformed')
      expect(message).toContain(field)
    }
  })

  test('text that is no JSON, has a key twice, or is too long is refused', () => {
    const good = JSON.stringify(strict)
    expect(malformed(good.padEnd(MAX_POLICY_CHARACTERS))[0]).toBe('accepted')
    expect(malformed(good.padEnd(MAX_POLICY_CHARACTERS + 1))[0]).toBe('policy.malformed')
    for (const text of ['', '{', 'null', '[]', `${good} `.repeat(2)])
      expect(malformed(text)[0]).toBe('policy.malformed')
    expect(malformed(good.replace('{', '{"trust":"genuine",'))[0]).toBe('policy.malformed')
    expect(malformed(good.replace('{', '{"__proto__":{},'))[0]).toBe('policy.malformed')
  })
})

const page = readFileSync(
  join(import.meta.dirname, '../../../../docs/reference/attestation.md'),
  'utf8',
)
test.each(POLICY_CODES)('%s is documented', (code) => {
  expect(page).toContain(`\`${code}\``)
})
