// The states of an instance and the time they depend on.
import { afterEach, expect, test, vi } from 'vitest'
import { ChainClock } from './evidence/chain-clock.ts'
import { InstanceState } from './instance-state.ts'

afterEach(() => void vi.useRealTimers())

function start() {
  vi.useFakeTimers()
  const clock = new ChainClock(() => performance.now())
  clock.observe(1_000n)
  const state = new InstanceState(clock)
  let closed = 0
  state.onClosed(() => closed++)
  return { clock, state, closed: () => closed }
}

test('chain time runs with the monotonic clock and never goes back', () => {
  let nowMs = 0
  const clock = new ChainClock(() => nowMs)
  expect(clock.nowSeconds()).toBe(0)
  clock.observe(100n)
  nowMs = 5_000
  expect(clock.nowSeconds()).toBe(105)
  clock.observe(50n)
  expect(clock.nowSeconds()).toBe(105)
  clock.observe(200n)
  nowMs = 6_000
  expect(clock.nowSeconds()).toBe(201)
})

test('the gate is shut until attested, open until the lease runs out, then shut again', () => {
  const { state, closed } = start()
  expect(state.refusal()).toBe('lease.pending')
  state.verified('0xabc')
  expect(state.refusal()).toBe('lease.pending')
  state.attested(1_060n)
  expect(state.refusal()).toBeUndefined()
  expect(state.answer()).toEqual({
    state: 'attested',
    instanceKey: '0xabc',
    leaseNotAfter: '1060',
  })
  vi.advanceTimersByTime(59_999)
  expect(state.refusal()).toBeUndefined()
  expect(closed()).toBe(0)
  vi.advanceTimersByTime(2)
  expect(state.refusal()).toBe('lease.lapsed')
  expect(closed()).toBe(1)
  expect(state.answer().state).toBe('lapsed')
})

test('a renewal keeps the gate open, a later one opens it again', () => {
  const { state, closed } = start()
  state.verified('0xabc')
  state.attested(1_060n)
  vi.advanceTimersByTime(30_000)
  state.attested(1_120n)
  vi.advanceTimersByTime(60_000)
  expect(state.refusal()).toBeUndefined()
  vi.advanceTimersByTime(60_000)
  expect(state.refusal()).toBe('lease.lapsed')
  state.attested(1_200n)
  expect(state.refusal()).toBeUndefined()
  expect(closed()).toBe(1)
})

test('a head that jumps ahead ends the lease at once', () => {
  const { clock, state } = start()
  state.attested(1_060n)
  clock.observe(1_061n)
  expect(state.refusal()).toBe('lease.lapsed')
})

test('while something is missing the state says what; once verified it says nothing', () => {
  const { state } = start()
  state.waiting('secrets.pending')
  expect(state.answer()).toEqual({ state: 'measuring', code: 'secrets.pending' })
  expect(state.refusal()).toBe('lease.pending')
  state.waiting('evidence.stale')
  expect(state.answer().code).toBe('evidence.stale')
  state.verified('0xabc')
  expect(state.answer()).toEqual({ state: 'verified', instanceKey: '0xabc' })
  state.waiting('secrets.pending')
  expect(state.answer().code).toBeUndefined()
})

test('an instance that has failed while it waited is never verified', () => {
  const { state } = start()
  state.fail('image.changed')
  state.waiting('secrets.pending')
  state.verified('0xabc')
  expect(state.answer()).toEqual({ state: 'failed', code: 'image.changed' })
})

test('a failure is final', () => {
  const { state, closed } = start()
  state.attested(1_060n)
  state.fail('image.changed')
  expect(closed()).toBe(1)
  state.attested(1_120n)
  expect(state.refusal()).toBe('lease.lapsed')
  expect(state.answer()).toMatchObject({ state: 'failed', code: 'image.changed' })
})
