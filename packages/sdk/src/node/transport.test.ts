// The Node transport against a real TLS server: the key of the connection is seen.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createTlsIdentity } from '@wetee/certificates'
import { afterEach, expect, test } from 'vitest'
import { nodeTransport } from './transport.ts'

const close: (() => void)[] = []
afterEach(() => close.splice(0).forEach((end) => end()))

async function serve(body: string): Promise<{ url: string; tlsKeyHash: string }> {
  const { keyPem, certPem, tlsKeyHash } = await createTlsIdentity({ commonName: 'test' })
  const server = createServer({ key: keyPem, cert: certPem, minVersion: 'TLSv1.3' }, (_req, res) =>
    res.end(body),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close.push(() => void server.close())
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, tlsKeyHash }
}

test('a self-signed peer answers and its key is reported', async () => {
  const { url, tlsKeyHash } = await serve('hello')
  const answer = await nodeTransport().get(`${url}/x?y=1`, { maxBytes: 100 })
  expect(answer.status).toBe(200)
  expect(answer.tlsKeyHash).toBe(tlsKeyHash)
  expect(new TextDecoder().decode(answer.body)).toBe('hello')
})

test('an answer larger than allowed is refused', async () => {
  const { url } = await serve('x'.repeat(101))
  await expect(nodeTransport().get(url, { maxBytes: 100 })).rejects.toThrow(/larger than 100/)
})

test('a peer that is not there is a retryable failure that names the address', async () => {
  const { url } = await serve('')
  close.splice(0).forEach((end) => end())
  await expect(nodeTransport().get(url, { maxBytes: 100 })).rejects.toMatchObject({
    code: 'transport.failed',
    retryable: true,
    message: expect.stringContaining(url) as string,
  })
})
