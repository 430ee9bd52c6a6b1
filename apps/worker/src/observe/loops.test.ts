// What wakes applications, with a chain and an engine in memory.
import { expect, test } from 'vitest'
import { ConditionBoard } from '../condition/condition.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { keepLog } from '../testing/silent-log.ts'
import { runLoops, type LoopParts } from './loops.ts'

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
    watch: { look: () => Promise.resolve(), apps: new Set<bigint>() },
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
    watch: { look: () => Promise.resolve(), apps: new Set([9n]) },
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
  const loops = start({ watch: { look: () => Promise.resolve(), apps: new Set([9n]) } })
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
