// Values of a network: the table within the contracts' bounds, the file strict, decisions of people asked for.
import { describe, expect, it } from 'vitest'
import { kinds, parseParameters, resolveParameters, valuesOf } from './parameters.ts'

const deployer = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const other = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const digest = `0x${'11'.repeat(32)}` as const
const file = (change: object = {}) =>
  JSON.stringify({ simulated: false, trustStoreDigest: digest, ...change })
const refusal = expect.objectContaining({ code: 'deploy.parameters' }) as Error

describe('the table of values', () => {
  it.each(kinds)('of a %s network keeps the bounds of the contracts', (kind) => {
    const v = valuesOf(kind)
    expect(v.complaintReachSeconds).toBeLessThanOrEqual(v.unbondingSeconds)
    expect(v.complaintDecisionSeconds).toBeLessThanOrEqual(21n * 86_400n)
    expect(v.complaintAnswerSeconds).toBeLessThan(v.complaintDecisionSeconds)
    expect(v.feeBps).toBeLessThanOrEqual(500)
    expect(v.misconductRewardBps).toBeLessThanOrEqual(1_000)
    expect(v.votingPeriodSeconds).toBeGreaterThanOrEqual(60)
    expect(v.fastVotingPeriodSeconds).toBeGreaterThanOrEqual(60)
    expect(v.proposalThreshold * 20n).toBeLessThanOrEqual(v.tokenSupply)
    expect(v.guardianSeconds).toBeLessThan(365n * 86_400n)
    expect(v.fastTimelockSeconds).toBeLessThanOrEqual(v.timelockSeconds)
  })
})

describe('a parameters file', () => {
  it('gives values instead of those of its kind', () => {
    const parsed = parseParameters(file({ feeBps: 100, nodeWei: '5' }), 'test')
    expect(parsed).toMatchObject({ kind: 'test', feeBps: 100, nodeWei: 5n })
  })

  it.each([
    ['an unknown key', { fee: 1 }],
    ['a share with a fraction', { feeBps: 1.5 }],
    ['a negative amount', { nodeWei: '-1' }],
    ['an address with a wrong checksum', { tokenHolder: other.replace('C', 'c') }],
    ['a digest of another length', { trustStoreDigest: '0x11' }],
  ])('with %s is refused', (_, change) => {
    expect(() => parseParameters(file(change), 'test')).toThrow(refusal)
  })

  it('that is no JSON is refused', () => {
    expect(() => parseParameters('{', 'test')).toThrow(refusal)
  })
})

describe('parameters of a network', () => {
  const given = { kind: 'live', simulated: false, trustStoreDigest: digest } as const
  const decided = { ...given, tokenHolder: other, firstMembers: [other] } as const

  it('give a development network to its deployer', () => {
    const found = resolveParameters({ ...given, kind: 'development' }, deployer, 1_000n)
    expect(found).toMatchObject({
      tokenHolder: deployer,
      firstMembers: [deployer],
      guardianUntil: 0n,
    })
  })

  it('end the right of a guardian', () => {
    const found = resolveParameters({ ...decided, guardian: other }, deployer, 1_000n)
    expect(found.guardianUntil).toBe(1_000n + valuesOf('live').guardianSeconds)
    expect(resolveParameters(found, deployer, 9_000n)).toEqual(found)
  })

  it.each([
    ['votes without a holder', { ...decided, tokenHolder: undefined }],
    ['no word about members', { ...decided, firstMembers: undefined }],
    ['65 members', { ...decided, firstMembers: Array.from({ length: 65 }, () => other) }],
    ['a treasury that is not the DAO', { ...decided, treasury: other }],
    ['simulated TEEs', { ...decided, simulated: true }],
  ])('refuse a live network with %s', (_, wrong) => {
    expect(() => resolveParameters(wrong as typeof decided, deployer, 0n)).toThrow(refusal)
  })

  it('take a live network with 64 members', () => {
    const firstMembers = Array.from({ length: 64 }, () => other as `0x${string}`)
    expect(resolveParameters({ ...decided, firstMembers }, deployer, 0n).firstMembers.length).toBe(
      64,
    )
  })
})
