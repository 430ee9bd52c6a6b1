// Advice on simulated platforms: each component short by itself, just across the line, the policy's
// patience, the next TCB recovery, and evidence that deserves none.
import { expect, test } from 'vitest'
import { createSimulatedVendor } from '../../simulated/index.ts'
import type { CollateralOptions, SimulatedSwitches, TdxQuoteFormat } from '../../simulated/index.ts'
import { developmentPolicy, MAX_GRACE_TCB_AGE_MS, type Policy } from '../../policy/policy.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { appraise } from '../appraise.ts'
import { adviseTcb, type AdviseTcbOptions, type TcbAdvice } from './advice.ts'
import type { PartAdvice } from './part-advice.ts'
import { TCB_REMEDIES } from './remedies.ts'

const atMs = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const vendor = createSimulatedVendor({ seed: seed(1), atMs })
const store = { roots: [{ name: vendor.name, der: vendor.rootDer, simulated: true }] }
const reportData = `0x${'5d'.repeat(64)}` as const

type Given = {
  chip?: Partial<SimulatedSwitches>
  format?: TdxQuoteFormat | 'sgx'
  collateral?: CollateralOptions
  options?: AdviseTcbOptions
  at?: number
}
function evidenceOf({ chip: switches = {}, format = { version: 4 } }: Given) {
  const chip = vendor.createChip({ seed: seed(9) })
  chip.set(switches)
  if (format !== 'sgx') {
    const guest = chip.launch({ mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` })
    return { platform: 'tdx', quote: guest.quote(reportData, format) } as const
  }
  const [mrEnclave, mrSigner] = [`0x${'e1'.repeat(32)}`, `0x${'51'.repeat(32)}`] as const
  const enclave = chip.launchEnclave({ mrEnclave, mrSigner, isvProdId: 7, isvSvn: 3 })
  return { platform: 'sgx', quote: enclave.quote(reportData) } as const
}
const collateralOf = (given: Given, options: CollateralOptions = {}) =>
  vendor.collateral(atMs, { tee: given.format === 'sgx' ? 'sgx' : 'tdx', ...options })
const advise = (given: Given = {}): Promise<TcbAdvice> =>
  adviseTcb(
    evidenceOf(given),
    collateralOf(given, given.collateral),
    store,
    given.at ?? atMs,
    given.options,
  )
const partOf = (advice: TcbAdvice, part: PartAdvice['part']) =>
  advice.parts.find((candidate) => candidate.part === part)
const codes = ({ steps }: TcbAdvice) => steps.map(({ code }) => code)
const shortOf = (advice: TcbAdvice) =>
  advice.parts.flatMap(({ short }) =>
    short.map(({ of, index, have, need, raisedBy }) => [`${of} ${index}`, have, need, raisedBy]),
  )

test('a platform that is up to date needs nothing', async () => {
  for (const format of [{ version: 4 }, { version: 5, td: '1.5' }, 'sgx'] as const) {
    const advice = await advise({ format, chip: { sgxSvns: { 0: 200 }, pceSvn: 12 } })
    expect(advice).toMatchObject({ status: 'UpToDate', restartSuffices: false, steps: [] })
    expect(shortOf(advice)).toEqual([])
    expect(advice.parts.map(({ part, id, status }) => [part, id, status])).toEqual([
      ['platform', '53494d554c41', 'UpToDate'],
      ...(format === 'sgx' ? [] : [['tdx-module', 'TDX_01', 'UpToDate']]),
      ['quoting-enclave', format === 'sgx' ? 'QE' : 'TD_QE', 'UpToDate'],
    ])
  }
})

test.each<[string, Partial<SimulatedSwitches>, unknown[], string[]]>([
  ['BIOS microcode', { sgxSvns: { 0: 6 } }, ['sgx 0', 6, 7], ['bios-microcode', 'pck-certificate']],
  ['late microcode', { sgxSvns: { 1: 6 } }, ['sgx 1', 6, 7], ['os-microcode', 'pck-certificate']],
  ['the SINIT module', { sgxSvns: { 2: 1 } }, ['sgx 2', 1, 2], ['sinit-module', 'pck-certificate']],
  ['BIOS', { sgxSvns: { 3: 0 } }, ['sgx 3', 0, 2], ['bios', 'pck-certificate']],
  ['the SEAM loader', { sgxSvns: { 7: 2 } }, ['sgx 7', 2, 3], ['seam-loader', 'pck-certificate']],
  ['the PCE', { pceSvn: 10 }, ['pce 0', 10, 11], ['pce', 'pck-certificate']],
  ['TDX microcode', { teeSvns: { 2: 6 } }, ['tdx 2', 6, 7], ['os-microcode']],
  ['the TDX module', { teeSvns: { 0: 4 } }, ['tdx-module 0', 4, 5], ['tdx-module']],
  ['a later module', { teeSvns: { 0: 2, 1: 3 } }, ['tdx-module 0', 2, 3], ['tdx-module']],
  ['an early module', { teeSvns: { 0: 4, 1: 0 } }, ['tdx 0', 4, 5], ['tdx-module']],
  ['the quoting enclave', { qeSvn: 3 }, ['quoting-enclave 0', 3, 4], ['quoting-enclave']],
])('says that %s is short, by how much and what raises it', async (_what, chip, short, steps) => {
  const advice = await advise({ chip })
  expect(['OutOfDate', 'Unsupported']).toContain(advice.status)
  expect(shortOf(advice)).toEqual([[...short, steps[0]]])
  expect(codes(advice)).toEqual(steps)
  for (const { code, text } of advice.steps) expect(text).toBe(TCB_REMEDIES[code])
})

test('names components as TCB info does, and the advisories that go away', async () => {
  const platform = partOf(await advise({ chip: { tcb: 'OutOfDate' } }), 'platform')
  expect(platform).toMatchObject({
    status: 'OutOfDate',
    current: { tcbDate: '2023-08-09T00:00:00Z', advisoryIds: ['SIMULATED-SA-00001'] },
    target: { status: 'UpToDate', tcbDate: '2025-05-14T00:00:00Z', advisoryIds: [] },
    fixes: ['SIMULATED-SA-00001'],
    lowest: null,
  })
  expect(platform?.short).toContainEqual({
    of: 'sgx',
    index: 1,
    category: 'OS/VMM',
    type: 'SGX Late Microcode Update',
    have: 6,
    need: 7,
    shortBy: 1,
    raisedBy: 'os-microcode',
  })
})

test('tells a setting from an update, and what no update raises', async () => {
  const setting = await advise({ chip: { tcb: 'ConfigurationNeeded' } })
  expect(shortOf(setting)).toEqual([['sgx 5', 0, 1, 'bios-setting']])
  expect(codes(setting)).toEqual(['bios-setting', 'pck-certificate'])
  const hardening = await advise({ chip: { tcb: 'SWHardeningNeeded' } })
  expect(codes(hardening)).toEqual(['bios', 'pck-certificate', 'software-hardening'])
  // Where the vendor has no better level, nothing is short and hardening is all there is.
  const { tcbLevels } = JSON.parse(vendor.collateral(atMs).tcb_info) as { tcbLevels: object[] }
  const best = await advise({
    chip: { tcb: 'OutOfDate' },
    collateral: { tcbInfo: { tcbLevels: tcbLevels.slice(1) } },
  })
  expect(partOf(best, 'platform')).toMatchObject({ target: { status: 'SWHardeningNeeded' } })
  expect(codes(best).at(-1)).toBe('software-hardening')
})

test('asks for no more than a level that is up to date, where there are several', async () => {
  const { tcbLevels } = JSON.parse(vendor.collateral(atMs, { recoveries: 1 }).tcb_info) as {
    tcbLevels: object[]
  }
  const both = tcbLevels.map((level, i) => (i < 2 ? { ...level, tcbStatus: 'UpToDate' } : level))
  const collateral = { tcbInfo: { tcbLevels: both } }
  const advice = await advise({ collateral })
  expect(advice).toMatchObject({ status: 'UpToDate', steps: [] })
  expect(shortOf(advice)).toEqual([])
  // From below, the newest is what to aim for.
  const old = await advise({ collateral, chip: { tcb: 'OutOfDate' } })
  expect(old.parts[0]?.short[0]).toMatchObject({ have: 6, need: 8 })
})

test.each<[string, Partial<SimulatedSwitches>, string, PartAdvice['part']]>([
  ['a platform', { sgxSvns: { 0: 4 } }, 'Unsupported', 'platform'],
  ['a module', { teeSvns: { 0: 2 } }, 'Unsupported', 'tdx-module'],
  ['a quoting enclave', { qeSvn: 1 }, 'Unsupported', 'quoting-enclave'],
  ['a revoked platform', { sgxSvns: { 0: 5 } }, 'Revoked', 'platform'],
  ['a revoked module', { teeSvns: { 0: 3 } }, 'Revoked', 'tdx-module'],
  ['a revoked quoting enclave', { qeSvn: 2 }, 'Revoked', 'quoting-enclave'],
])('%s that appraisals refuse gets advice, too', async (_what, chip, status, name) => {
  const policy = developmentPolicy()
  const advice = await advise({ chip, options: { policy } })
  const part = partOf(advice, name)
  expect(advice.status).toBe(status)
  expect(part?.status).toBe(status)
  expect(part?.short.length).toBeGreaterThan(0)
  expect(advice.tolerance).toEqual({ accepted: false, code: null, untilMs: null, daysLeft: null })
  // Below every level the lowest is named; the level before is one step nearer.
  if (status === 'Revoked') expect(part?.lowest).toBeNull()
  else expect(part?.lowest).toMatchObject({ status: 'Revoked', short: [{ shortBy: 1 }] })
})

test('of a guest launched before an update it says that a restart suffices', async () => {
  const chip = { teeSvnsAtLaunch: { 0: 4 } }
  const td15 = { version: 5, td: '1.5' } as const
  const advice = await advise({ chip, format: td15 })
  expect(advice).toMatchObject({ status: 'TDRelaunchAdvised', restartSuffices: true })
  expect(codes(advice)).toEqual(['relaunch'])
  // Microcode of TDX updated, the module not: a restart helps and does not suffice.
  const both = { teeSvns: { 0: 4 }, teeSvnsAtLaunch: { 0: 4, 2: 6 } }
  const half = await advise({ chip: both, format: td15 })
  expect(half).toMatchObject({ status: 'OutOfDate', restartSuffices: false })
  expect(codes(half)).toEqual(['relaunch', 'tdx-module'])
  const soft = await advise({ chip: { ...chip, tcb: 'SWHardeningNeeded' }, format: td15 })
  expect(soft).toMatchObject({ status: 'TDRelaunchAdvised', restartSuffices: false })
  const set = await advise({ chip: { ...chip, tcb: 'ConfigurationNeeded' }, format: td15 })
  expect(set).toMatchObject({
    status: 'TDRelaunchAdvisedConfigurationNeeded',
    restartSuffices: false,
  })
  expect(codes(set)).toContain('bios-setting')
  // A TD 1.0 report cannot show it, nor does an SVN of another generation.
  expect(codes(await advise({ chip }))).toEqual(['tdx-module'])
  const other = { teeSvns: { 0: 9, 1: 3 }, teeSvnsAtLaunch: { 0: 4, 1: 1 } }
  expect(codes(await advise({ chip: other, format: td15 }))).toEqual(['tdx-module'])
})

const graceful = (days: number): Policy => {
  const { intel, ...rest } = developmentPolicy()
  if (intel === undefined) throw new Error('no policy for Intel')
  return {
    ...rest,
    intel: { ...intel, grace: { statuses: ['OutOfDate'], maxTcbAgeMs: days * DAY_MS } },
  }
}

test('says until when a policy waits, as the policy itself does', async () => {
  const chip = { tcb: 'OutOfDate' } as const
  const days = MAX_GRACE_TCB_AGE_MS / DAY_MS
  const untilMs = Date.parse('2023-08-09T00:00:00Z') + days * DAY_MS
  for (const [at, accepted, daysLeft] of [
    [atMs, true, 68],
    [untilMs - DAY_MS, true, 1],
    [untilMs - DAY_MS + 1, true, 0],
    [untilMs, true, 0],
    [untilMs + 1, false, -1],
  ] as const) {
    const given: Given = { chip, at, options: { policy: graceful(days) } }
    const collateral = vendor.collateral(at)
    const advice = await adviseTcb(evidenceOf(given), collateral, store, at, given.options)
    const code = accepted ? null : 'policy.tcb-grace'
    expect(advice.tolerance).toEqual({ accepted, code, untilMs, daysLeft })
    const claims = await appraise(evidenceOf(given), collateral, store, at)
    expect(evaluate(claims, graceful(days), at).accepted).toBe(accepted)
  }
})

test('says how a policy takes a status without grace, and of a policy that is none', async () => {
  const policy = developmentPolicy()
  const tolerance = async (chip: Partial<SimulatedSwitches>, given: Policy = policy) =>
    (await advise({ chip, options: { policy: given } })).tolerance
  const none = { untilMs: null, daysLeft: null }
  expect(await tolerance({})).toEqual({ accepted: true, code: null, ...none })
  const old = { tcb: 'OutOfDate' } as const
  expect(await tolerance(old)).toEqual({ accepted: false, code: 'policy.tcb-status', ...none })
  const empty = { ...policy, platforms: [] }
  expect(await tolerance({}, empty)).toEqual({ accepted: false, code: 'policy.invalid', ...none })
  expect((await advise({ chip: old })).tolerance).toBeNull()
})

test('judges by endorsements that are still to come', async () => {
  const next = (given: Given) =>
    advise({ ...given, options: { nextEndorsements: collateralOf(given, { recoveries: 1 }) } })
  for (const format of [{ version: 4 }, 'sgx'] as const) {
    const today = await next({ format })
    expect(today).toMatchObject({ status: 'UpToDate', evaluationNumber: 20 })
    expect(today.next).toMatchObject({ status: 'OutOfDate', evaluationNumber: 21 })
    const short = today.next?.parts[0]?.short ?? []
    expect(short.map(({ have, need }) => [have, need])).toEqual(short.map(() => [7, 8]))
    expect(short).toHaveLength(format === 'sgx' ? 2 : 3)
    const ahead = { sgxSvns: { 0: 8, 1: 8 }, teeSvns: { 2: 8 } }
    expect((await next({ format, chip: ahead })).next?.status).toBe('UpToDate')
  }
  const wrong = collateralOf({}, { faults: ['tcb-info-signature'] })
  await expect(advise({ options: { nextEndorsements: wrong } })).rejects.toMatchObject({
    code: 'tcb-info.signature',
  })
})

test('lists when each part of the collateral expires, the first first', async () => {
  const policy = developmentPolicy()
  const { expiries } = await advise({ options: { policy } })
  expect(expiries.map(({ part, daysLeft }) => [part, daysLeft])).toEqual([
    ['collateral-age', 6],
    ['root-crl', 30],
    ['pck-crl', 30],
    ['tcb-info', 30],
    ['qe-identity', 30],
    ['pck-certificate', 7 * 365],
    ['tcb-info-signer', 7 * 365],
    ['qe-identity-signer', 7 * 365],
    ['pck-ca', 15 * 365],
    ['root', 20 * 365],
  ])
  for (const { untilMs, daysLeft } of expiries)
    expect(Math.floor((untilMs - atMs) / DAY_MS)).toBe(daysLeft)
  expect((await advise()).expiries.map(({ part }) => part)).not.toContain('collateral-age')
})

test('is the same after a journey through JSON, and with whatever names TCB info has', async () => {
  const given: Given = { chip: { tcb: 'OutOfDate', qeSvn: 1 }, options: { policy: graceful(3) } }
  const advice = await advise(given)
  expect(JSON.parse(JSON.stringify(advice))).toStrictEqual(advice)
  const { tcbLevels } = JSON.parse(vendor.collateral(atMs).tcb_info) as { tcbLevels: object[] }
  const names = [7, '\u001b[2J', 'x'.repeat(65), 'y'.repeat(300), ['BIOS']]
  for (const category of names) {
    const text = JSON.stringify(tcbLevels).replaceAll(
      '"category":"BIOS"',
      `"category":${JSON.stringify(category)}`,
    )
    const odd = await advise({ ...given, collateral: { tcbInfo: { tcbLevels: JSON.parse(text) } } })
    expect(partOf(odd, 'platform')?.short[0]).toMatchObject({ category: null })
  }
})

test.each<[string, string, Given]>([
  ['a forged quote', 'quote.signature', { chip: { faults: ['quote-signature'] } }],
  ['a foreign quoting enclave', 'qe-identity.mismatch', { chip: { faults: ['qe-signer'] } }],
  ['a forged certificate', 'pck.chain', { chip: { faults: ['pck-signature'] } }],
  ['an unknown module', 'tdx-module.mismatch', { chip: { teeSvns: { 1: 7 } } }],
  ['an old list', 'pck-crl.expired', { collateral: { faults: ['pck-crl-expired'] } }],
  [
    'TCB info of another family',
    'tcb-info.mismatch',
    { collateral: { faults: ['tcb-info-of-another-family'] } },
  ],
  ['no time', 'time.invalid', { at: Number.NaN }],
])('gives none on %s, as an appraisal says: %s', async (_what, code, given) => {
  await expect(advise(given)).rejects.toMatchObject({ code })
})

// Low enough that an appraisal stops before it has looked at what is wrong here.
test.each<[string, string, Given]>([
  [
    'a forged quote, the module below every level',
    'quote.signature',
    { chip: { faults: ['quote-signature'], teeSvns: { 0: 2 } } },
  ],
  [
    'a forged quote, the quoting enclave below every level',
    'quote.signature',
    { chip: { faults: ['quote-signature'], qeSvn: 1 } },
  ],
  [
    'a forged SGX quote, the quoting enclave below every level',
    'quote.signature',
    { format: 'sgx', chip: { faults: ['quote-signature'], qeSvn: 5 } },
  ],
  [
    'a forged quoting enclave, the module below every level',
    'qe-report.signature',
    { chip: { faults: ['qe-signature'], teeSvns: { 0: 2 } } },
  ],
  [
    'a foreign attestation key, the module below every level',
    'qe-report.data',
    { chip: { faults: ['qe-of-another-key'], teeSvns: { 0: 2 } } },
  ],
  [
    'an open quoting enclave, the module below every level',
    'qe-identity.mismatch',
    { chip: { faults: ['qe-debug'], teeSvns: { 0: 2 } } },
  ],
])('gives none on %s', async (_what, code, given) => {
  const evidence = evidenceOf(given)
  const appraisal = appraise(evidence, collateralOf(given), store, atMs)
  await expect(appraisal).rejects.toMatchObject({ code: 'tcb.unsupported' })
  await expect(advise(given)).rejects.toMatchObject({ code })
})

test('gives none on another vendor’s platforms', async () => {
  const evidence = { platform: 'sev-snp', quote: new Uint8Array(1184) } as unknown as Parameters<
    typeof adviseTcb
  >[0]
  await expect(adviseTcb(evidence, vendor.collateral(atMs), store, atMs)).rejects.toMatchObject({
    code: 'evidence.unsupported',
  })
})

test('is about the bytes and roots that it was asked about, whatever becomes of them', async () => {
  const evidence = evidenceOf({ chip: { tcb: 'OutOfDate' } })
  const collateral = { ...vendor.collateral(atMs) }
  const roots = store.roots.map((root) => ({ ...root, der: root.der.slice() }))
  const advice = adviseTcb(evidence, collateral, { roots }, atMs, { nextEndorsements: collateral })
  evidence.quote.fill(0xff)
  collateral.tcb_info = ''
  for (const { der } of roots) der.fill(0)
  expect(await advice).toMatchObject({ status: 'OutOfDate', next: { status: 'OutOfDate' } })
})
