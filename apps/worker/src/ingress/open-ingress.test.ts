// An ingress as a worker opens it: names, custom domains and challenges on one port, DNS from a server of this process.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createServer as createTlsServer, connect as connectTls } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createMetrics } from '@wetee/daemon'
import { domainProof } from '@wetee/manifest'
import { createTlsIdentity } from '@wetee/certificates'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appScope, ConditionBoard } from '../condition/condition.ts'
import { configSchema, type WorkerConfig } from '../config.ts'
import { freePort } from '../testing/free-port.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { keepLog } from '../testing/silent-log.ts'
import { startTxtServer } from '../testing/txt-server.ts'
import { openCertificateStore } from './certificate-store.ts'
import type { Backend } from './ingress.ts'
import { openIngress } from './open-ingress.ts'
import { openPortStore } from './port-store.ts'

const { network } = new MemoryChain()
const proof = domainProof({ appId: 7n, chainId: network.chainId, cloud: network.contracts.cloud })
const identity = await createTlsIdentity({ commonName: 'app-7.wetee' })
let folder: string
const cleanups: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-open-'))
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  rmSync(folder, { recursive: true, force: true })
})

/** A TLS server on a Unix socket that says its name and the protocol. */
async function listen(name: string, protocols: string[]): Promise<() => Socket> {
  const path = join(folder, name)
  const server = createTlsServer(
    { key: identity.keyPem, cert: identity.certPem, ALPNProtocols: protocols },
    (socket) => {
      socket.on('error', () => undefined)
      socket.end(`${name} ${socket.alpnProtocol || 'none'}`)
    },
  ).listen(path)
  await once(server, 'listening')
  cleanups.push(() => server.close())
  return () => connect({ path, allowHalfOpen: true })
}

/** A worker's ingress with application 7, which wants `shop.example`. */
async function open(records: ReadonlyMap<string, string>, backends: readonly Backend[]) {
  const names = await startTxtServer(records)
  const namePort = await freePort()
  let passed = () => undefined as void
  const proven = new Promise<void>((resolve) => (passed = resolve))
  const board = new ConditionBoard((scope, { code }, held) => {
    if (scope === appScope(7n) && code === 'ingress.domain-unproven' && !held) passed()
  })
  const ingressConfig = { domain: 'wetee.local', namePort, dnsServers: [names.address] }
  const ingress = configSchema.shape.ingress.parse({
    ...ingressConfig,
    portRange: [31_000, 39_999],
  })
  const store = openPortStore(':memory:')
  let serve = () => undefined as void
  const serving = new Promise<void>((resolve) => (serve = resolve))
  const info = (_: object, message?: string) => {
    if (message === 'serving names') serve()
  }
  const opened = openIngress(
    { config: { ingress } as WorkerConfig, log: { ...keepLog(), info } },
    { ...{ store, board, network }, metrics: createMetrics('worker'), inheritance: undefined },
  )
  const controller = new AbortController()
  const running = opened.names(controller.signal)
  cleanups.push(async () => {
    controller.abort()
    await opened.drain(0)
    await running
    names.close()
    store.close()
  })
  const route = { appId: 7n, service: 'web', target: 80, backends, domains: ['shop.example'] }
  await opened.ingress.setRoutes(7n, [route])
  await serving
  return { opened, board, proven, namePort }
}

async function ask(port: number, servername: string, ALPNProtocols = ['h2']): Promise<string> {
  const socket = connectTls({
    ...{ port, host: '127.0.0.1', servername, ALPNProtocols, rejectUnauthorized: false },
  })
  cleanups.push(() => socket.destroy())
  await once(socket, 'secureConnect')
  return text(socket)
}

test('a proven domain leads to its port, its challenges to the instance that has ordered', async () => {
  const dial = await listen('traffic', ['h2'])
  const dialChallenge = await listen('challenge', ['acme-tls/1'])
  const one = { podId: 'one', version: 2, ready: true, dial, dialChallenge: () => fail() }
  const two = { podId: 'two', version: 1, ready: false, dial: () => fail(), dialChallenge }
  const { opened, proven, namePort } = await open(new Map([['_wetee.shop.example', proof]]), [
    one,
    two,
  ])
  await proven
  expect(await ask(namePort, 'shop.example')).toBe('traffic h2')
  expect(await ask(namePort, '80-7.wetee.local')).toBe('traffic h2')
  expect(await ask(namePort, 'shop.example', ['acme-tls/1'])).toBe('challenge acme-tls/1')
  expect(opened.domains.records(7n, 'shop.example')).toEqual([proof])
})

function fail(): never {
  throw new Error('no socket')
}

test('a domain of somebody else is refused like any unknown name', async () => {
  const records = new Map([['_wetee.shop.example', proof.replace('app=7', 'app=8')]])
  const dial = await listen('traffic', ['h2'])
  const { board, namePort } = await open(records, [
    { podId: 'one', version: 1, ready: true, dial, dialChallenge: dial },
  ])
  // An own name is served on the same port already.
  expect(await ask(namePort, '80-7.wetee.local')).toBe('traffic h2')
  for (const protocol of ['h2', 'acme-tls/1'])
    await expect(ask(namePort, 'shop.example', [protocol])).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    })
  expect(board.list(appScope(7n)).map(({ code }) => code)).toEqual(['ingress.domain-unproven'])
})

test('certificates are kept over a restart, each for its application', () => {
  const file = join(folder, 'ingress.db')
  const store = openCertificateStore(file)
  store.put(7n, 'shop.example', 'first')
  store.put(7n, 'shop.example', 'second')
  store.put(8n, 'shop.example', 'other')
  store.close()
  const again = openCertificateStore(file)
  cleanups.push(() => again.close())
  expect(again.get(7n, 'shop.example')).toBe('second')
  expect(again.get(8n, 'shop.example')).toBe('other')
  expect(again.get(9n, 'shop.example')).toBeUndefined()
})
