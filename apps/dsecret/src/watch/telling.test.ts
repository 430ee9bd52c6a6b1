// How alerts are told: by the webhook, on chain in turn, by the API.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alertCalls } from '../api/alert-calls.ts'
import { openAlertLog, type AlertLog } from '../store/alert-log.ts'
import { silentLog } from '../testing/test-node.ts'
import { WatchedWorld } from '../testing/watched-world.ts'
import { Announcer } from './announcer.ts'
import type { NewAlert } from './diff.ts'
import { Webhook, type Post } from './webhook.ts'

let folder: string
let alerts: AlertLog
const { signal } = new AbortController()
let nowMs = 0
const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: () => Promise.resolve() }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-telling-'))
  alerts = openAlertLog(join(folder, 'alerts.db'))
  nowMs = 1_000_000
})
afterEach(() => {
  alerts.close()
  rmSync(folder, { recursive: true })
})

function add(count: number, change: Partial<NewAlert> = {}): void {
  for (let n = 1; n <= count; n++) {
    const alert: NewAlert = {
      ...{ kind: 'lease', subject: `${n}/1/0`, state: 'lapsed', cause: 'lease.lapsed' },
      ...{ causeAt: 900, cutOffAt: 1_000_000, delayMs: 100_000, block: '50', ...change },
    }
    alerts.commit({ alerts: [alert], live: [], gone: [] }, { number: 50n, timestamp: 900n })
  }
}

describe('the webhook', () => {
  const logged: string[] = []
  const log = {
    ...silentLog,
    warn: (fields: object, text: string) => void logged.push(text + JSON.stringify(fields)),
  }
  const url = 'https://operator.test/hook?token=not-to-be-logged'
  const open = (post?: Post, timeoutMs = 5_000, to = url) =>
    new Webhook({
      ...{ url: to, nodeId: 3n, alerts, timeoutMs, clock, log, signal },
      ...(post === undefined ? {} : { post }),
    })

  test('tells in order, once, and goes on after a restart', async () => {
    const told: number[] = []
    const post: Post = (_url, body) => {
      const { nodeId, alert } = JSON.parse(body) as { nodeId: string; alert: { number: number } }
      expect(nodeId).toBe('3')
      told.push(alert.number)
      return Promise.resolve(204)
    }
    add(3)
    await open(post).round()
    alerts.close()
    alerts = openAlertLog(join(folder, 'alerts.db'))
    add(2)
    await open(post).round()
    expect(told).toEqual([1, 2, 3, 4, 5])
  })

  test('tries again with growing pauses, then lets the next one have its turn', async () => {
    const tried: number[] = []
    const hook = open((_url, body) => {
      tried.push((JSON.parse(body) as { alert: { number: number } }).alert.number)
      return Promise.resolve(tried.at(-1) === 1 ? 500 : 200)
    })
    add(2)
    const pauses = []
    while (alerts.delivered() !== 2) pauses.push(await hook.round())
    expect(pauses.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000])
    expect(Math.max(...pauses)).toBe(300_000)
    expect(tried).toEqual([...Array<number>(12).fill(1), 2])
    expect(hook.condition).toBeUndefined()
  })

  test('one that hangs is left after its time, and neither address nor answer is logged', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => void sockets.push(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const hook = open(undefined, 50, `http://127.0.0.1:${port}/not-to-be-logged`)
    add(1)
    expect(await hook.round()).toBe(1_000)
    expect(await hook.round()).toBe(2_000)
    expect(sockets.length).toBeGreaterThan(0)
    expect(alerts.delivered()).toBeUndefined()
    expect(hook.condition).toMatchObject({ code: 'webhook.failing', severity: 'warning' })
    expect(logged.join()).toContain('timeout')
    expect(logged.join()).not.toContain('not-to-be-logged')
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  test('one that is no server, or redirects, has not taken it', async () => {
    add(1)
    await open(() => Promise.reject(new TypeError('fetch failed'))).round()
    await open(() => Promise.resolve(307)).round()
    expect(alerts.delivered()).toBeUndefined()
  })
})

describe('on chain', () => {
  const world = new WatchedWorld()
  let sent: string[]
  let live: Set<string>
  const open = (nodeId: bigint, fail?: string) =>
    new Announcer({
      ...{ nodeId, view: world.view(), alerts, clock, log: silentLog, signal },
      isLive: (_kind, id) => live.has(id),
      submit: (appId, key) => {
        if (fail !== undefined)
          return Promise.reject(Object.assign(new Error('no'), { code: fail }))
        sent.push(key)
        world.unsettled.delete(appId)
        return Promise.resolve()
      },
    })
  beforeEach(() => {
    sent = []
    live = new Set()
    world.unsettled.clear()
    for (let n = 1n; n <= 99n; n++) world.unsettled.set(n, 60n)
  })

  test('the first member settles at once, and what is settled is not settled again', async () => {
    add(1)
    await open(1n).round()
    expect(sent).toEqual(['cut-off/1/50/1'])
    await open(1n).round()
    expect(sent).toHaveLength(1)
    expect(alerts.unsettled(9)).toEqual([])
  })

  test('the others wait for their turns, and send only what nobody has', async () => {
    add(2)
    nowMs += 4_999
    await open(2n).round()
    expect(sent).toEqual([])
    world.unsettled.delete(1n)
    nowMs += 1
    await open(2n).round()
    expect(sent).toEqual(['cut-off/2/50/1'])
  })

  test('a node that is not seated sends nothing; what is back or was ended needs nothing', async () => {
    add(1)
    await open(9n).round()
    expect(sent).toEqual([])
    live.add('1/1/0')
    await open(1n).round()
    add(1, { state: 'ended', cause: 'app.ended' })
    add(1, { kind: 'worker', subject: '1' })
    await open(1n).round()
    expect(sent).toEqual([])
    expect(alerts.unsettled(9)).toEqual([])
  })

  test('whoever lets leases lapse all the time makes a node pay for sixty an hour', async () => {
    add(99)
    for (let round = 0; round < 9; round++) await open(1n).round()
    const one = open(1n)
    sent.length = 0
    add(99)
    for (let n = 1n; n <= 99n; n++) world.unsettled.set(n, 60n)
    for (let round = 0; round < 9; round++) await one.round()
    expect(sent).toHaveLength(60)
    nowMs += 3_600_000
    await one.round()
    expect(sent.length).toBeGreaterThan(60)
  })

  test('one that is refused is tried five times; one that is paused meanwhile is on chain already', async () => {
    add(1)
    const refused = open(1n, 'chain.unreachable')
    for (let round = 0; round < 4; round++) await refused.round()
    expect(alerts.unsettled(9)).toHaveLength(1)
    await refused.round()
    expect(alerts.unsettled(9)).toEqual([])
    add(1)
    await open(1n, 'contract.AppStateWrong').round()
    expect(alerts.unsettled(9)).toEqual([])
  })
})

describe('the call', () => {
  const ask = async (query: string) => {
    const app = new Hono()
    alertCalls(alerts)(app, async (c, _call, work) =>
      c.text(await work(signal).then(String, (error: { code: string }) => error.code)),
    )
    return (await app.request(`/v1/alerts${query}`)).text()
  }

  test('shows a page by number, at most 64', async () => {
    add(70)
    const page = JSON.parse(await ask('?first=3&count=999')) as { last: number; alerts: unknown[] }
    expect(page.last).toBe(70)
    expect(page.alerts).toHaveLength(64)
    expect(page.alerts[0]).toEqual({
      ...{ number: 3, kind: 'lease', subject: '3/1/0', state: 'lapsed', cause: 'lease.lapsed' },
      ...{ causeAt: 900, cutOffAt: 1_000_000, delayMs: 100_000, block: '50' },
    })
    expect((JSON.parse(await ask('')) as { alerts: unknown[] }).alerts).toHaveLength(32)
  })

  test.each(['?first=0', '?first=x', '?count=-1', '?first=9999999999999999'])(
    'refuses %s',
    async (query) => expect(await ask(query)).toBe('request.invalid'),
  )
})
