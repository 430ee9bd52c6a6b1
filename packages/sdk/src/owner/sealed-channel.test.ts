// An owner in a page: calls through a worker that would like to read them, or to be taken for the agent.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { serializeEvidenceDocument } from '@wetee/attestation'
import { AnswerSealer, makeReaderKeys, openRequest } from '@wetee/sealing'
import { ownerCallInfo } from '@wetee/sign-in'
import { bytesToHex, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Network } from '../network.ts'
import { attestedApp, type AttestedApp } from '../testing/attested-app.ts'
import { fetchTransport } from '../transport.ts'
import { instanceEvents, logs } from './calls.ts'
import { openOwnerSessions } from './session.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const token = 'T'.repeat(43)
let keys: Awaited<ReturnType<typeof makeReaderKeys>>
let app: AttestedApp
let server: Server
/** Calls under the seal, as the agent has opened them. */
let asked: { method: string; path: string; token?: string }[]
/** Bytes that went through the worker. */
let seen: Buffer[]
/** What the worker does with an answer. */
let spoil: (wire: Uint8Array) => Uint8Array
beforeEach(async () => {
  keys = await makeReaderKeys()
  app = await attestedApp({ subject: { hpkeKey: bytesToHex(keys.bytes) } })
  asked = []
  seen = []
  spoil = (wire) => wire
  vi.useFakeTimers({ toFake: ['Date'], now: app.nowMs })
  server = createServer((request, response) => {
    void buffer(request).then(async (body) => {
      seen.push(body)
      response.end(await answer(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
})
afterEach(() => {
  vi.useRealTimers()
  server.closeAllConnections()
  server.close()
})

/** The agent behind the worker. */
async function answer(body: Uint8Array): Promise<Uint8Array> {
  const { content, answerKey } = await openRequest(keys, ownerCallInfo, body)
  const call = JSON.parse(new TextDecoder().decode(content)) as (typeof asked)[number]
  asked.push(call)
  const said =
    call.path !== '/v1/session'
      ? call.path.startsWith('/v1/logs')
        ? `${line(1)}\n${line(2)}\n`
        : JSON.stringify({ events: [] })
      : call.method === 'GET'
        ? JSON.stringify({ nonce: 'nonce12345678' })
        : JSON.stringify({ token })
  const sealer = new AnswerSealer(answerKey)
  const text = (value: string) => new TextEncoder().encode(value)
  const wire = Buffer.concat([
    sealer.seal(text('{"status":200}'), false),
    sealer.seal(text(said), false),
    sealer.seal(text(''), true),
  ])
  return spoil(wire)
}

const line = (number: number) =>
  JSON.stringify({
    ...{ service: 'web', stream: 'stdout', time: '2026-11-26T08:00:00.000Z', number },
    text: `line ${number}`,
  })

function network(): Network {
  const { profile } = app
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const instance = { id: 'p', version: 1, replica: 0, state: 'attested', restarts: 0 }
  const status = { appId: '7', instances: [{ ...instance, ownerUrl: 'https://owner.example' }] }
  const reader: Network['reader'] = {
    ...app.reader,
    worker: async (workerId, at) => {
      const worker = await app.reader.worker(workerId, at)
      return worker === undefined ? undefined : { ...worker, endpoint }
    },
  }
  return {
    ...{ profile, reader, chain: {} as Network['chain'], account },
    transport: {
      ...fetchTransport,
      get: (url) =>
        Promise.resolve({
          status: 200,
          body: new TextEncoder().encode(
            url.includes('/evidence')
              ? serializeEvidenceDocument(app.document)
              : JSON.stringify(status),
          ),
        }),
    },
    wallet: createWalletClient({ account, transport: http('http://127.0.0.1:1') }),
  }
}

test('evidence is checked, the sign-in and every call go sealed to its key, and lines come back', async () => {
  const lines = []
  for await (const one of logs(network(), 7n, { tail: 5 })) lines.push(one.text)
  expect(lines).toEqual(['line 1', 'line 2'])
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/session',
    'POST /v1/session',
    'GET /v1/logs?tail=5',
  ])
  expect(asked[2]?.token).toBe(token)
  expect(Buffer.concat(seen).includes(token)).toBe(false)
})

test('sessions that are open are used again, without another signature', async () => {
  const opened = network()
  const sessions = await openOwnerSessions(opened, 7n)
  await instanceEvents(opened, 7n, { sessions })
  await instanceEvents(opened, 7n, { sessions })
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('ATTACK a worker that shows evidence of other code, or of another key, is given no signature', async () => {
  app.world.references.clear()
  await expect(instanceEvents(network(), 7n)).rejects.toMatchObject({ code: 'agent.not-verified' })
  expect(seen).toEqual([])
})

test('ATTACK a worker that changes an answer, or cuts it short, is found out', async () => {
  for (const change of [
    (wire: Uint8Array) => wire.map((byte, at) => (at === wire.length - 20 ? byte ^ 1 : byte)),
    (wire: Uint8Array) => wire.subarray(0, -20),
    () => new Uint8Array(0),
  ]) {
    spoil = change
    await expect(instanceEvents(network(), 7n)).rejects.toMatchObject({
      code: 'agent.not-verified',
    })
  }
})
