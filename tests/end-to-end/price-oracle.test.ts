// The example's program with sources on loopback: what it makes of good, slow, huge, wrong and missing answers.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'

const server = join(import.meta.dirname, '../../examples/price-oracle/server.mjs')
const closers: (() => void)[] = []
afterAll(() => closers.forEach((close) => close()))

async function source(listener: RequestListener): Promise<string> {
  const http = createServer(listener).listen(0, '127.0.0.1')
  await once(http, 'listening')
  closers.push(() => http.close().closeAllConnections())
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/{symbol}`
}
const says = (body: string, status = 200) =>
  source((_request, response) => response.writeHead(status).end(body))

/** The program with these sources, and one question. */
async function ask(urls: readonly string[], path = '/price/DOT') {
  const sources = JSON.stringify(urls.map((url) => ({ url, pointer: '/data/price' })))
  const env = { ...process.env, PORT: '0', SOURCES: sources, TIMEOUT_MS: '2000' }
  const child: ChildProcess = spawn(process.execPath, [server], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closers.push(() => void child.kill())
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  const { port } = JSON.parse(line) as { port: number }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`)
  const body = (await answer.json()) as Record<string, unknown>
  child.kill()
  return { status: answer.status, body }
}
const price = (value: string) => says(`{"data":{"price":${value}}}`)

test('the median of the sources, and how far they are apart', async () => {
  const urls = await Promise.all(['6.5', '"6.60"', '6.4'].map(price))
  const { status, body } = await ask(urls)
  expect(status).toBe(200)
  expect(body).toMatchObject({ symbol: 'DOT', price: '6.5', spreadBps: 308, sources: 3 })
  expect(typeof body['at']).toBe('number')
})

test('of two in the middle it is their half', async () => {
  const urls = await Promise.all(['1', '2', '3', '1000'].map(price))
  expect((await ask(urls)).body).toMatchObject({ price: '2.5', sources: 4 })
})

test('a majority of good sources is enough, whatever the others do', async () => {
  const huge = await says(`{"data":{"price":6.5},"x":"${'x'.repeat(70_000)}"}`)
  const slow = await source(() => undefined)
  const away = await source((_request, response) =>
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  )
  const good = await Promise.all(['6.5', '6.5', '6.5', '6.5'].map(price))
  expect((await ask([huge, slow, away, ...good])).body).toMatchObject({ sources: 4, spreadBps: 0 })
})

test('a minority is no answer', async () => {
  const wrong = await Promise.all(['0', '-1', '"six"', 'null', '1e60'].map(price))
  const failing = await says('{"data":{"price":6.5}}', 500)
  const { status, body } = await ask([...wrong, failing, await price('6.5')])
  expect(status).toBe(503)
  expect(body['error']).toBe('1 sources answered, 4 needed')
})

test('what is no symbol is not asked for', async () => {
  expect((await ask([await price('6.5')], '/price/..%2Fadmin')).status).toBe(404)
})
