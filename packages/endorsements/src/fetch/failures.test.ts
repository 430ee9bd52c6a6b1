// Every way that servers fail: what is retried, what is not, which error comes out, what the cache
// gives instead.
import { expect, test, describe, afterEach } from 'vitest'
import type { AskLimits } from './ask.ts'
import { FAILURE_CASES } from '../testing/failure-cases.ts'
import type { VendorRoute } from '../testing/index.ts'
import {
  cleanUp,
  DAY_MS,
  FMSPC,
  HOUR_MS,
  MILAN,
  openClient,
  startWorld,
  TDX,
} from '../testing/fixtures.ts'

afterEach(cleanUp)

const UNHARMED: readonly VendorRoute[] = ['tcb', 'qe-identity', 'pck-crl', 'root-ca-crl']

describe.each(FAILURE_CASES)('$name', (one) => {
  const { route, behaviour, code, retried, requestTimeoutMs = 5_000 } = one
  // Real time passes where it is what fails.
  const attempts = one.requestTimeoutMs === undefined ? 4 : 2
  const limits = { requestTimeoutMs, attempts }
  const status = one.status ?? (code.startsWith('answer.') ? 200 : undefined)

  test('without a kept part, the error says what happened, and where, and nothing more', async () => {
    const { client, pcs } = await startWorld({ limits })
    pcs.behave(route, behaviour)
    const error: unknown = await client.intel(TDX).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'EndorsementError', code, status })
    expect((error as Error).message).toContain(new URL(pcs.url).host)
    expect((error as Error).message).not.toMatch(/fmspc=|<html|Sign in/)
    expect(pcs.count(route)).toBe(retried ? attempts : 1)
    for (const other of UNHARMED) if (other !== route) expect(pcs.count(other)).toBe(1)
  })

  test('with a valid kept part, that is served and called stale', async () => {
    const { client, clock, pcs } = await startWorld({ limits })
    const first = await client.intel(TDX)
    clock.advance(2 * DAY_MS)
    pcs.behave(route, behaviour)
    const second = await client.intel(TDX)
    const stale = second.parts.filter((part) => part.stale)
    expect(stale).toMatchObject([{ from: 'cache', error: { code } }])
    const fieldOf = { tcb: 'tcb_info', 'qe-identity': 'qe_identity' } as Record<string, string>
    const field = (fieldOf[route] ?? route.replaceAll('-', '_')) as keyof typeof first.endorsements
    expect(second.endorsements[field]).toBe(first.endorsements[field])
  })

  if (retried)
    test('when it passes, nobody notices', async () => {
      const { client, pcs } = await startWorld({ limits })
      pcs.behave(route, behaviour, attempts - 1)
      const { parts } = await client.intel(TDX)
      expect(parts.every(({ from, stale }) => from === 'server' && !stale)).toBe(true)
      expect(pcs.count(route)).toBe(attempts)
    })

  test('a mirror answers instead', async () => {
    const { client, pcs, pccs } = await startWorldWithMirror(limits)
    pcs.behave(route, behaviour)
    const { parts } = await client.intel(TDX)
    const hosts = parts.map(({ source }) => source)
    expect(hosts.filter((host) => host === new URL(pccs.url).host)).toHaveLength(1)
    expect(pccs.count(route)).toBe(1)
  })
})

async function startWorldWithMirror(limits: Partial<AskLimits> = {}) {
  const world = await startWorld()
  const client = await openClient(world.clock, {
    intel: [...world.servers.intel, { api: 'pccs', url: world.pccs.url }],
    limits,
  })
  return { ...world, client }
}

test('past nextUpdate nothing kept is served, however the servers fail', async () => {
  const { client, clock, pcs } = await startWorld()
  await client.intel(TDX)
  pcs.behave('pck-crl', { type: 'status', status: 503 })
  clock.advance(30 * DAY_MS - 2 * 60_000)
  expect((await client.intel(TDX)).parts.filter(({ stale }) => stale)).toHaveLength(1)
  clock.advance(3 * 60_000)
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'answer.unavailable' })
})

test('an answer that has expired already is refused, and not asked for again', async () => {
  const { client, kds } = await startWorld()
  kds.behave('crl', { type: 'stale' })
  await expect(client.amd(MILAN)).rejects.toMatchObject({ code: 'answer.expired', retryable: true })
  expect(kds.count('crl')).toBe(1)
})

test('collateral that is old but valid is taken where nothing newer is known', async () => {
  const { client, pcs, pccs } = await startWorldWithMirror()
  pcs.behave('tcb', { type: 'stale' })
  expect((await client.intel(TDX)).parts[0]).toMatchObject({ source: new URL(pcs.url).host })
  expect(pccs.count('tcb')).toBe(0)
})

test('older collateral than what is kept does not replace it', async () => {
  const { client, pcs, clock } = await startWorld()
  const first = await client.intel(TDX)
  clock.advance(DAY_MS)
  for (const route of UNHARMED) pcs.behave(route, { type: 'stale' })
  const second = await client.intel(TDX)
  expect(second.endorsements).toEqual(first.endorsements)
  expect(second.parts.every(({ stale, error }) => stale && error?.code === 'answer.older')).toBe(
    true,
  )
})

test('a mirror cannot make what the preferred server gives look old', async () => {
  const { client, pcs, pccs, clock } = await startWorldWithMirror()
  pcs.behave('tcb', { type: 'status', status: 404 })
  expect((await client.intel(TDX)).parts[0]).toMatchObject({ source: new URL(pccs.url).host })
  clock.advance(13 * HOUR_MS)
  pcs.behave('tcb', { type: 'stale' })
  expect((await client.intel(TDX)).parts[0]).toMatchObject({
    source: new URL(pcs.url).host,
    stale: false,
  })
})

test('TCB info of another family, or of the other TEE, is refused', async () => {
  const { client, pcs } = await startWorld()
  const body = (fmspc: string, id = 'TDX') =>
    `{"tcbInfo":{"id":"${id}","fmspc":"${fmspc}","issueDate":"2026-06-01T00:00:00Z",` +
    `"nextUpdate":"2026-07-01T00:00:00Z"},"signature":"${'ab'.repeat(64)}"}`
  pcs.behave('tcb', { type: 'content', body: body('0'.repeat(12)) })
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'answer.mismatch' })
  pcs.behave('tcb', { type: 'content', body: body(FMSPC, 'SGX') })
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'answer.mismatch' })
  pcs.behave('tcb', { type: 'content', body: body(FMSPC.toUpperCase()) })
  await client.intel(TDX)
})

test('what ends at this instant has expired', async () => {
  const { client, pcs } = await startWorld()
  const body = (second: string) =>
    Buffer.from(
      `{"tcbEvaluationDataNumbers":{"id":"TDX","issueDate":"2026-05-31T00:00:00Z",` +
        `"nextUpdate":"2026-06-01T00:00:${second}Z","tcbEvalNumbers":[]},` +
        `"signature":"${'ab'.repeat(64)}"}`,
    )
  pcs.behave('evaluation-numbers', { type: 'content', body: body('00') })
  await expect(client.evaluationNumbers('tdx')).rejects.toMatchObject({ code: 'answer.expired' })
  pcs.behave('evaluation-numbers', { type: 'content', body: body('01') })
  await client.evaluationNumbers('tdx')
})

test('a date in the future is refused: it would make all others look old', async () => {
  const { client, pcs, clock } = await startWorld()
  clock.advance(-2 * HOUR_MS)
  const ahead = `{"tcbInfo":{"id":"TDX","fmspc":"${FMSPC}","issueDate":"2026-06-01T00:00:00Z",`
  const rest = `"nextUpdate":"2026-07-01T00:00:00Z"},"signature":"${'ab'.repeat(64)}"}`
  pcs.behave('tcb', { type: 'content', body: ahead + rest })
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'answer.not-yet-valid' })
})

test('Retry-After is obeyed, and holds other requests to the host back, too', async () => {
  const { client, pcs, clock } = await startWorld()
  const startMs = clock.nowMs()
  pcs.behave('tcb', { type: 'status', status: 429, retryAfter: '20' }, 1)
  await client.intel(TDX)
  expect(clock.nowMs()).toBeGreaterThanOrEqual(startMs + 20_000)
})

test('a Retry-After of more than 30 seconds is not waited for', async () => {
  const { client, pcs, clock } = await startWorld()
  const startMs = clock.nowMs()
  pcs.behave('tcb', { type: 'status', status: 429, retryAfter: '31' }, 1)
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'answer.rate-limited' })
  expect(clock.nowMs() - startMs).toBeLessThan(31_000)
})

test('a server that takes no more is not asked at all while its pause lasts', async () => {
  const { client, pcs, clock } = await startWorld()
  pcs.behave('tcb', { type: 'status', status: 429, retryAfter: '300' })
  await expect(client.intel(TDX)).rejects.toMatchObject({
    code: 'answer.rate-limited',
    retryAfterMs: 300_000,
  })
  pcs.heal()
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'network.deadline' })
  expect(pcs.count('tcb')).toBe(1)
  clock.advance(300_000)
  await client.intel(TDX)
})

test('waits double up to their cap, and all of it ends at the deadline', async () => {
  const limits = { attempts: 10, backoff: { baseMs: 1_000, capMs: 8_000 }, deadlineMs: 20_000 }
  const { client, pcs, clock } = await startWorld({ limits })
  const startMs = clock.nowMs()
  pcs.behave('tcb', { type: 'status', status: 503 })
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'answer.unavailable' })
  const waits = clock.sleeps.filter((ms) => ms > 500)
  expect(waits).toEqual([999, 1_998, 3_996, 7_992])
  expect(clock.nowMs()).toBeLessThanOrEqual(startMs + 20_000)
})

test('a server that is not there is retried, then named', async () => {
  const { pcs, client } = await startWorld()
  await pcs.close()
  const error: unknown = await client.evaluationNumbers('tdx').catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'network.failed', retryable: true })
}, 10_000)
