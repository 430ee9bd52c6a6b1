import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  followUsage,
  USAGE_START,
  usageDigest,
  usageStatement,
  type ChainedUsage,
  type UsageSample,
  type UsageScope,
} from './usage.ts'

const scope: UsageScope = {
  chainId: 420_420_417,
  subnet: `0x${'Ab'.repeat(20)}`,
  workerId: 3n,
  appId: 7n,
}
const sample = (sequence: number, changes: Partial<UsageSample> = {}): UsageSample => ({
  sequence,
  fromMs: sequence * 1_000,
  toMs: sequence * 1_000 + 1_000,
  cpuMicros: 11,
  memoryByteSeconds: 22,
  diskBytes: 33,
  receivedBytes: 44,
  sentBytes: 55,
  restarts: 0,
  ...changes,
})
const before = { sequence: 0, digest: USAGE_START }
function chain(length: number, of = scope): ChainedUsage[] {
  let digest = USAGE_START
  return Array.from({ length }, (_, i) => {
    const one = sample(i + 1)
    digest = usageDigest(of, digest, one)
    return { ...one, digest }
  })
}

describe('digests of usage', () => {
  test('are over every field, each framed by its length', () => {
    const field = (bytes: Buffer) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return Buffer.concat([length, bytes])
    }
    const u64 = (value: number | bigint) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64BE(BigInt(value))
      return field(bytes)
    }
    const expected = createHash('sha256')
    expected.update(field(Buffer.from('wetee/usage/v1')))
    expected.update(u64(scope.chainId))
    expected.update(field(Buffer.from('ab'.repeat(20), 'hex')))
    for (const id of [scope.workerId, scope.appId]) expected.update(u64(id))
    expected.update(field(Buffer.alloc(32)))
    for (const value of Object.values(sample(1))) expected.update(u64(value))
    expect(usageDigest(scope, USAGE_START, sample(1))).toBe(`0x${expected.digest('hex')}`)
  })

  test.each(Object.keys(sample(1)))('differ when %s differs', (name) => {
    const changed = { ...sample(1), [name]: 99 }
    expect(usageDigest(scope, USAGE_START, changed)).not.toBe(
      usageDigest(scope, USAGE_START, sample(1)),
    )
  })

  test.each([
    { chainId: 1 },
    { subnet: `0x${'00'.repeat(20)}` as const },
    { workerId: 4n },
    { appId: 8n },
  ])('differ for another chain: %o', (change) => {
    expect(usageDigest({ ...scope, ...change }, USAGE_START, sample(1))).not.toBe(
      usageDigest(scope, USAGE_START, sample(1)),
    )
  })

  test.each([-1, 0.5, NaN, Infinity, 2 ** 53])('refuse %s', (cpuMicros) => {
    expect(() => usageDigest(scope, USAGE_START, sample(1, { cpuMicros }))).toThrow(
      expect.objectContaining({ code: 'binding.invalid' }),
    )
  })

  test('are named in what the operator signs, with their chain', () => {
    const text = usageStatement(scope, 5, USAGE_START)
    expect(text).toBe(
      `wetee/usage/v1: chain 420420417, subnet 0x${'ab'.repeat(20)}, worker 3, application 7, sample 5: ${USAGE_START}`,
    )
  })
})

describe('a chain of usage', () => {
  test('that is whole is followed to its end, from its start or from any sample', () => {
    const whole = chain(5)
    expect(followUsage(scope, before, whole)).toBe(undefined)
    expect(followUsage(scope, whole[1] ?? before, whole.slice(2))).toBe(undefined)
    expect(followUsage(scope, before, [])).toBe(undefined)
  })

  const changed = (act: (list: ChainedUsage[]) => ChainedUsage[]) =>
    followUsage(scope, before, act(chain(5)))

  test('with a changed sample breaks there, also where its own digest was made to fit', () => {
    const lie = (list: ChainedUsage[], fit: boolean) =>
      list.map((one, i) => {
        if (i !== 2) return one
        const other = { ...one, cpuMicros: 1 }
        const digest = usageDigest(scope, list[1]?.digest ?? USAGE_START, other)
        return fit ? { ...other, digest } : other
      })
    expect(changed((list) => lie(list, false))).toEqual({ sequence: 3, why: 'other digest' })
    expect(changed((list) => lie(list, true))).toEqual({ sequence: 4, why: 'other digest' })
  })

  test('with a sample dropped, doubled or moved breaks there', () => {
    const swap = ([a, b, c, ...rest]: ChainedUsage[]) =>
      [a, c, b, ...rest].flatMap((one) => one ?? [])
    expect(changed((list) => list.toSpliced(2, 1))).toMatchObject({ sequence: 4 })
    expect(changed((list) => list.slice(1))).toMatchObject({ sequence: 2 })
    expect(changed((list) => list.toSpliced(2, 0, ...list.slice(1, 2)))).toMatchObject({
      sequence: 2,
    })
    expect(changed(swap)).toMatchObject({ sequence: 3 })
  })

  test('that counts a time twice breaks, even with fitting digests', () => {
    let digest = USAGE_START
    const overlapping = [sample(1), sample(2, { fromMs: 1_500 })].map((one) => {
      digest = usageDigest(scope, digest, one)
      return { ...one, digest }
    })
    expect(followUsage(scope, before, overlapping)).toEqual({
      sequence: 2,
      why: 'overlaps in time',
    })
  })

  test('that leaves a number out breaks, even with fitting digests', () => {
    let digest = USAGE_START
    const holey = [sample(1), sample(3)].map((one) => {
      digest = usageDigest(scope, digest, one)
      return { ...one, digest }
    })
    expect(followUsage(scope, before, holey)).toEqual({ sequence: 3, why: 'out of order' })
  })

  test('of another worker does not pass for this one', () => {
    const other = chain(3, { ...scope, workerId: 4n })
    expect(followUsage(scope, before, other)).toEqual({ sequence: 1, why: 'other digest' })
  })

  test('shows any single change of any number', () => {
    const names = Object.keys(sample(1)) as (keyof UsageSample)[]
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 7 }),
        fc.constantFrom(...names),
        fc.integer({ min: 1, max: 1_000_000 }),
        (index, name, more) => {
          const list = chain(8).map((one, i) =>
            i === index ? { ...one, [name]: one[name] + more } : one,
          )
          expect(followUsage(scope, before, list)).toBeDefined()
        },
      ),
    )
  })
})
