// Checks in a runtime in memory and a time that passes when it is told to.
import { expect, test } from 'vitest'
import type { ExecRequest } from '../runtime/exec.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
import { keepLog } from '../testing/silent-log.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { HealthChecks, type Checked } from './health-checks.ts'

const check = {
  test: ['CMD', '/ok', 'fast'],
  intervalMs: 10_000,
  timeoutMs: 1_000,
  startPeriodMs: 0,
  retries: 2,
}
const web = (over: Partial<Checked> = {}): Checked => ({
  container: 'web',
  check,
  prefix: [],
  startedAtMs: 0,
  ...over,
})

function bench() {
  const clock = new VirtualClock(0)
  const calls: { podId: string; container: string; command: readonly string[] }[] = []
  const changes: bigint[] = []
  const state = {
    running: 0,
    most: 0,
    answer: (_: ExecRequest) => Promise.resolve(0),
  }
  const ending = new AbortController()
  const log = keepLog()
  const checks = new HealthChecks({
    runtime: {
      exec: async (podId, container, request) => {
        calls.push({ podId, container, command: request.command })
        state.most = Math.max(state.most, ++state.running)
        try {
          const exitCode = await state.answer(request)
          return {
            exitCode,
            stdout: Buffer.from('secret'),
            stderr: Buffer.alloc(0),
            truncated: false,
          }
        } finally {
          state.running--
        }
      },
    },
    now: () => clock.nowMs(),
    setTimer: (ms, fire) => clock.setTimer(ms, fire),
    onChange: (appId) => changes.push(appId),
    log,
    signal: ending.signal,
  })
  const advance = (ms: number) =>
    clock.advance(ms, () => new Promise((resolve) => setImmediate(resolve)))
  const healthOf = (wanted: readonly Checked[] = [web()]) =>
    checks.watch(7n, 'pod', wanted).get('web')
  return { checks, calls, changes, state, ending, advance, healthOf, log }
}

test('a container is checked at once, then once per interval, and its application hears of changes only', async () => {
  const { calls, changes, advance, healthOf } = bench()
  expect(healthOf()).toMatchObject({ state: 'starting' })
  await advance(0)
  expect(healthOf()).toMatchObject({ state: 'healthy' })
  await advance(25_000)
  expect(calls).toHaveLength(3)
  expect(changes).toEqual([7n])
})

test.each([
  ['CMD', ['CMD', '/ok', 'fast'], [], ['/ok', 'fast']],
  ['CMD-SHELL', ['CMD-SHELL', 'ok && ok'], [], ['/bin/sh', '-c', 'ok && ok']],
  ['a launcher', ['CMD', '/ok'], ['/launch'], ['/launch', '/ok']],
])('%s is run as it says', async (_, words, prefix, expected) => {
  const { calls, advance, healthOf } = bench()
  healthOf([web({ check: { ...check, test: words }, prefix })])
  await advance(0)
  expect(calls[0]?.command).toEqual(expected)
})

test.each([
  ['an exit code', () => Promise.resolve(3), 'it ends with exit code 3'],
  [
    'time',
    () => Promise.reject(new RuntimeError('exec.timed-out', 'x')),
    'it takes longer than 1000 ms',
  ],
  [
    'a shell that is not there',
    () => Promise.reject(new RuntimeError('exec.start-failed', 'x')),
    '"/bin/sh", or what it runs, is not in the image or cannot be run',
  ],
  [
    'the same by the launcher',
    () => Promise.resolve(127),
    '"/bin/sh", or what it runs, is not in the image or cannot be run (exit code 127)',
  ],
] as const)('%s is said, what the check prints is not', async (_, answer, reason) => {
  const { state, advance, healthOf, log } = bench()
  state.answer = answer
  const shell = [web({ check: { ...check, test: ['CMD-SHELL', 'ok'] } })]
  healthOf(shell)
  await advance(30_000)
  expect(healthOf(shell)).toMatchObject({ state: 'unhealthy', reason })
  expect(log.lines.join('\n')).not.toContain('secret')
})

test('an engine that does not answer says nothing about health', async () => {
  const { state, advance, healthOf } = bench()
  healthOf()
  await advance(0)
  state.answer = () => Promise.reject(new RuntimeError('engine.unreachable', 'down'))
  await advance(100_000)
  expect(healthOf()).toMatchObject({ state: 'healthy', failures: 0 })
})

test('another run of the container begins anew, and the old run`s check counts for nothing', async () => {
  const { state, changes, advance, healthOf, calls } = bench()
  let finish = (_: number) => undefined as unknown
  state.answer = () => new Promise((resolve) => (finish = resolve))
  healthOf()
  await advance(0)
  expect(healthOf([web({ startedAtMs: 5 })])).toMatchObject({ state: 'starting', sinceMs: 5 })
  finish(0)
  state.answer = () => Promise.resolve(1)
  await advance(10)
  expect(healthOf([web({ startedAtMs: 5 })])).toMatchObject({ state: 'starting' })
  expect(changes).toEqual([])
  expect(calls).toHaveLength(2)
})

test('what is not wanted any more is not checked any more', async () => {
  const { checks, calls, ending, advance, healthOf } = bench()
  healthOf()
  checks.watch(8n, 'other', [web({ container: 'db' })])
  await advance(0)
  checks.keepOnly(7n, new Set())
  await advance(60_000)
  expect(calls.filter(({ podId }) => podId === 'pod')).toHaveLength(1)
  expect(calls.filter(({ podId }) => podId === 'other').length).toBeGreaterThan(5)
  ending.abort()
  const before = calls.length
  await advance(60_000)
  expect(calls).toHaveLength(before)
})

test('eight checks run at once, the others wait and come all the same', async () => {
  const { checks, state, calls, advance } = bench()
  const finish: (() => void)[] = []
  state.answer = () => new Promise((resolve) => finish.push(() => resolve(0)))
  for (let i = 0; i < 20; i++) checks.watch(7n, `pod-${i}`, [web()])
  await advance(0)
  expect(calls).toHaveLength(8)
  for (let i = 0; i < 20; i++) {
    finish.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(calls).toHaveLength(20)
  expect(state.most).toBe(8)
})
