// How long a watch waits: until the time is over, or somebody rings, but never less than the least.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Bell } from './bell.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Begins a wait of 2 to 30 seconds and says when it is over. */
function waiting(bell: Bell, signal = new AbortController().signal) {
  let isOver = false
  void bell.wait(2_000, 30_000, signal).then(() => (isOver = true))
  return async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    return isOver
  }
}

test('without a ring the whole time is waited for', async () => {
  const after = waiting(new Bell())
  expect(await after(29_999)).toBe(false)
  expect(await after(1)).toBe(true)
})

test('a ring ends the wait, once the least time is over, and counts once', async () => {
  const bell = new Bell()
  bell.ring()
  bell.ring()
  const first = waiting(bell)
  expect(await first(1_999)).toBe(false)
  expect(await first(1)).toBe(true)
  const second = waiting(bell)
  expect(await second(10_000)).toBe(false)
  bell.ring()
  expect(await second(0)).toBe(true)
})

test('an end of the command ends the wait', async () => {
  const end = new AbortController()
  const after = waiting(new Bell(), end.signal)
  end.abort()
  expect(await after(0)).toBe(true)
})
