// Requests to one host are spaced out, in order, within the deadline.
import { expect, test } from 'vitest'
import { createSimulatedClock } from '../testing/simulated-clock.ts'
import { MAX_WAITING, RateLimiter, type Turn } from './rate-limiter.ts'

function setUp() {
  const clock = createSimulatedClock(1_000)
  const limiter = new RateLimiter(clock)
  const turn = (more: Partial<Turn> = {}) =>
    limiter.turn({
      host: 'kds.test',
      bucket: 'vcek',
      intervalMs: 10_000,
      deadlineMs: 10_000_000,
      signal: new AbortController().signal,
      ...more,
    })
  return { clock, limiter, turn }
}

test('the first goes at once, the next an interval later, in the order they came', async () => {
  const { clock, turn } = setUp()
  const times: [number, number][] = []
  const note = (which: number) => () => void times.push([which, clock.nowMs()])
  await Promise.all([1, 2, 3].map((which) => turn().then(note(which))))
  expect(times).toEqual([
    [1, 1_000],
    [2, 11_000],
    [3, 21_000],
  ])
})

test('other buckets and other hosts do not wait', async () => {
  const { clock, turn } = setUp()
  await turn()
  await turn({ bucket: 'crl' })
  await turn({ host: 'mirror.test' })
  expect(clock.sleeps).toEqual([])
})

test('who would wait past the deadline is told at once', async () => {
  const { clock, turn } = setUp()
  await turn()
  await turn({ deadlineMs: 11_000 })
  await expect(turn({ deadlineMs: 20_999 })).rejects.toMatchObject({
    code: 'network.deadline',
    retryable: true,
  })
  expect(clock.nowMs()).toBe(11_000)
})

test('a pause holds every bucket of its host back, also those who wait already', async () => {
  const { clock, limiter, turn } = setUp()
  await turn()
  const waiting = turn()
  limiter.pause('kds.test', 60_000)
  limiter.pause('kds.test', 2_000)
  await waiting
  expect(clock.nowMs()).toBe(60_000)
  limiter.pause('kds.test', 90_000)
  await turn({ bucket: 'crl' })
  expect(clock.nowMs()).toBe(90_000)
})

test('one that gives up does not let those behind it overtake', async () => {
  const { clock, turn } = setUp()
  await turn()
  const controller = new AbortController()
  const second = turn({ signal: controller.signal })
  const third = turn()
  controller.abort()
  await expect(second).rejects.toMatchObject({ code: 'network.aborted', retryable: false })
  await third
  expect(clock.nowMs()).toBe(11_000)
})

test('no more than 64 wait', async () => {
  const { turn } = setUp()
  await turn()
  const waiting = Array.from({ length: MAX_WAITING }, () => turn())
  await expect(turn()).rejects.toMatchObject({ code: 'request.busy' })
  await Promise.all(waiting)
})

test('a clock that is set back makes nobody wait longer than was meant', async () => {
  const { clock, limiter, turn } = setUp()
  clock.advance(86_400_000)
  const deadlineMs = 60_000
  await turn({ deadlineMs: 90_000_000 })
  clock.advance(-86_400_000)
  await turn({ deadlineMs })
  expect(clock.nowMs()).toBe(11_000)
  clock.advance(86_400_000)
  limiter.pause('kds.test', clock.nowMs() + 20_000)
  clock.advance(-86_400_000)
  await turn({ deadlineMs })
  expect(clock.nowMs()).toBe(31_000)
})
