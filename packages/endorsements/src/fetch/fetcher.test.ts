// How many parts are fetched at a time, whatever servers and caches do.
import { expect, test } from 'vitest'
import type { EndorsementCache } from '../cache/endorsement-cache.ts'
import { RateLimiter } from '../http/rate-limiter.ts'
import { createSimulatedClock } from '../testing/simulated-clock.ts'
import { Fetcher } from './fetcher.ts'

const limits = {
  deadlineMs: 1_000,
  requestTimeoutMs: 1_000,
  attempts: 1,
  backoff: { baseMs: 1, capMs: 1 },
  maxRetryAfterMs: 1,
}
const item = (key: number) => ({ kind: 'vcek', key: `${key}`, refreshMs: 1, routes: [] }) as const

test('no more than 256 parts are fetched at a time; callers of one part are one', async () => {
  const clock = createSimulatedClock(1)
  let open = () => {}
  const opened = new Promise<undefined>((resolve) => (open = () => resolve(undefined)))
  const cache = { get: () => opened, close: () => Promise.resolve() }
  const dependencies = { clock, random: () => 0, limiter: new RateLimiter(clock) }
  const fetcher = new Fetcher(limits, cache as unknown as EndorsementCache, dependencies)
  const obtain = (key: number) => fetcher.obtain(item(key)).catch((error: unknown) => error)
  const under = Array.from({ length: 256 }, (_, key) => obtain(key))
  expect(await obtain(256)).toMatchObject({ code: 'request.busy', retryable: true })
  const same = obtain(0)
  open()
  for (const failure of await Promise.all([...under, same]))
    expect(failure).toMatchObject({ code: 'request.invalid' })
  expect(await obtain(256)).toMatchObject({ code: 'request.invalid' })
})

test('when the last caller has given up, nothing goes on', async () => {
  const clock = createSimulatedClock(1)
  let asking: AbortSignal | undefined
  const limiter = {
    turn: ({ signal }: { signal: AbortSignal }) => {
      asking = signal
      return new Promise(() => undefined)
    },
  }
  const cache = { get: () => Promise.resolve(undefined), close: () => Promise.resolve() }
  const dependencies = { clock, random: () => 0, limiter: limiter as unknown as RateLimiter }
  const fetcher = new Fetcher(limits, cache as unknown as EndorsementCache, dependencies)
  const server = { url: '', host: '', preference: 0, headers: {}, ca: undefined }
  const url = new URL('https://kds.test')
  const route = { server, url, maxBytes: 1, bucket: '', intervalMs: 0, read: () => never() }
  const [one, other] = [new AbortController(), new AbortController()]
  const obtain = ({ signal }: AbortController) =>
    fetcher.obtain({ ...item(0), routes: [route] }, { signal }).catch((error: unknown) => error)
  const both = [obtain(one), obtain(other)]
  await new Promise(setImmediate)
  one.abort()
  expect(await both[0]).toMatchObject({ code: 'network.aborted' })
  expect(asking?.aborted).toBe(false)
  other.abort()
  expect(await both[1]).toMatchObject({ code: 'network.aborted' })
  expect(asking?.aborted).toBe(true)
})

function never(): never {
  throw new Error('nobody answered')
}
