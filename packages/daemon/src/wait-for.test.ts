// Waiting with a bound, on a clock of the test.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { waitFor } from './wait-for.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const options = (signal = new AbortController().signal) => ({
  signal,
  timeoutMs: 1_000,
  everyMs: 100,
  what: 'the chain',
})

test('it asks until the answer is there and returns it', async () => {
  let asked = 0
  const waiting = waitFor(() => (++asked === 3 ? 'here' : undefined), options())
  await vi.advanceTimersByTimeAsync(199)
  expect(asked).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(await waiting).toBe('here')
  expect(vi.getTimerCount()).toBe(0)
})

test('an answer of zero or an empty text is an answer', async () => {
  expect(await waitFor(() => 0, options())).toBe(0)
  expect(await waitFor(() => Promise.resolve(''), options())).toBe('')
})

test('time running out names what was waited for', async () => {
  const waiting = waitFor(() => false, options())
  const refused = expect(waiting).rejects.toMatchObject({
    code: 'wait.timeout',
    retryable: true,
    message: 'the chain: not there after 1 s',
  })
  await vi.advanceTimersByTimeAsync(1_000)
  await refused
  expect(vi.getTimerCount()).toBe(0)
})

test('a check that never answers does not hold the wait, and hears that it is over', async () => {
  let heard = false
  const check = ({ signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => (heard = true))
    return new Promise<boolean>(() => undefined)
  }
  const refused = expect(waitFor(check, options())).rejects.toMatchObject({ code: 'wait.timeout' })
  await vi.advanceTimersByTimeAsync(1_000)
  await refused
  expect(heard).toBe(true)
})

test('what the check throws ends the wait at once', async () => {
  const failure = new Error('the chain stopped: see its log')
  await expect(waitFor(() => Promise.reject(failure), options())).rejects.toBe(failure)
  const throwing = () => {
    throw failure
  }
  await expect(waitFor(throwing, options())).rejects.toBe(failure)
  expect(vi.getTimerCount()).toBe(0)
})

test('the signal ends the wait with its reason, before and during', async () => {
  const stopping = new AbortController()
  const waiting = waitFor(() => false, options(stopping.signal))
  const reason = new Error('stopped')
  const refused = expect(waiting).rejects.toBe(reason)
  stopping.abort(reason)
  await refused
  const check = vi.fn(() => true)
  await expect(waitFor(check, options(stopping.signal))).rejects.toBe(reason)
  expect(check).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})
