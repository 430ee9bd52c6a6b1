// Advice on SEV-SNP platforms: what is short of a minimum, who raises it, and TCBs that differ.
import { expect, test } from 'vitest'
import { developmentPolicy } from '../../policy/policy.ts'
import { evaluate } from '../../policy/evaluate.ts'
import type { SevSnpClaims, SnpTcb } from '../claims.ts'
import { adviseSnpTcb, SNP_TCB_REMEDIES } from './advice.ts'

const minimum: SnpTcb = { bootloader: 4, tee: 0, snp: 24, microcode: 219 }
type Tcbs = { current?: object; reported?: object; committed?: object; launch?: object }
const claimsOf = ({ current, reported, committed, launch }: Tcbs = {}): SevSnpClaims => ({
  platform: 'sev-snp',
  product: 'Milan',
  signedBy: 'VCEK',
  currentTcb: { ...minimum, ...current },
  reportedTcb: { ...minimum, ...reported },
  committedTcb: { ...minimum, ...committed },
  launchTcb: { ...minimum, ...launch },
  vmpl: 0,
  guestSvn: 0,
  guestPolicy: `0x${'00'.repeat(8)}`,
  measurement: `0x${'01'.repeat(48)}`,
  hostData: `0x${'00'.repeat(32)}`,
  familyId: `0x${'00'.repeat(16)}`,
  imageId: `0x${'00'.repeat(16)}`,
  idKeyDigest: `0x${'00'.repeat(48)}`,
  authorKeyDigest: `0x${'00'.repeat(48)}`,
  chipId: `0x${'c1'.repeat(64)}`,
  collateralIssuedAtMs: Date.UTC(2026, 0, 1),
  measurementId: `0x${'02'.repeat(32)}`,
  flags: [],
  reportData: `0x${'5d'.repeat(64)}`,
  trustRoot: 'amd-milan-ark',
  simulated: false,
})
const everywhere = (tcb: object): Tcbs => ({
  current: tcb,
  reported: tcb,
  committed: tcb,
  launch: tcb,
})
const codes = (tcbs: Tcbs) => adviseSnpTcb(claimsOf(tcbs), minimum).steps.map(({ code }) => code)

test('a platform exactly at the minimum, or above it, needs nothing', () => {
  for (const tcbs of [{}, everywhere({ snp: 25, microcode: 255 })])
    expect(adviseSnpTcb(claimsOf(tcbs), minimum)).toEqual({
      platform: 'sev-snp',
      product: 'Milan',
      meetsMinimum: true,
      short: [],
      behindCurrent: { reported: [], committed: [], launch: [] },
      steps: [],
    })
})

test.each([
  ['bootloader', 'agesa'],
  ['snp', 'agesa'],
  ['microcode', 'microcode'],
] as const)('one below in %s is short by one, and an update raises it: %s', (component, code) => {
  const have = minimum[component] - 1
  const advice = adviseSnpTcb(claimsOf(everywhere({ [component]: have })), minimum)
  expect(advice.meetsMinimum).toBe(false)
  expect(advice.short).toEqual(
    ['reported', 'committed', 'launch'].map((tcb) => ({
      tcb,
      component,
      have,
      need: minimum[component],
      shortBy: 1,
      raisedBy: code,
    })),
  )
  expect(advice.steps).toEqual(
    ([code, 'certificate'] as const).map((step) => ({ code: step, text: SNP_TCB_REMEDIES[step] })),
  )
})

test('what is installed but not committed or reported, the host has to commit', () => {
  const advice = adviseSnpTcb(claimsOf({ reported: { snp: 20 }, committed: { snp: 20 } }), minimum)
  expect(advice.short.map(({ tcb, shortBy, raisedBy }) => [tcb, shortBy, raisedBy])).toEqual([
    ['reported', 4, 'commit'],
    ['committed', 4, 'commit'],
  ])
  expect(advice.behindCurrent).toEqual({ reported: ['snp'], committed: ['snp'], launch: [] })
  expect(advice.steps.map(({ code }) => code)).toEqual(['commit', 'certificate'])
})

test('a guest launched under older firmware has to restart', () => {
  expect(codes({ launch: { microcode: 1 } })).toEqual(['relaunch'])
})

test('TCBs that differ are named even where all of them are high enough', () => {
  const advice = adviseSnpTcb(claimsOf({ current: { snp: 30, microcode: 220 } }), minimum)
  expect(advice).toMatchObject({
    meetsMinimum: true,
    behindCurrent: { reported: ['snp', 'microcode'], committed: ['snp', 'microcode'] },
  })
  expect(advice.steps.map(({ code }) => code)).toEqual(['commit', 'certificate'])
  expect(codes({ current: { snp: 30 }, reported: { snp: 30 } })).toEqual(['commit'])
})

test('a product without a component that the minimum asks for never has it', () => {
  const advice = adviseSnpTcb(claimsOf(), { ...minimum, fmc: 1 })
  expect(advice.short[0]).toMatchObject({ component: 'fmc', have: null, need: 1, shortBy: 1 })
})

test('meets a minimum exactly where the policy with that minimum accepts', () => {
  const policy = developmentPolicy()
  const { sevSnp } = policy
  if (sevSnp === undefined) throw new Error('no policy for SEV-SNP')
  const judged = { ...policy, sevSnp: { ...sevSnp, minimumTcb: { Milan: minimum } } }
  for (const tcb of ['current', 'reported', 'committed', 'launch'] as const)
    for (const component of ['bootloader', 'snp', 'microcode'] as const)
      for (const by of [-1, 0, 1]) {
        const claims = claimsOf({ [tcb]: { [component]: minimum[component] + by } })
        const { accepted } = evaluate(claims, judged, Date.UTC(2026, 0, 2))
        expect(adviseSnpTcb(claims, minimum).meetsMinimum).toBe(accepted)
      }
})
