// Webhooks of owners over real HTTPS on loopback, and where they may not lead.
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createTlsIdentity } from '@wetee/certificates'
import { recoverMessageAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepLog } from '../../testing/silent-log.ts'
import type { Notice } from './alert-book.ts'
import { idOf, type Message } from './message.ts'
import { OwnerDeliveries } from './owner-deliveries.ts'
import { ownerHook, type OwnerHook } from './owner-hook.ts'

const operator = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const notice: Notice = {
  ...{ scope: 'app/7', name: 'slow', severity: 'warning', state: 'firing' },
  ...{ text: 'responseMs is 900 ms', remedy: '', repeated: false, sinceMs: 1, atMs: 2 },
}
const message: Message = { id: idOf(notice), notice, worker: 'https://worker.test' }
const never = new AbortController().signal

let server: Server
let status: number
let trust: NonNullable<OwnerHook['trust']>
const asked: { body: string; signature: string; path: string }[] = []
beforeEach(async () => {
  asked.length = 0
  status = 200
  const { keyPem, certPem } = await createTlsIdentity({ commonName: 'localhost' })
  server = createServer({ key: keyPem, cert: certPem }, (request, answer) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const signature = String(request.headers['wetee-signature'])
      asked.push({ body, signature, path: request.url ?? '' })
      answer.writeHead(status, { location: 'https://localhost/elsewhere' }).end('x'.repeat(100_000))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  trust = { ca: certPem, port, isReachable: (address) => address === '127.0.0.1' }
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const sign = (body: string) => operator.signMessage({ message: body })
const send = (url = 'https://localhost/in?a=b', given: OwnerHook['trust'] = trust) =>
  ownerHook({ url, sign, ...(given === undefined ? {} : { trust: given }) })(message, never)

test('the owner is told, signed by the operator of the worker', async () => {
  await send()
  const [one] = asked
  expect(one?.path).toBe('/in?a=b')
  expect(JSON.parse(one?.body ?? '')).toMatchObject({ format: 'wetee/alert/v1', name: 'slow' })
  const signature = one?.signature as `0x${string}`
  expect(await recoverMessageAddress({ message: one?.body ?? '', signature })).toBe(
    operator.address,
  )
})

test('what it refuses is final or not, and it leads nowhere else', async () => {
  for (const [code, retryable] of [
    [400, false],
    [302, false],
    [429, true],
    [503, true],
  ] as const) {
    status = code
    await expect(send()).rejects.toMatchObject({ retryable })
  }
  expect(asked.map(({ path }) => path)).toEqual(Array(4).fill('/in?a=b'))
})

test.each(['https://localhost/', 'https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/'])(
  'ATTACK %s is of this host: no connection is made',
  async (url) => {
    const { isPublicAddress } = await import('../../public-address.ts')
    const guarded = { ...trust, isReachable: isPublicAddress }
    await expect(send(url, guarded)).rejects.toMatchObject({
      message: 'it is no address of the internet',
      retryable: false,
    })
    expect(asked).toEqual([])
  },
)

test('a delivery is of the address that the manifest names now', () => {
  let webhook: string | undefined = 'https://one.test/'
  const urls: string[] = []
  const owners = new OwnerDeliveries({
    alertsOf: (appId) =>
      appId === 7n && webhook !== undefined ? { rules: [], webhook } : undefined,
    sendTo: (url) => {
      urls.push(url)
      return () => Promise.resolve()
    },
    ...{ worker: 'w', now: Date.now, random: () => 0, wait: () => Promise.resolve() },
    ...{ log: keepLog(), signal: never },
  })
  expect(owners.of(8n)).toBeUndefined()
  const first = owners.of(7n)
  expect(owners.of(7n)).toBe(first)
  webhook = 'https://two.test/'
  expect(owners.of(7n)).not.toBe(first)
  expect(urls).toEqual(['https://one.test/', 'https://two.test/'])
  webhook = undefined
  expect(owners.of(7n)).toBeUndefined()
})
