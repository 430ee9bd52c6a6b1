// Signature checks count in the order in which they are required, however long each of them takes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CryptoBackend, PublicKey, VerifyHints } from './backend.ts'
import { KeyMemory } from './key-memory.ts'
import { SignatureChecks } from './signature-checks.ts'

type Outcome = 'holds' | 'fails' | 'throws'

const keyOf = (index: number): PublicKey => ({ kind: 'p256', bytes: Uint8Array.of(index) })
const NONE = new Uint8Array()

/** A back end whose checks end when the test says so, by the first byte of their keys. */
function createBackend(outcomes: readonly Outcome[]) {
  const places = new Map<number, boolean | undefined>()
  const ends = new Map<number, () => void>()
  const verify = ({ bytes: [index = -1] }: PublicKey, hints: VerifyHints = {}) => {
    places.set(index, hints.elsewhere)
    hints.keys?.read(keyOf(index), () => index)
    const finish = (): boolean => {
      if (outcomes[index] === 'throws') throw new Error(`no answer to ${index}`)
      return outcomes[index] === 'holds'
    }
    if (hints.elsewhere !== true) return finish()
    return new Promise<boolean>((resolve) => {
      // An executor that throws rejects.
      ends.set(index, () => resolve(new Promise((told) => told(finish()))))
    })
  }
  const backend: CryptoBackend = {
    verify: (key, _message, _signature, hints) => verify(key, hints),
    sha256: () => NONE,
  }
  return { backend, places, end: (index: number) => ends.get(index)?.() }
}

/** What settling says: nothing, or the message of the error. */
const settled = (checks: SignatureChecks) =>
  checks.settle().then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  )

describe('signature checks', () => {
  test('fail with the first in their order, whichever ends first, and keep what came before', async () => {
    const outcome = fc.constantFrom<Outcome>('holds', 'holds', 'fails', 'throws')
    const given = fc
      .array(outcome, { minLength: 1, maxLength: 6 })
      .chain((outcomes) =>
        fc.tuple(
          fc.constant(outcomes),
          fc.shuffledSubarray([...outcomes.keys()], { minLength: outcomes.length }),
        ),
      )
    await fc.assert(
      fc.asyncProperty(given, async ([outcomes, order]) => {
        const { backend, end } = createBackend(outcomes)
        const memory = new KeyMemory()
        const checks = new SignatureChecks(backend, memory)
        const kept: number[] = []
        for (const index of outcomes.keys()) {
          checks.verify(keyOf(index), NONE, NONE, () => new Error(`refused ${index}`))
          checks.afterwards(() => kept.push(index))
        }
        const said = settled(checks)
        for (const index of order) {
          end(index)
          await Promise.resolve()
        }
        const first = outcomes.findIndex((one) => one !== 'holds')
        const message = outcomes[first] === 'fails' ? `refused ${first}` : `no answer to ${first}`
        expect(await said).toBe(first < 0 ? undefined : message)
        const before = first < 0 ? outcomes.length : first
        expect(kept).toEqual([...outcomes.keys()].slice(0, before))
        expect(memory.size).toBe(before)
      }),
    )
  })

  test('run elsewhere but for the newest, which waits for the next or the end', async () => {
    const { backend, places, end } = createBackend(['holds', 'holds', 'holds'])
    const checks = new SignatureChecks(backend)
    const seen: string[] = []
    for (const index of [0, 1, 2]) {
      checks.verify(keyOf(index), NONE, NONE, () => new Error())
      seen.push([...places].join(' '))
    }
    expect(seen).toEqual(['', '0,true', '0,true 1,true'])
    const said = settled(checks)
    expect([...places].join(' ')).toBe('0,true 1,true 2,false')
    end(0)
    end(1)
    expect(await said).toBeUndefined()
  })

  test('do not wait for the next where there is much to read before it', async () => {
    const { backend, places, end } = createBackend(['holds', 'holds'])
    const checks = new SignatureChecks(backend)
    checks.readOn()
    checks.verify(keyOf(0), NONE, NONE, () => new Error())
    checks.readOn()
    expect([...places]).toEqual([[0, true]])
    checks.verify(keyOf(1), NONE, NONE, () => new Error())
    const said = settled(checks)
    expect([...places]).toEqual([
      [0, true],
      [1, false],
    ])
    end(0)
    expect(await said).toBeUndefined()
  })

  test('that are started and not required say nothing, not even that they broke', async () => {
    const { backend, end } = createBackend(['throws', 'fails', 'throws'])
    const checks = new SignatureChecks(backend)
    for (const index of [0, 1, 2]) checks.start(keyOf(index), NONE, NONE)
    end(0)
    end(1)
    expect(await settled(checks)).toBeUndefined()
  })

  test('count where they are required, not where they were started', async () => {
    const { backend } = createBackend(['fails', 'fails'])
    const checks = new SignatureChecks(backend)
    const early = checks.start(keyOf(0), NONE, NONE)
    // Asked for, it runs here unless it runs elsewhere already.
    expect(await early.holds()).toBe(false)
    checks.verify(keyOf(1), NONE, NONE, () => new Error('required first'))
    checks.demand(early, () => new Error('started first'))
    expect(await settled(checks)).toBe('required first')
  })

  test('cannot be added once they are waited for', async () => {
    const checks = new SignatureChecks(createBackend(['holds']).backend)
    await checks.settle()
    expect(() => {
      checks.verify(keyOf(0), NONE, NONE, () => new Error())
    }).toThrow('nobody waits for')
    expect(() => {
      checks.afterwards(() => undefined)
    }).toThrow('nobody waits for')
  })
})
