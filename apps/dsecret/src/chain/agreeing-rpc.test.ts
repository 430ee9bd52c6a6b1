// RPCs that lie, lag, hang and rewrite, behind real HTTP servers: the view says what two say alike, or nothing.
import { openChain } from '@wetee/chain'
import type { Log } from '@wetee/daemon'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blockOf, emptyWorld, secretKey, type World } from '../testing/memory-view.ts'
import { answerOfWorld, worldProfile } from '../testing/rpc-of-world.ts'
import { startRpcServer, urlSecrets, type RpcServer } from '../testing/rpc-server.ts'
import { AgreeingRpc } from './agreeing-rpc.ts'
import type { ChainView, Hex, SessionEvent } from './chain-view.ts'
import type { RpcFault } from './rpc-source.ts'
import { openChainView } from './viem-view.ts'

const digest: Hex = `0x${'cd'.repeat(32)}`
const TIMEOUT_MS = 2_000
const PATIENCE_MS = 60

let worlds: World[]
let servers: RpcServer[]
let faults: RpcFault[]
let disagreements: number
let logged: string[]
let nowMs: number
let stopping: AbortController
let rpc: AgreeingRpc
let view: ChainView

/** A chain in which application 7 has one secret. */
function world(): World {
  const made = emptyWorld()
  const version = {
    ciphertextDigest: digest,
    policyDigest: digest,
    owner: digest,
    setAt: 4n,
    key: 1,
  }
  made.secretVersions.set(secretKey(7n, 'token', 1), version)
  made.ciphertexts.set(digest, { appId: 7n, name: 'token', version: 1 })
  return made
}

async function open(count: number): Promise<void> {
  worlds = Array.from({ length: count }, world)
  servers = await Promise.all(
    worlds.map((of) => startRpcServer((method, params) => answerOfWorld(of, method, params))),
  )
  faults = []
  disagreements = 0
  logged = []
  nowMs = 0
  stopping = new AbortController()
  const keep = (fields: object, message: string) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep }
  rpc = new AgreeingRpc({
    urls: servers.map(({ url }) => url),
    chainId: worldProfile.chainId,
    monotonicMs: () => nowMs,
    timeoutMs: TIMEOUT_MS,
    patienceMs: PATIENCE_MS,
    onFault: (fault) => void faults.push(fault),
    onDisagreement: () => void disagreements++,
    log,
    signal: stopping.signal,
  })
  const chain = openChain(worldProfile, {
    transport: rpc.transport(),
    signal: stopping.signal,
    // A head is asked for anew at every call.
    monotonicMs: () => (nowMs += 1_000),
  })
  view = openChainView(chain)
}

const later = (code: string): unknown => expect.objectContaining({ code, retryable: true })
const bare = (url: string) => url.replace('user:pass-word@', '')
const at = (index: number) => ({ world: worlds[index]!, server: servers[index]! })
const secretOf = () => view.secretOf(digest, 100n)
const truth = { appId: 7n, name: 'token', version: 1 }

beforeEach(() => open(2))
afterEach(async () => {
  stopping.abort()
  await Promise.all(servers.map((server) => server.close()))
})

test('two that say the same are believed', async () => {
  expect(await view.head()).toEqual(blockOf(at(0).world, 100n))
  expect(await secretOf()).toEqual(truth)
  expect([faults, disagreements, rpc.conditions()]).toEqual([[], 0, []])
})

test('the head is the highest block that both have finalized', async () => {
  at(1).world.head = 103n
  expect((await view.head()).number).toBe(100n)
  at(0).world.head = 104n
  expect((await view.head()).number).toBe(103n)
})

test('another hash at that number is no head', async () => {
  at(1).world.fork = 'lie'
  await expect(view.head()).rejects.toThrow(later('view.disagree'))
  at(1).world.head = 150n
  await expect(view.head()).rejects.toThrow(later('view.disagree'))
  expect(disagreements).toBe(2)
})

test('one alone is no view: the other is down, or hangs, or answers what is none', async () => {
  const { server } = at(1)
  const bad: NonNullable<RpcServer['takeOver']>[] = [
    (response) => response.destroy(),
    () => undefined,
    (response) => response.end('<html>'),
    (response) => response.end('{"jsonrpc":"2.0","id":999999,"result":"0x1"}'),
    (response) => response.end('{"jsonrpc":"2.0"}'),
    (response) => response.end('null'),
    (response) => response.writeHead(429).end('slow down'),
    // One that keeps method and body.
    (response) => response.writeHead(307, { location: bare(at(0).server.url) }).end(),
    (response) => response.write('{"jsonrpc":"2.0","id":1,"result":"0x'),
  ]
  for (const takeOver of bad) {
    server.takeOver = takeOver
    await expect(view.head()).rejects.toThrow(later('chain.unreachable'))
    await expect(secretOf()).rejects.toThrow(later('chain.unreachable'))
  }
  expect(rpc.conditions()).toMatchObject([{ code: 'view.rpc-silent', severity: 'error' }])
  server.takeOver = undefined
  expect(await secretOf()).toEqual(truth)
  expect(rpc.conditions()).toEqual([])
})

test('a body without an end is left after 4 MiB', async () => {
  let sent = 0
  at(1).server.takeOver = (response) => {
    const more = () => {
      while (!response.destroyed && response.write('a'.repeat(65_536))) sent += 65_536
      sent += 65_536
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  }
  await expect(view.head()).rejects.toThrow(later('chain.unreachable'))
  expect(rpc.conditions()[0]?.text).toMatch(/more than 4194304 bytes/)
  expect(sent).toBeLessThan(32 * 2 ** 20)
})

test('another value at the same block is no answer', async () => {
  at(1).world.ciphertexts.set(digest, { appId: 8n, name: 'token', version: 1 })
  await expect(secretOf()).rejects.toThrow(later('view.disagree'))
  expect(disagreements).toBe(1)
  // A refusal of the contract against a value, both ways.
  expect(await view.workerOperator(1n, 100n)).toBeUndefined()
  at(0).world.operators.set(1n, `0x${'11'.repeat(20)}`)
  await expect(view.workerOperator(1n, 100n)).rejects.toThrow(later('view.disagree'))
})

test('an event that one of them hides or adds is no answer', async () => {
  const event: SessionEvent = {
    ...{ kind: 'deal', sender: 1, subject: 0, bodyDigest: digest, blockNumber: 80n },
    transactionHash: digest,
  }
  at(0).world.sessionEvents.set(2n, [event])
  await expect(view.sessionEvents(2n, 70n, 90n)).rejects.toThrow(later('view.disagree'))
  at(1).world.sessionEvents.set(2n, [event])
  expect(await view.sessionEvents(2n, 70n, 90n)).toEqual([event])
})

test('of three, two are believed against one, which is told; the log names its host alone', async () => {
  await stopAndOpen(3)
  at(2).world.ciphertexts.clear()
  expect(await secretOf()).toEqual(truth)
  await expect.poll(() => faults, { timeout: 10_000 }).toEqual(['differs'])
  const text = [...logged, JSON.stringify(rpc.conditions())].join('\n')
  expect(text).toContain('"code":"view.differs","host":"127.0.0.1"')
  for (const secret of urlSecrets) expect(text).not.toContain(secret)
})

test('two against two is no answer, three against two is one', async () => {
  await stopAndOpen(4)
  at(2).world.ciphertexts.clear()
  at(3).world.ciphertexts.clear()
  await expect(secretOf()).rejects.toThrow(later('view.disagree'))
  await stopAndOpen(5)
  at(0).world.ciphertexts.clear()
  at(4).world.ciphertexts.clear()
  expect(await secretOf()).toEqual(truth)
})

test('a third that hangs or is dead does not stop the view, and is left alone for a while', async () => {
  await stopAndOpen(3)
  at(0).server.takeOver = () => undefined
  expect((await view.head()).number).toBe(100n)
  expect(await secretOf()).toEqual(truth)
  // The others were enough: nobody has given it up yet.
  expect(faults).toEqual([])
  await expect.poll(() => faults, { timeout: 10_000 }).toEqual(['no-answer'])
  const { calls } = at(0).server
  const before = calls.length
  expect(await secretOf()).toEqual(truth)
  expect(calls).toHaveLength(before)
  nowMs += 400_000
  at(0).server.takeOver = undefined
  expect(await secretOf()).toEqual(truth)
  await expect.poll(() => calls.length).toBeGreaterThan(before)
})

test('an RPC of another chain is never believed', async () => {
  const { server, world: of } = at(1)
  server.answers = (method, params) =>
    method === 'eth_chainId' ? '0x1' : answerOfWorld(of, method, params)
  await expect(view.head()).rejects.toThrow(later('chain.unreachable'))
  await expect(secretOf()).rejects.toThrow(later('chain.unreachable'))
  expect(faults).toEqual(['wrong-chain'])
  expect(new Set(server.calls)).toEqual(new Set(['eth_chainId']))
  expect(rpc.conditions()).toMatchObject([{ code: 'view.rpc-stopped', severity: 'error' }])
})

test('the head never goes back: a rewound RPC makes it old, not lower', async () => {
  for (const { world: of } of [at(0), at(1)]) of.head = 110n
  expect((await view.head()).number).toBe(110n)
  at(0).world.head = 105n
  expect(await view.head()).toEqual(blockOf(at(1).world, 110n))
  at(1).world.head = 90n
  expect(await view.head()).toEqual(blockOf(at(1).world, 110n))
  expect(faults).toEqual([])
})

test('one that names another hash for an accepted block is counted and asked no more', async () => {
  await stopAndOpen(3)
  await view.head()
  at(1).world.fork = 'rewritten'
  expect(await view.block(100n)).toEqual(blockOf(at(0).world, 100n))
  expect((await view.head()).hash).toBe(blockOf(at(0).world, 100n).hash)
  await expect.poll(() => faults, { timeout: 10_000 }).toEqual(['other-hash'])
  const { calls } = at(1).server
  const before = calls.length
  at(1).world.fork = ''
  expect(await secretOf()).toEqual(truth)
  expect(calls).toHaveLength(before)
  expect(rpc.conditions()).toMatchObject([{ code: 'view.rpc-stopped', severity: 'warning' }])
})

test('both that rewrite an accepted block are stopped: nothing is read from the other chain', async () => {
  await view.head()
  for (const { world: of } of [at(0), at(1)]) of.fork = 'rewritten'
  await expect(view.head()).rejects.toThrow(later('chain.unreachable'))
  for (const { world: of } of [at(0), at(1)]) of.head = 120n
  await expect(view.head()).rejects.toThrow(later('chain.unreachable'))
  expect(faults).toEqual(['other-hash', 'other-hash'])
})

test('one that has not finalized a block yet may still hold another one there', async () => {
  await stopAndOpen(3)
  at(2).world.head = 80n
  const { server, world: of } = at(2)
  server.answers = (method, params) =>
    answerOfWorld(params[0] === '0x64' ? { ...of, fork: 'best' } : of, method, params)
  await view.head()
  expect((await view.block(100n)).hash).toBe(blockOf(at(0).world, 100n).hash)
  await expect.poll(() => faults, { timeout: 10_000 }).toEqual(['differs'])
  expect(rpc.conditions()).toEqual([])
})

test('calldata may come from the only one that keeps it; two that differ are no answer', async () => {
  at(1).world.calldata.set(digest, '0x1234')
  expect(await view.calldata(digest)).toBe('0x1234')
  at(0).world.calldata.set(digest, '0x1235')
  await expect(view.calldata(digest)).rejects.toThrow(later('view.disagree'))
})

test('a transaction goes to all; one that takes it is enough', async () => {
  const send = () => rpc.request({ method: 'eth_sendRawTransaction', params: ['0x02'] })
  const refuses = () => {
    throw Object.assign(new Error('censored'), { code: -32_000 })
  }
  const takes = (method: string) => (method === 'eth_chainId' ? '0x7a69' : digest)
  at(0).server.answers = (method) => (method === 'eth_chainId' ? '0x7a69' : refuses())
  at(1).server.answers = takes
  expect(await send()).toBe(digest)
  expect(at(0).server.calls).toContain('eth_sendRawTransaction')
  at(1).server.answers = at(0).server.answers
  await expect(send()).rejects.toThrow('censored')
})

test('what is not pinned to a block is asked of one after the other', async () => {
  at(0).server.takeOver = (response) => response.destroy()
  at(1).server.answers = (method) => (method === 'eth_chainId' ? '0x7a69' : '0x5')
  expect(await rpc.request({ method: 'eth_gasPrice', params: [] })).toBe('0x5')
})

test('nothing is asked after the signal', async () => {
  stopping.abort()
  await expect(view.head()).rejects.toMatchObject({ code: 'aborted' })
  expect(servers.flatMap(({ calls }) => calls)).toEqual([])
})

async function stopAndOpen(count: number): Promise<void> {
  stopping.abort()
  await Promise.all(servers.map((server) => server.close()))
  await open(count)
}

type Lie = 'none' | 'value' | 'hash' | 'revert' | 'old' | 'ahead' | 'down' | 'garbage'

function lieBy(server: RpcServer, of: World, lie: Lie): void {
  server.takeOver =
    lie === 'down'
      ? (response) => void response.destroy()
      : lie === 'garbage'
        ? (response) => void response.end('[1')
        : undefined
  // Liars of one kind tell the same lie: they may well be one.
  if (lie === 'value') of.ciphertexts.set(digest, { appId: 666n, name: 'token', version: 1 })
  if (lie === 'hash') of.fork = 'lie'
  if (lie === 'old') of.head = 3n
  if (lie === 'ahead') of.head = 1_000n
  if (lie === 'revert')
    server.answers = (method, params) => {
      if (method !== 'eth_call') return answerOfWorld(of, method, params)
      throw Object.assign(new Error('execution reverted'), { code: 3, data: '0x12345678' })
    }
}

test('whatever fewer than half of the RPCs say, the answer is the truth or none', async () => {
  const lies = fc.constantFrom<Lie>(
    ...(['none', 'value', 'hash', 'revert', 'old', 'ahead', 'down', 'garbage'] as const),
  )
  const setting = fc.integer({ min: 2, max: 5 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      lies: fc.array(lies, { maxLength: Math.ceil(count / 2) - 1, minLength: 0 }),
      offset: fc.nat(4),
    }),
  )
  await fc.assert(
    fc.asyncProperty(setting, async ({ count, lies: told, offset }) => {
      await stopAndOpen(count)
      for (const [index, lie] of told.entries()) {
        const { server, world: of } = at((index + offset) % count)
        lieBy(server, of, lie)
      }
      const failed = (error: unknown) => (error as { code: string }).code
      const head = await view.head().catch(failed)
      const secret = await secretOf().catch(failed)
      // An honest majority of those who answer is always there: it is heard.
      if (count - told.length >= 2) expect(secret).toEqual(truth)
      if (typeof head === 'object')
        expect([blockOf(world(), 100n), blockOf(world(), 3n)]).toContainEqual(head)
      else expect(['view.disagree', 'chain.unreachable']).toContain(head)
    }),
    { seed: 4, numRuns: 30 },
  )
}, 60_000)
