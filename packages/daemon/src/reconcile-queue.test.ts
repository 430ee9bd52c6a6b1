// Which key is looked at when, on a clock of the test.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMetrics, type Metrics } from './metrics.ts'
import { ReconcileQueue, type QueueOptions, type Reconciled } from './reconcile-queue.ts'
import { TestClock } from './testing/test-clock.ts'

type Look = { readonly key: number; end(result?: Reconciled): void; fail(error: Error): void }

/** A queue whose looks the test ends. */
function open(options: Partial<QueueOptions<number>> = {}) {
  const clock = new TestClock()
  const looks: Look[] = []
  const lines: { level: string; message: string; fields: object }[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields })
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
  const queue = new ReconcileQueue<number>({
    name: 'applications',
    log,
    clock,
    random: () => 0.999_999,
    firstRetryMs: 100,
    longestRetryMs: 1_000,
    reconcile: (key) =>
      new Promise((resolve, reject) => {
        looks.push({ key, end: (result = {}) => resolve(result), fail: reject })
      }),
    ...options,
  })
  const stopping = new AbortController()
  const ended = queue.run(stopping.signal)
  const settle = async (act: (look: Look) => void, at = looks.length - 1) => {
    act(looks[at]!)
    await clock.advance(0)
  }
  return {
    queue,
    clock,
    looks,
    lines,
    stopping,
    ended,
    settle,
    seen: () => looks.map((l) => l.key),
  }
}

const retryable = () => Object.assign(new Error('later'), { code: 'chain.down', retryable: true })
const terminal = () => Object.assign(new Error('never'), { code: 'terms.bad', retryable: false })

test('a key that is added many times is looked at once', async () => {
  const { queue, seen, settle } = open({ concurrency: 1 })
  for (const key of [1, 2, 2, 2, 3, 2]) queue.add(key)
  for (let i = 0; i < 3; i++) await settle((look) => look.end())
  expect(seen()).toEqual([1, 2, 3])
  expect(queue.size).toBe(0)
})

test('a key that is added while it runs is looked at once more afterwards, never twice at once', async () => {
  const { queue, seen, settle } = open()
  queue.add(1)
  queue.add(1)
  queue.add(1)
  expect(seen()).toEqual([1])
  await settle((look) => look.end({ requeueAfterMs: 5_000 }))
  expect(seen()).toEqual([1, 1])
  await settle((look) => look.end())
  expect(seen()).toEqual([1, 1])
})

test('no more keys run at once than allowed, the rest in order of arrival', async () => {
  const { queue, seen, settle } = open({ concurrency: 2 })
  for (const key of [5, 4, 3]) queue.add(key)
  expect(seen()).toEqual([5, 4])
  await settle((look) => look.end(), 0)
  expect(seen()).toEqual([5, 4, 3])
})

test('keys of a sweep wait for those that were added, each is looked at once', async () => {
  const { queue, seen, settle } = open({ concurrency: 1 })
  for (const key of [1, 2, 3, 4]) queue.sweep(key)
  queue.add(3)
  queue.add(9)
  queue.sweep(9)
  expect(queue.size).toBe(5)
  for (let i = 0; i < 5; i++) await settle((look) => look.end())
  expect(seen()).toEqual([1, 3, 9, 2, 4])
  expect(queue.size).toBe(0)
})

test('a sweep makes a key due that waits for a later time, and counts as any other in a full queue', async () => {
  const { queue, seen, settle } = open({ maxKeys: 1 })
  queue.add(1)
  await settle((look) => look.end({ requeueAfterMs: 5_000 }))
  expect([queue.sweep(2), queue.sweep(1)]).toEqual([false, true])
  expect(seen()).toEqual([1, 1])
  await settle((look) => look.end())
  expect(queue.size).toBe(0)
})

test('keys added before run are kept for it', async () => {
  const seen: bigint[] = []
  const queue = new ReconcileQueue<bigint>({
    ...open(),
    name: 'early',
    log: console,
    reconcile: (key) => Promise.resolve(seen.push(key)).then(() => ({})),
  })
  queue.add(7n)
  queue.add(BigInt(7))
  const stopping = new AbortController()
  const ended = queue.run(stopping.signal)
  stopping.abort()
  await ended
  expect(seen).toEqual([7n])
})

test('a key asks to be looked at again after a while; adding it makes it due now', async () => {
  const { queue, clock, seen, settle } = open()
  queue.add(1)
  await settle((look) => look.end({ requeueAfterMs: 5_000 }))
  await clock.advance(4_999)
  expect(seen()).toEqual([1])
  await clock.advance(1)
  expect(seen()).toEqual([1, 1])
  await settle((look) => look.end({ requeueAfterMs: 5_000 }))
  queue.add(1)
  expect(seen()).toEqual([1, 1, 1])
  await settle((look) => look.end())
  await clock.advance(100_000)
  expect(seen()).toEqual([1, 1, 1])
})

test('an earlier key does not wait for the timer of a later one', async () => {
  const { queue, clock, seen, settle } = open()
  queue.add(1)
  await settle((look) => look.end({ requeueAfterMs: 5_000 }))
  queue.add(2)
  await settle((look) => look.end({ requeueAfterMs: 10 }))
  await clock.advance(10)
  expect(seen()).toEqual([1, 2, 2])
  await clock.advance(4_990)
  expect(seen()).toEqual([1, 2, 2, 1])
})

test('after errors the pauses double up to the longest, and start anew after a success', async () => {
  const { queue, clock, lines, looks, settle } = open()
  queue.add(1)
  const pauses: number[] = []
  for (let i = 0; i < 6; i++) {
    await settle((look) => look.fail(retryable()))
    const before = looks.length
    const startMs = clock.nowMs()
    while (looks.length === before) await clock.advance(1)
    pauses.push(clock.nowMs() - startMs)
  }
  expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000])
  await settle((look) => look.end({ requeueAfterMs: 0 }))
  await clock.advance(0)
  await settle((look) => look.fail(retryable()))
  expect(lines.at(-1)).toMatchObject({
    level: 'warn',
    message: 'reconcile failed',
    fields: { queue: 'applications', key: '1', code: 'chain.down', failures: 1, retryAfterMs: 100 },
  })
})

test('the pause is between half and all of its length, by the given randomness', async () => {
  const { queue, lines, settle } = open({ random: () => 0 })
  queue.add(1)
  await settle((look) => look.fail(retryable()))
  expect(lines.at(-1)?.fields).toMatchObject({ retryAfterMs: 50 })
})

test('an error that says it is not retryable waits for the next add', async () => {
  const { queue, clock, lines, seen, settle } = open()
  queue.add(1)
  await settle((look) => look.fail(terminal()))
  await clock.advance(1_000_000)
  expect(seen()).toEqual([1])
  expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'reconcile refused' })
  expect(queue.size).toBe(0)
  queue.add(1)
  expect(seen()).toEqual([1, 1])
})

test('an add during a look that fails is not lost', async () => {
  const { queue, seen, settle } = open()
  queue.add(1)
  queue.add(1)
  await settle((look) => look.fail(terminal()))
  expect(seen()).toEqual([1, 1])
})

test('a full queue drops unknown keys with one line, knows those it has, and takes keys again later', async () => {
  const { queue, lines, settle } = open({ maxKeys: 2, concurrency: 1 })
  expect([1, 2, 3, 4, 2, 1].map((key) => queue.add(key))).toEqual([
    ...[true, true, false, false],
    ...[true, true],
  ])
  expect(lines.map(({ message }) => message)).toEqual(['queue is full, keys dropped'])
  await settle((look) => look.end())
  expect(queue.size).toBe(2)
  await settle((look) => look.end())
  expect(queue.add(3)).toBe(true)
  expect(queue.add(4)).toBe(false)
  expect(lines).toHaveLength(2)
})

test('keys that wait for a later time count, too', async () => {
  const { queue, settle } = open({ maxKeys: 1 })
  queue.add(1)
  await settle((look) => look.end({ requeueAfterMs: 1_000 }))
  expect(queue.add(2)).toBe(false)
  expect(queue.add(1)).toBe(true)
})

test('after the signal nothing new starts, what runs is waited for, no timer is left', async () => {
  const { queue, clock, looks, stopping, ended, seen, settle } = open({ concurrency: 1 })
  queue.add(9)
  await settle((look) => look.end({ requeueAfterMs: 1_000 }))
  queue.add(1)
  queue.add(2)
  stopping.abort()
  let isOver = false
  const over = ended.then(() => (isOver = true))
  await clock.advance(5_000)
  expect(isOver).toBe(false)
  await settle((look) => look.fail(new DOMException('stopped', 'AbortError')), 1)
  await over
  queue.add(3)
  await clock.advance(5_000)
  expect(seen()).toEqual([9, 1])
  expect(looks).toHaveLength(2)
  expect(clock.timers).toBe(0)
})

test('a look that fails because of the signal is not an error', async () => {
  const { queue, lines, stopping, ended, settle } = open()
  queue.add(1)
  stopping.abort()
  await settle((look) => look.fail(retryable()))
  await ended
  expect(lines).toEqual([])
})

test('a reconcile that throws instead of rejecting is an error like any other', async () => {
  const { queue, lines, clock } = open({
    reconcile: () => {
      throw new Error('at once')
    },
  })
  queue.add(1)
  await clock.advance(0)
  expect(lines.at(-1)).toMatchObject({ message: 'reconcile failed', fields: { code: 'internal' } })
})

test('running twice is a mistake of the programmer', async () => {
  const { queue } = open()
  await expect(queue.run(new AbortController().signal)).rejects.toThrow(TypeError)
})

test('looks, how they ended and how long they took are measured', async () => {
  const metrics: Metrics = createMetrics('worker')
  const { queue, clock, settle } = open({ metrics })
  for (const key of [1, 2, 3]) queue.add(key)
  await clock.advance(2_000)
  await settle((look) => look.end({ requeueAfterMs: 1_000 }), 0)
  await settle((look) => look.fail(retryable()), 1)
  await settle((look) => look.fail(terminal()), 2)
  const text = await metrics.registry.metrics()
  for (const outcome of ['done', 'failed', 'refused'])
    expect(text).toContain(`worker_reconciles_total{queue="applications",outcome="${outcome}"} 1`)
  expect(text).toContain('worker_queue_keys{queue="applications"} 2')
  expect(text).toContain('worker_reconcile_duration_seconds_sum{queue="applications"} 6')
})

test('whatever happens, no key runs twice at once, the bound holds and every key that was added is looked at after', async () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('add' as const), key: fc.nat({ max: 9 }) }),
    fc.record({
      type: fc.constant('end' as const),
      at: fc.nat({ max: 3 }),
      how: fc.constantFrom('done' as const, 'again' as const, 'retry' as const, 'never' as const),
    }),
    fc.record({ type: fc.constant('wait' as const), ms: fc.nat({ max: 300 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const running = new Map<number, Look>()
      const unseen = new Set<number>()
      const { queue, clock } = open({
        concurrency: 3,
        maxKeys: 6,
        reconcile: (key) =>
          new Promise((resolve, reject) => {
            expect(running.has(key)).toBe(false)
            unseen.delete(key)
            running.set(key, { key, end: (result = {}) => resolve(result), fail: reject })
            expect(running.size).toBeLessThanOrEqual(3)
          }),
      })
      const finish = (look: Look | undefined, how: 'done' | 'again' | 'retry' | 'never') => {
        if (look === undefined) return
        running.delete(look.key)
        if (how === 'done') look.end()
        else if (how === 'again') look.end({ requeueAfterMs: 50 })
        else look.fail(how === 'retry' ? retryable() : terminal())
      }
      for (const one of steps) {
        if (one.type === 'add') {
          // A synchronous start would take the key off again, so the mark comes first.
          const known = unseen.has(one.key)
          unseen.add(one.key)
          if (!queue.add(one.key) && !known) unseen.delete(one.key)
        } else if (one.type === 'end') finish([...running.values()][one.at], one.how)
        await clock.advance(one.type === 'wait' ? one.ms : 0)
        expect(queue.size).toBeLessThanOrEqual(6)
      }
      while (running.size > 0 || queue.size > 0) {
        for (const look of running.values()) finish(look, 'done')
        await clock.advance(1_000)
      }
      expect([...unseen]).toEqual([])
    }),
    { seed: 2, numRuns: 200 },
  )
})
