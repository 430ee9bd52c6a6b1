// An owner at an agent that proves what it is, and at hosts that would like to be taken for one.
import { createServer, type Server } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { serializeEvidenceDocument } from '@wetee/attestation'
import { ownerMessageParts } from '@wetee/sign-in'
import { createTlsIdentity, type TlsIdentity } from '@wetee/certificates'
import { createWalletClient, http, recoverMessageAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { parseSiweMessage } from 'viem/siwe'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Network } from '../network.ts'
import { attestedApp, type AttestedApp } from '../testing/attested-app.ts'
import { instanceEvents, logs } from '../owner/calls.ts'
import { openOwnerSessions } from '../owner/session.ts'
import { exec } from './owner-exec.ts'
import { nodeTransport } from './transport.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const token = 'T'.repeat(43)
let identity: TlsIdentity
let app: AttestedApp
let signed: string[]
const servers: Server[] = []
beforeEach(async () => {
  identity = await createTlsIdentity({ commonName: 'app-7.wetee' })
  app = await attestedApp({ subject: { tlsKeyHash: identity.tlsKeyHash } })
  signed = []
  vi.useFakeTimers({ toFake: ['Date'], now: app.nowMs })
})
afterEach(() => {
  vi.useRealTimers()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

type Answer = (request: IncomingMessage, body: string) => string | undefined

/** An agent, or what pretends to be one; `answer` for all but evidence and sign-in. */
async function agent(own: TlsIdentity, answer: Answer): Promise<string> {
  const server = createServer({ key: own.keyPem, cert: own.certPem }, (request, response) => {
    void text(request).then((body) => {
      const reply = (): string | undefined => {
        if (request.url === '/.well-known/wetee/evidence')
          return serializeEvidenceDocument(app.document)
        if (request.url !== '/v1/session') return answer(request, body)
        if (request.method === 'GET') return JSON.stringify({ nonce: 'nonce12345678' })
        signed.push((JSON.parse(body) as { message: string }).message)
        return JSON.stringify({ token })
      }
      const said = reply()
      response.writeHead(said === undefined ? 404 : 200).end(said)
    })
  })
  servers.push(server.listen(0, '127.0.0.1'))
  await new Promise((resolve) => server.once('listening', resolve))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function network(ownerUrl: string): Network {
  const { profile, reader } = app
  const real = nodeTransport()
  const instance = { id: 'p', version: 1, replica: 0, state: 'attested', restarts: 0, ownerUrl }
  const status = JSON.stringify({ appId: '7', instances: [instance] })
  return {
    ...{ profile, reader, chain: {} as Network['chain'], account },
    transport: {
      ...real,
      get: (url, options) =>
        url.endsWith('/v1/apps/7')
          ? Promise.resolve({ status: 200, body: new TextEncoder().encode(status) })
          : real.get(url, options),
    },
    wallet: createWalletClient({ account, transport: http('http://127.0.0.1:1') }),
  }
}

const line = (number: number, said: string) =>
  JSON.stringify({
    ...{ service: 'web', stream: 'stdout', time: '2026-11-26T08:00:00.000Z', number, text: said },
  })

test('evidence is checked, then a message for this key and application signed, then lines come with the token', async () => {
  const asked: string[] = []
  const url = await agent(identity, ({ url: path, headers }) => {
    asked.push(`${path} ${headers.authorization}`)
    return `${line(1, 'grüße')}\n${line(2, 'two')}\n`
  })
  const lines = []
  for await (const one of logs(network(url), 7n, { tail: 5, grep: 'ü' })) lines.push(one)
  expect(lines).toMatchObject([
    { text: 'grüße', number: 1, version: 1, replica: 0 },
    { text: 'two' },
  ])
  expect(asked).toEqual([`/v1/logs?tail=5&grep=%C3%BC Bearer ${token}`])
  const { chainId, contracts } = app.profile
  const audience = { chainId: BigInt(chainId), cloud: contracts.cloud, appId: 7n }
  const { domain, uri, resources } = ownerMessageParts({
    ...audience,
    tlsKeyHash: identity.tlsKeyHash,
  })
  expect(parseSiweMessage(signed[0] ?? '')).toMatchObject({ domain, uri, resources, chainId })
})

test('ATTACK a host with a TLS key of its own, showing the evidence of the instance, is given no signature', async () => {
  const mine = await createTlsIdentity({ commonName: 'app-7.wetee' })
  const url = await agent(mine, () => '')
  await expect(instanceEvents(network(url), 7n)).rejects.toMatchObject({
    code: 'agent.not-verified',
    message: expect.stringContaining('channel') as string,
  })
  expect(signed).toEqual([])
})

test('ATTACK evidence of other code than the DAO accepts gets no signature; without a lease the owner still gets in', async () => {
  const url = await agent(identity, () => JSON.stringify({ events: [] }))
  app.world.leases.clear()
  expect(await instanceEvents(network(url), 7n)).toEqual([])
  expect(signed).toHaveLength(1)
  app.world.references.clear()
  await expect(instanceEvents(network(url), 7n)).rejects.toMatchObject({
    code: 'agent.not-verified',
  })
  expect(signed).toHaveLength(1)
})

test('what an agent refuses is said in its words; what is no answer of an agent is not taken', async () => {
  const none = await agent(identity, () => undefined)
  await expect(instanceEvents(network(none), 7n)).rejects.toMatchObject({ code: 'agent.refused' })
  for (const said of ['{"events":1}', 'x', `{"events":[${'1'.repeat(10)}]}`]) {
    const url = await agent(identity, () => said)
    await expect(instanceEvents(network(url), 7n), said).rejects.toMatchObject({
      code: 'agent.answer-invalid',
    })
  }
})

test('the signature is of the account of the network', async () => {
  let found: unknown
  const url = await agent(identity, () => JSON.stringify({ events: [] }))
  const opened = network(url)
  const wallet = opened.wallet!
  const sign = wallet.signMessage.bind(wallet)
  wallet.signMessage = async (given: Parameters<typeof sign>[0]) => {
    const signature = await sign(given)
    found = await recoverMessageAddress({ message: given.message, signature })
    return signature
  }
  await instanceEvents(opened, 7n)
  expect(found).toBe(account.address)
})

test('a command is asked for with the token, its output comes as bytes, and a connection that ends before it is an error', async () => {
  const asked: string[] = []
  const frames = [
    { stream: 'stdout', data: Buffer.from('one').toString('base64') },
    { exitCode: 3, truncated: false, hostsWord: true },
  ].map((frame) => `${JSON.stringify(frame)}\n`)
  let answer = frames.join('')
  const url = await agent(identity, ({ url: path, method, headers }) => {
    asked.push(`${method} ${path} ${headers.authorization}`)
    return answer
  })
  const order = { service: 'web', command: ['ls'] }
  const all = async () => {
    const pieces = []
    for await (const piece of exec(network(url), 7n, order)) pieces.push(piece)
    return pieces
  }
  expect(await all()).toEqual([
    { stream: 'stdout', bytes: Buffer.from('one') },
    { exitCode: 3, truncated: false },
  ])
  expect(asked).toEqual([`POST /v1/exec Bearer ${token}`])
  answer = frames[0] ?? ''
  await expect(all()).rejects.toMatchObject({ code: 'agent.unreachable' })
  answer = `${JSON.stringify({ error: { code: 'engine.unreachable', message: 'no' } })}\n`
  await expect(all()).rejects.toMatchObject({ code: 'agent.refused' })
  answer = '{"stream":"stdout","data":"?"}\n'
  await expect(all()).rejects.toMatchObject({ code: 'agent.answer-invalid' })
})

test('what goes to a command while it runs goes in order, with its sizes; a command that has ended takes none and that is no error', async () => {
  const asked: [string, unknown][] = []
  let inputs = 0
  const release = Promise.withResolvers<void>()
  const url = await agent(identity, ({ url: path = '' }, body) => {
    asked.push([path, JSON.parse(body)])
    if (path.endsWith('/input') && ++inputs === 2) release.resolve()
    return path === '/v1/exec' ? '' : '{}'
  })
  const frames = (async function* () {
    yield { id: '0123456789abcdef' }
    await release.promise
    yield { exitCode: 0, truncated: false }
  })()
  const opened = network(url)
  const [session] = await openOwnerSessions(opened, 7n)
  const lines = async function* (path: string, { body }: { body?: unknown } = {}) {
    asked.push([path, body])
    for await (const frame of frames) yield JSON.stringify(frame)
  }
  const input = (async function* () {
    yield await Promise.resolve(Buffer.from('keys'))
  })()
  const sizes = (async function* () {
    yield await Promise.resolve({ columns: 90, rows: 30 })
  })()
  const terminal = { columns: 80, rows: 24, name: 'xterm' }
  const order = { service: 'web', command: ['sh'] }
  const options = { sessions: [{ ...session!, lines }], input, sizes, terminal }
  for await (const piece of exec(opened, 7n, order, options))
    expect(piece).toEqual({ exitCode: 0, truncated: false })
  const paths = asked.map(([path]) => path.replace('/v1/exec', ''))
  expect(paths[0]).toBe('')
  expect(asked[0]?.[1]).toEqual({ ...order, terminal })
  expect(asked.filter(([path]) => path.endsWith('/input')).map(([, body]) => body)).toEqual([
    { data: Buffer.from('keys').toString('base64') },
    { end: true },
  ])
  expect(asked).toContainEqual(['/v1/exec/0123456789abcdef/size', { columns: 90, rows: 30 }])
})

test('a sign-in that is renewed is signed anew, and its token goes with what is asked after it', async () => {
  const url = await agent(identity, () => '{}')
  const [session] = await openOwnerSessions(network(url), 7n)
  await session!.renew()
  expect(signed).toHaveLength(2)
})
