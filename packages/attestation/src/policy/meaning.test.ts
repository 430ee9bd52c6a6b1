// What a policy says nothing about accepts nothing; policies as text; every code documented.
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
  strictPolicy,
} from '../index.ts'
import type { Claims, Hex, Policy, SnpLine } from '../index.ts'
import {
  nowMs,
  DAY_MS,
  hex,
  tdx,
  sgx,
  snpOf,
  snp,
  nitro,
  codeOf,
  strict,
  withIntel,
  withSnp,
} from '../testing/policy-claims.ts'

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
    const intel = [
      'tcbStatus',
      'tcbDate',
      'oldestTcbDate',
      'evaluationNumber',
      'collateralIssuedAtMs',
      'ppid',
    ]
    const judged: Record<Claims['platform'], string[]> = {
      tdx: intel,
      sgx: intel,
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
