// Log lines from a real HTTP server: the owner signs in, lines of any cut arrive whole.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWalletClient, http, verifyMessage } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { parseSiweMessage } from 'viem/siwe'
import { afterEach, expect, test } from 'vitest'
import { logs, type LogLine } from './logs.ts'
import {
  emptyWorld,
  memoryNetwork,
  testApp,
  testVersion,
  testWorker,
} from './testing/memory-network.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const close: (() => void)[] = []
afterEach(() => close.splice(0).forEach((end) => end()))

async function network(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const world = emptyWorld()
  world.workers = [testWorker(1n, { endpoint })]
  world.apps.set(7n, testApp(7n))
  const terms = { replicas: 1 } as never
  world.versions.set('7/1', testVersion(1, { terms }))
  const wallet = createWalletClient({ account, transport: http('http://127.0.0.1:1') })
  return { ...memoryNetwork(world), account, wallet }
}
async function collect(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(`${line.service ?? ''}|${line.text}`)
  return all
}

test('the request carries a message of the owner for this worker, chain and ten minutes', async () => {
  let header = ''
  const opened = await network((request, response) => {
    header = request.headers.authorization ?? ''
    response.end()
  })
  await collect(logs(opened, 7n, { tail: 5 }))
  const encoded = /^SIWE ([A-Za-z0-9_-]+)$/.exec(header)?.[1] ?? ''
  const { message, signature } = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as {
    message: string
    signature: `0x${string}`
  }
  const fields = parseSiweMessage(message)
  expect(fields).toMatchObject({ address: account.address, chainId: 31337 })
  expect(fields.domain).toMatch(/^127\.0\.0\.1:\d+$/)
  const lifeMs = Number(fields.expirationTime) - Number(fields.issuedAt)
  expect(lifeMs).toBe(600_000)
  expect(await verifyMessage({ address: account.address, message, signature })).toBe(true)
})

test('lines that are cut anywhere arrive whole and in order', async () => {
  const text = ['{"service":"web","text":"grüße"}', '"plain"', 'not json', '{"line":"last"}'].join(
    '\n',
  )
  const bytes = Buffer.from(text)
  const opened = await network((_request, response) => {
    for (let at = 0; at < bytes.length; at += 3) response.write(bytes.subarray(at, at + 3))
    response.end()
  })
  expect(await collect(logs(opened, 7n))).toEqual(['web|grüße', '|plain', '|not json', '|last'])
})

test('a line without end is refused', async () => {
  const opened = await network((_request, response) => response.end('x'.repeat(70_000)))
  await expect(collect(logs(opened, 7n))).rejects.toMatchObject({ code: 'logs.line-too-long' })
})

test('a worker that refuses says why', async () => {
  const opened = await network((_request, response) => response.writeHead(403).end())
  await expect(collect(logs(opened, 7n))).rejects.toMatchObject({
    code: 'worker.refused',
    retryable: false,
  })
})

test('following goes on until the signal and ends without an error', async () => {
  const stop = new AbortController()
  const opened = await network((request, response) => {
    expect(request.url).toContain('follow=true')
    response.write('"one"\n')
  })
  const seen: string[] = []
  for await (const line of logs(opened, 7n, { follow: true, signal: stop.signal })) {
    seen.push(line.text)
    stop.abort()
  }
  expect(seen).toEqual(['one'])
})
