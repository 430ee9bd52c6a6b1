// Resolving images against a real HTTP server on loopback.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { resolveImageFromRegistry, splitReference } from './registry.ts'

const manifest = '{"schemaVersion":2}'
const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`
const close: (() => void)[] = []
afterEach(() => close.splice(0).forEach((end) => end()))

async function registry(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close.push(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

test('a tag resolves to the digest in the header of a HEAD request', async () => {
  const asked: string[] = []
  const host = await registry((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.setHeader('docker-content-digest', digest).end()
  })
  expect(await resolveImageFromRegistry(`${host}/team/hello:1.0`)).toBe(digest)
  expect(asked).toEqual(['HEAD /v2/team/hello/manifests/1.0'])
})

test('without that header the manifest is fetched and hashed', async () => {
  const host = await registry((request, response) =>
    response.end(request.method === 'GET' ? manifest : undefined),
  )
  expect(await resolveImageFromRegistry(`${host}/hello`)).toBe(digest)
})

test('a registry that asks for an anonymous token gets one', async () => {
  const host = await registry((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    if (url.pathname === '/token') {
      expect(url.searchParams.get('scope')).toBe('repository:hello:pull')
      response.end(JSON.stringify({ token: 'secret' }))
    } else if (request.headers.authorization === 'Bearer secret')
      response.setHeader('docker-content-digest', digest).end()
    else
      response
        .writeHead(401, {
          'www-authenticate': `Bearer realm="http://${request.headers.host}/token",service="r",scope="repository:hello:pull"`,
        })
        .end()
  })
  expect(await resolveImageFromRegistry(`${host}/hello:1`)).toBe(digest)
})

test('a registry that serves another manifest than the digest asked for is refused', async () => {
  const host = await registry((_request, response) =>
    response.setHeader('docker-content-digest', digest).end(),
  )
  const other = `sha256:${'0'.repeat(64)}`
  await expect(resolveImageFromRegistry(`${host}/hello@${other}`)).rejects.toThrow(
    code('registry.answer-invalid'),
  )
})

test.each([
  [404, 'registry.not-found'],
  [403, 'registry.denied'],
  [401, 'registry.denied'],
  [500, 'registry.answer-invalid'],
])('status %i is %s', async (status, expected) => {
  const host = await registry((_request, response) => response.writeHead(status).end())
  await expect(resolveImageFromRegistry(`${host}/hello:1`)).rejects.toThrow(code(expected))
})

test('a registry that is not there is unreachable and worth a retry', async () => {
  const host = await registry(() => undefined)
  close.splice(0).forEach((end) => end())
  await expect(resolveImageFromRegistry(`${host}/hello:1`)).rejects.toMatchObject({
    code: 'registry.unreachable',
    retryable: true,
  })
})

test.each([
  ['alpine', 'registry-1.docker.io', 'library/alpine', 'latest'],
  ['alpine:3.20', 'registry-1.docker.io', 'library/alpine', '3.20'],
  ['team/app', 'registry-1.docker.io', 'team/app', 'latest'],
  ['docker.io/team/app:1', 'registry-1.docker.io', 'team/app', '1'],
  ['ghcr.io/a/b/c:x', 'ghcr.io', 'a/b/c', 'x'],
  ['localhost:5000/hello', 'localhost:5000', 'hello', 'latest'],
  ['127.0.0.1:5780/hello:1.0', '127.0.0.1:5780', 'hello', '1.0'],
  [`ghcr.io/a/b:1@sha256:${'a'.repeat(64)}`, 'ghcr.io', 'a/b', `sha256:${'a'.repeat(64)}`],
])('%s names its registry, repository and tag', (reference, host, repository, tag) => {
  expect(splitReference(reference)).toEqual({ registry: host, repository, reference: tag })
})

test.each([
  '',
  'UPPER/case',
  'a b',
  '../x',
  'http://host/x',
  'x@sha256:12',
  'ghcr.io/',
  'a//b?x=1',
])('%j is no image reference', (reference) => {
  expect(() => splitReference(reference)).toThrowError(code('registry.reference-invalid'))
})
