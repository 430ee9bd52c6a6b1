// What is a cut-off, over histories that nobody planned.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diff, type Judged, type NewAlert } from './diff.ts'
import { CAUSES, nameOf, type CauseCode, type LiveSubject, type Observation } from './subjects.ts'

const codes = Object.keys(CAUSES) as CauseCode[]
const subject = fc.record({
  kind: fc.constantFrom('lease' as const, 'worker' as const, 'node' as const),
  id: fc.constantFrom('1', '2', '3'),
})
const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({ name: subject, until: fc.bigInt(1n, 99n) }).map(({ name, until }) => ({
    live: { ...name, until, checkAt: until, rests: [] },
  })),
  fc
    .record({ gone: subject, code: fc.constantFrom(...codes), at: fc.bigInt(0n, 200n) })
    .map(({ gone, code, at }) => ({ gone, cause: { code, at } })),
)
const views = fc.array(
  fc.record({ number: fc.bigInt(1n, 20n), observations: fc.array(observation, { maxLength: 6 }) }),
  { maxLength: 30 },
)

/** Plays a history; what an RPC shows in any order of blocks. */
function play(history: readonly { number: bigint; observations: readonly Observation[] }[]) {
  const live = new Map<string, LiveSubject>()
  const alerts: NewAlert[] = []
  const states = new Map<string, string[]>()
  let judged: Judged | undefined
  for (const { number, observations } of history) {
    const block = { number, timestamp: number * 10n }
    const made = diff(live, { block, observations, nowMs: Number(number) * 10_000 + 7 }, judged)
    const isOlder = judged !== undefined && number < judged.number
    if (isOlder) expect(made).toEqual({ alerts: [], live: [], gone: [] })
    for (const gone of made.gone) live.delete(nameOf(gone))
    for (const one of made.live) {
      const name = nameOf(one)
      if (!live.has(name)) states.set(name, [...(states.get(name) ?? []), 'live'])
      live.set(name, one)
    }
    for (const alert of made.alerts) {
      const name = `${alert.kind}/${alert.subject}`
      states.set(name, [...(states.get(name) ?? []), 'gone'])
      expect(alert.causeAt).toBeLessThanOrEqual(Number(block.timestamp))
      expect(alert.delayMs).toBe(alert.cutOffAt - alert.causeAt * 1_000)
      expect(alert.state).toBe(CAUSES[alert.cause])
    }
    alerts.push(...made.alerts)
    if (!isOlder) judged = block
  }
  return { alerts, states }
}

test('every subject is live and gone in turn, live first: each change is told once', () => {
  fc.assert(
    fc.property(views, (history) => {
      for (const states of play(history).states.values())
        expect(states).toEqual(states.map((_, place) => (place % 2 === 0 ? 'live' : 'gone')))
    }),
    { numRuns: 500 },
  )
})

test('seeing the same again says nothing', () => {
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 9 }), (observations) => {
      const once = [{ number: 5n, observations }]
      const again = [1n, 2n, 3n].map((n) => ({ number: 5n + n, observations }))
      expect(play([...once, ...again]).alerts).toEqual(play(once).alerts)
    }),
    { numRuns: 300 },
  )
})

test('what was never live is no news', () => {
  const gone = { kind: 'lease', id: '1/1/0' } as const
  const observations = [{ gone, cause: { code: 'lease.lapsed', at: 1n } }] as const
  const seen = { block: { number: 5n, timestamp: 50n }, observations, nowMs: 50_000 }
  expect(diff(new Map(), seen, undefined).alerts).toEqual([])
})
