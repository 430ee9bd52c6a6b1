// Whom a node sees cut off, and why, on a chain in memory: each change once, whatever the RPC and the process do.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAlertLog, type AlertLog } from '../store/alert-log.ts'
import { silentLog } from '../testing/test-node.ts'
import { machineOf, WatchedWorld } from '../testing/watched-world.ts'
import type { NewAlert } from './diff.ts'
import { restsOn } from './subjects.ts'
import { Watcher } from './watcher.ts'

let folder: string
let world: WatchedWorld
let alerts: AlertLog
let watcher: Watcher
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-watch-'))
  world = new WatchedWorld()
  for (const n of [1, 2, 3]) world.prove('node', n)
  world.prove('worker', 1)
  world.renew(1)
  up()
  await settle()
})
afterEach(() => {
  alerts.close()
  rmSync(folder, { recursive: true })
})

function up(): void {
  alerts = openAlertLog(join(folder, 'alerts.db'))
  watcher = new Watcher({
    ...{ view: world.view(), log: silentLog, alerts, signal: new AbortController().signal },
    clock: {
      now: () => world.nowMs,
      monotonicMs: () => world.nowMs,
      sleep: () => Promise.resolve(),
    },
  })
}

/** Rounds at the head until nothing waits. */
async function settle(): Promise<void> {
  for (let rounds = 0; await watcher.round(world.block()); rounds++) expect(rounds).toBeLessThan(99)
}

async function block(blocks = 1): Promise<void> {
  world.mine(blocks)
  await settle()
}

function restart(): void {
  alerts.close()
  up()
}

/** Kind, subject, cause and age of the cause in blocks, of every alert. */
const told = () =>
  alerts
    .read(1, 999)
    .map(
      ({ kind, subject, cause, causeAt, block: at }) =>
        `${kind} ${subject} ${cause} ${Number(world.timeOf(BigInt(at))) - causeAt}`,
    )

describe('causes', () => {
  test('a lease that is not renewed lapses in its last second, not before', async () => {
    await block(299)
    expect(told()).toEqual([])
    await block()
    expect(told()).toEqual(['lease 1/1/0 lease.lapsed 0'])
  })

  test('a renewal is no news, whether it is seen before or after the old end', async () => {
    await block(200)
    world.renew(1)
    world.mine(150)
    await settle()
    expect(told()).toEqual([])
    await block(149)
    expect(told()).toEqual([])
    await block()
    expect(told()).toEqual(['lease 1/1/0 lease.lapsed 0'])
  })

  test('a revoked measurement takes the machines of workers and their leases, dated by its block', async () => {
    world.mine()
    world.refer({ status: 'revoked' })
    await block(2)
    expect(told()).toEqual(['worker 1 measurement.revoked 2', 'lease 1/1/0 measurement.revoked 2'])
  })

  test('a deprecated one does so when its time is over, though no event says it', async () => {
    world.mine()
    world.refer({ status: 'deprecated', until: world.now + 50n })
    await block(49)
    expect(told()).toEqual([])
    await block()
    expect(told()).toEqual([
      'worker 1 measurement.deprecated 0',
      'lease 1/1/0 measurement.deprecated 0',
    ])
  })

  test('a denied machine of a worker or a node, and what ran there', async () => {
    world.mine()
    world.deny(machineOf('worker', 1))
    world.deny(machineOf('node', 2))
    await block()
    expect(told()).toEqual([
      'node 2 platform.denied 1',
      'worker 1 platform.denied 1',
      'lease 1/1/0 platform.denied 1',
    ])
  })

  test('a proof that is not made again lapses, with the leases on that machine', async () => {
    world.renew(1, 5_000)
    await block(999)
    for (const n of [1, 2]) world.prove('node', n)
    await block()
    expect(told()).toEqual([
      'node 3 proof.lapsed 0',
      'worker 1 proof.lapsed 0',
      'lease 1/1/0 proof.lapsed 0',
    ])
  })

  test('a floor under the instance key, the application or the worker', async () => {
    world.mine()
    for (const n of [2, 3]) world.renew(n)
    await block()
    world.mine()
    world.raise('key', `0x${'1'.padStart(64, '0')}`, restsOn.key(`0x${'1'.padStart(40, '0')}`))
    world.raise('application', 2n, restsOn.app(2n))
    await block()
    expect(told().sort()).toEqual([
      'lease 1/1/0 evidence.revoked 1',
      'lease 2/1/0 evidence.revoked 1',
    ])
    world.mine()
    world.raise('worker', 1n, restsOn.worker(1n))
    await block()
    expect(told().slice(2)).toEqual(['lease 3/1/0 evidence.revoked 1'])
  })

  test('what its owner ends is ended: pause, end, another version, fewer replicas', async () => {
    world.mine()
    for (const n of [2, 3, 4]) world.renew(n)
    await block()
    world.mine()
    world.change(1, { state: 'paused' })
    world.change(2, { state: 'ended' })
    world.change(3, { currentVersion: 2 })
    world.change(4, { replicas: 0 })
    await block()
    expect(told().sort()).toEqual([
      'lease 1/1/0 app.paused 1',
      'lease 2/1/0 app.ended 1',
      'lease 3/1/0 version.over 1',
      'lease 4/1/0 replica.removed 1',
    ])
  })

  test('a worker that shuts down and a node that was slashed say so', async () => {
    world.mine()
    world.machines.set('worker/1', 'shutdown')
    world.machines.set('node/3', 'slashed')
    world.emit([restsOn.worker(1n), restsOn.node(3n)], true)
    await block()
    expect(told().slice(0, 2)).toEqual(['node 3 node.slashed 1', 'worker 1 worker.shutdown 1'])
  })

  test('where several hold, the earliest is named', async () => {
    await block(290)
    world.mine()
    world.deny(machineOf('worker', 1))
    world.mine(20)
    await settle()
    expect(told()).toEqual(['worker 1 platform.denied 20', 'lease 1/1/0 platform.denied 20'])
  })
})

describe('attacks', () => {
  test('a flapping lease is told once for each change', async () => {
    for (let turn = 1; turn <= 5; turn++) {
      world.mine()
      world.renew(1, 10)
      await block()
      await block(9)
      await block(3)
      expect(told()).toHaveLength(turn)
    }
    expect(new Set(told())).toEqual(new Set(['lease 1/1/0 lease.lapsed 0']))
  })

  test('an RPC that shows an older block makes nobody live again and nobody gone', async () => {
    const old = world.block()
    await block(300)
    expect(told()).toHaveLength(1)
    const later = world.head
    world.head = old.number
    await watcher.round(old)
    world.head = later
    await settle()
    await block()
    expect(told()).toHaveLength(1)
    expect(watcher.isLive('lease', '1/1/0')).toBe(false)
  })

  test('an RPC that shows a newer block of an older time judges nothing', async () => {
    await watcher.round({ ...world.block(world.head + 500n), timestamp: world.now - 1n })
    expect(told()).toEqual([])
    expect(alerts.judged()?.number).toBe(world.head)
  })

  test('an RPC that hides events is found out by looking in turn', async () => {
    world.emit = () => undefined
    world.deny(machineOf('node', 2))
    world.change(1, { state: 'paused' })
    await block(5)
    expect(told()).toEqual([])
    await block()
    expect(told()).toEqual(['node 2 platform.denied 0', 'lease 1/1/0 app.paused 0'])
  })

  test('blocks in which nothing happens are not paid with reads of everything', async () => {
    await block(6)
    world.calls.clear()
    for (let n = 1; n <= 5; n++) await block()
    expect([...world.calls.keys()].sort()).toEqual(['changes', 'reference'])
    await block()
    expect(world.calls.get('apps')).toBe(1)
    world.mine()
    world.change(1, { state: 'paused' })
    world.emit([restsOn.app(1n)], true)
    world.calls.clear()
    await block()
    expect(told()).toEqual(['lease 1/1/0 app.paused 1'])
  })

  test('a chain that does not answer in the middle of a round loses nothing', async () => {
    world.mine()
    world.deny(machineOf('worker', 1))
    world.mine()
    const view = world.view()
    const broken = { ...view, apps: () => Promise.reject(new Error('away')) }
    alerts.close()
    alerts = openAlertLog(join(folder, 'alerts.db'))
    const { signal } = new AbortController()
    const clock = { now: () => world.nowMs, monotonicMs: () => 0, sleep: () => Promise.resolve() }
    const parts = { log: silentLog, alerts, signal, clock }
    let isBroken = true
    watcher = new Watcher({
      ...parts,
      view: { ...view, apps: (ids, at) => (isBroken ? broken.apps() : view.apps(ids, at)) },
    })
    await expect(watcher.round(world.block())).rejects.toThrow('away')
    expect(told()).toEqual([])
    isBroken = false
    await settle()
    expect(told()).toEqual(['worker 1 platform.denied 1', 'lease 1/1/0 platform.denied 1'])
  })
})

describe('restarts', () => {
  test('nothing is told twice, numbers go on, and what happened meanwhile is told', async () => {
    await block(300)
    expect(told()).toHaveLength(1)
    restart()
    await settle()
    expect(told()).toHaveLength(1)
    alerts.close()
    world.mine()
    world.deny(machineOf('node', 1))
    world.mine(5)
    up()
    await settle()
    expect(told()).toEqual(['lease 1/1/0 lease.lapsed 0', 'node 1 platform.denied 5'])
    expect(alerts.last()).toBe(2)
  })

  test('a lease that was renewed while the node was down did not lapse', async () => {
    alerts.close()
    world.mine(299)
    world.renew(1)
    world.mine(100)
    up()
    await settle()
    expect(told()).toEqual([])
  })

  test('after more blocks than events are read of, everything is read instead', async () => {
    world.mine()
    world.prove('worker', 1, 1_000_000)
    for (const n of [1, 2, 3]) world.prove('node', n, 1_000_000)
    world.renew(1, 1_000_000)
    await block()
    alerts.close()
    world.mine()
    world.deny(machineOf('worker', 1))
    world.mine(30_000)
    up()
    world.calls.clear()
    await settle()
    expect(told()).toEqual(['worker 1 platform.denied 0', 'lease 1/1/0 platform.denied 0'])
    expect(world.calls.get('changes')).toBeUndefined()
  })
})

describe('bounds', () => {
  test('thousands of leases: each round reads a bounded part, and all are seen', async () => {
    world.mine()
    for (let n = 2; n <= 3_000; n++) world.renew(n)
    world.calls.clear()
    let rounds = 0
    while (await watcher.round(world.block())) rounds++
    expect(rounds).toBe(Math.ceil(3_000 / 256) - 1)
    expect(alerts.live()).toHaveLength(3_000 + 4)
    // Nothing happens: a block costs the same few reads.
    world.calls.clear()
    await block()
    const reads = [...world.calls.values()].reduce((sum, count) => sum + count, 0)
    expect(reads).toBeLessThan(10)
    world.mine()
    world.refer({ status: 'revoked' })
    await block()
    expect(alerts.last()).toBe(3_001)
  })

  test.each([
    ['a machine lapses', () => world.prove('worker', 1, 999)],
    [
      'the time of a measurement is over',
      () => {
        world.prove('worker', 1, 9_000)
        world.machinesAreMeasured = false
        world.refer({ status: 'deprecated', until: world.now + 999n })
      },
    ],
    [
      'a machine is found denied by looking in turn',
      () => {
        world.prove('worker', 1, 9_000)
        world.emit = () => undefined
      },
    ],
  ])('hundreds of leases go at once when %s', async (what, prepare) => {
    world.mine()
    for (let n = 1; n <= 200; n++) world.renew(n, 5_000)
    for (const n of [1, 2, 3]) world.prove('node', n, 9_000)
    await settle()
    world.mine()
    prepare()
    await settle()
    world.mine(998)
    await settle()
    expect(told()).toEqual([])
    if (what.includes('denied')) world.deny(machineOf('worker', 1))
    world.mine(what.includes('in turn') ? 6 : 1)
    await settle()
    const leases = alerts.read(1, 999).filter(({ kind }) => kind === 'lease')
    expect(leases).toHaveLength(200)
    expect(new Set(leases.map(({ block: at }) => at))).toEqual(new Set([String(world.head)]))
  })

  test('the ring keeps the newest', () => {
    const ring = openAlertLog(join(folder, 'ring.db'), 3)
    const at = { number: 1n, timestamp: 1n }
    const alert: NewAlert = {
      ...{ kind: 'node', subject: '1', state: 'lapsed', cause: 'proof.lapsed' },
      ...{ causeAt: 1, cutOffAt: 2_000, delayMs: 1_000, block: '1' },
    }
    for (let n = 0; n < 5; n++) ring.commit({ alerts: [alert], live: [], gone: [] }, at)
    expect(ring.read(1, 99).map(({ number }) => number)).toEqual([3, 4, 5])
    ring.close()
  })
})
