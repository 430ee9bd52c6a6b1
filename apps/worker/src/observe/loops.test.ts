// What wakes applications, with a chain and an engine in memory.
import { expect, test } from 'vitest'
import { ConditionBoard } from '../condition/condition.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { keepLog } from '../testing/silent-log.ts'
import { runLoops, type LoopParts } from './loops.ts'

/** A watch that sees nothing new. */
const quiet = (...apps: bigint[]): LoopParts['watch'] => ({
  look: () => Promise.resolve(),
  glance: () => Promise.resolve(),
  apps: new Set(apps),
})

function start(over: Partial<LoopParts> = {}) {
  const chain = new MemoryChain()
  const controller = new AbortController()
  const board = new ConditionBoard()
  const woken: bigint[] = []
  const waiting: { appId: bigint; resolve: () => void }[] = []
  const wake = (appId: bigint) => {
    woken.push(appId)
    for (const { resolve } of waiting.filter((w) => w.appId === appId)) resolve()
  }
  const parts: LoopParts = {
    workerId: 1n,
    watchMs: 5,
    resyncMs: 5,
    chain,
    follow: () => new Promise(() => undefined),
    watch: quiet(),
    known: () => [],
    readStanding: () => Promise.resolve(),
    enqueue: wake,
    sweep: wake,
    board,
    log: keepLog(),
    signal: controller.signal,
    ...over,
  }
  return {
    chain,
    board,
    woken,
    stop: () => controller.abort(),
    run: () => void runLoops(parts),
    wokenUp: (appId: bigint) =>
      new Promise<void>((resolve) => {
        if (woken.includes(appId)) resolve()
        else waiting.push({ appId, resolve })
      }),
  }
}
const anyApp = {
  owner: `0x${'01'.repeat(20)}`,
  state: 'active',
  replicas: 1,
  pausedByOwner: false,
  noticeUntil: 0n,
  currentVersion: 1,
  pendingVersion: 0,
  pendingDeadline: 0n,
} as const

test('at the start everything on chain, everything known and everything with a pod is looked at', async () => {
  const loops = start({
    known: () => [8n],
    watch: quiet(9n),
  })
  loops.chain.apps.set(7n, anyApp)
  loops.run()
  await Promise.all([7n, 8n, 9n].map((appId) => loops.wokenUp(appId)))
  loops.stop()
})

test('an application that no event told of is found by the slow timer', async () => {
  const loops = start()
  loops.run()
  loops.chain.apps.set(7n, anyApp)
  await loops.wokenUp(7n)
  loops.stop()
})

test('a chain that is down is a condition, pods are looked at all the same, and it passes', async () => {
  const loops = start({ watch: quiet(9n) })
  loops.chain.down = true
  loops.run()
  await loops.wokenUp(9n)
  expect(loops.board.list('worker').map(({ code }) => code)).toEqual(['chain.unreachable'])
  loops.chain.down = false
  await expect.poll(() => loops.board.list('worker')).toEqual([])
  loops.stop()
})

test('events wake at once, and following starts anew when it breaks', async () => {
  let round = 0
  const loops = start({
    resyncMs: 100_000,
    follow: (_from, onEvents) => {
      onEvents([{ args: { appId: BigInt(++round), workerId: 1n } }])
      return Promise.resolve()
    },
  })
  loops.run()
  await loops.wokenUp(3n)
  loops.stop()
})

test('agents are glanced at more often than the engine is looked at', async () => {
  let looks = 0
  const watch = { ...quiet(), look: () => Promise.resolve(void looks++) }
  const glanced = new Promise<void>((resolve) => {
    let glances = 0
    Object.assign(watch, { glance: () => Promise.resolve(++glances === 3 ? resolve() : undefined) })
  })
  const loops = start({ watchMs: 1_000_000, resyncMs: 1_000_000, watch })
  loops.run()
  await glanced
  loops.stop()
  expect(looks).toBe(1)
})
