// What the client does when an API server is busy, slow, confused or gone.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ApiClient } from './api-client.ts'
import { collectionPath } from './api-object.ts'
import { FakeApiServer, refuse } from './testing/api-server.ts'

let server: FakeApiServer
let ending: AbortController
let client: ApiClient

beforeEach(async () => {
  server = await FakeApiServer.start()
  ending = new AbortController()
  client = new ApiClient(server.cluster, ending.signal, { answerMs: 300, silenceMs: 300 })
})
afterEach(async () => {
  ending.abort()
  client.close()
  await server.close()
})

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'a', labels: { x: 'y' } },
} as const

test('what is applied is applied under our name, strictly, and can be read again', async () => {
  const { metadata } = await client.apply(namespace)
  expect(await client.get('Namespace', 'a')).toMatchObject({ metadata: { uid: metadata.uid } })
  const [seen] = server.seen
  expect(seen).toMatchObject({ method: 'PATCH', path: '/api/v1/namespaces/a', body: namespace })
  expect(Object.fromEntries(seen?.query ?? [])).toEqual({
    fieldManager: 'wetee-worker',
    fieldValidation: 'Strict',
    force: 'true',
  })
  expect(seen?.headers).toMatchObject({
    'content-type': 'application/apply-patch+yaml',
    authorization: 'Bearer token-of-the-test',
  })
})

test('another certificate than the one of the cluster is not spoken to', async () => {
  const other = await FakeApiServer.start()
  const { server: url } = server.cluster
  const wrong = new ApiClient({ ...other.cluster, server: url }, ending.signal)
  await expect(wrong.get('Namespace', 'a')).rejects.toMatchObject({ code: 'engine.unreachable' })
  expect(server.seen).toEqual([])
  wrong.close()
  await other.close()
})

test('nothing there is nothing, and removing it again is no error', async () => {
  expect(await client.get('Namespace', 'a')).toBe(undefined)
  await client.delete('Namespace', { name: 'a', uid: 'u' })
})

test('names cannot lead to another path', async () => {
  expect(collectionPath('Pod', 'a/b?c')).toBe('/api/v1/namespaces/a%2Fb%3Fc/pods')
  await client.get('Pod', '../../secrets/x', 'a')
  expect(server.seen[0]?.path).toBe('/api/v1/namespaces/a/pods/..%2F..%2Fsecrets%2Fx')
})

describe('429 Too Many Requests', () => {
  test('is waited out for as long as the server says, then the call goes on', async () => {
    let busy = 2
    server.fail((_, response) => {
      if (busy-- <= 0) return undefined
      response.setHeader('retry-after', '0')
      refuse(response, 429, 'TooManyRequests')
      return 'answered'
    })
    await client.apply(namespace)
    expect(server.seen).toHaveLength(3)
  })

  test('for ever ends in the refusal itself', async () => {
    server.fail((_, response) => {
      response.setHeader('retry-after', '0')
      refuse(response, 429, 'TooManyRequests', 'too busy')
      return 'answered'
    })
    await expect(client.get('Namespace', 'a')).rejects.toMatchObject({
      status: 429,
      message: 'too busy',
    })
    expect(server.seen).toHaveLength(5)
  })

  test('503 without a time to come again is not tried again', async () => {
    server.fail((_, response) => {
      refuse(response, 503, 'ServiceUnavailable')
      return 'answered'
    })
    await expect(client.get('Namespace', 'a')).rejects.toMatchObject({ status: 503 })
    expect(server.seen).toHaveLength(1)
  })
})

describe('409 Conflict', () => {
  test('of an apply is the answer', async () => {
    server.fail((_, response) => {
      refuse(response, 409, 'Conflict', 'the object has been modified')
      return 'answered'
    })
    await expect(client.apply(namespace)).rejects.toMatchObject({ status: 409 })
  })

  test('of a removal because the name is of another object by now is done', async () => {
    server.fail((_, response) => {
      refuse(response, 409, 'Conflict', 'the UID in the precondition (a) does not match (b)')
      return 'answered'
    })
    await client.delete('Namespace', { name: 'a', uid: 'a' })
    expect(server.seen[0]?.body).toMatchObject({ preconditions: { uid: 'a' } })
  })

  test('of a removal for any other reason is an error', async () => {
    server.fail((_, response) => {
      refuse(response, 409, 'Conflict', 'finalizers are running')
      return 'answered'
    })
    await expect(client.delete('Namespace', { name: 'a', uid: 'a' })).rejects.toMatchObject({
      status: 409,
    })
  })
})

describe('a server that is no API server', () => {
  const answers = (write: (response: Parameters<typeof refuse>[0]) => void) =>
    server.fail((_, response) => {
      write(response)
      return 'answered'
    })

  test('and says nothing for too long', async () => {
    server.fail(() => 'answered')
    await expect(client.get('Namespace', 'a')).rejects.toMatchObject({
      code: 'engine.unreachable',
      retryable: true,
    })
  })

  test('and stops in the midst of its answer', async () => {
    answers((response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"metadata"')
      response.socket?.end()
    })
    await expect(client.get('Namespace', 'a')).rejects.toMatchObject({ code: 'engine.unreachable' })
  })

  test('and goes on for ever', async () => {
    answers((response) => {
      const chunk = Buffer.alloc(1 << 20, 0x20)
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    const patient = new ApiClient(server.cluster, ending.signal, { answerMs: 20_000 })
    await expect(patient.get('Namespace', 'a')).rejects.toMatchObject({
      code: 'engine.unreachable',
    })
    patient.close()
  })

  test('and answers in HTML: its words are not repeated', async () => {
    answers((response) => response.writeHead(500).end('<h1>secret of a proxy</h1>'))
    await expect(client.get('Namespace', 'a')).rejects.toMatchObject({
      status: 500,
      message: 'the API server answered 500',
    })
  })

  test('and redirects: nothing is sent elsewhere', async () => {
    answers((response) => response.writeHead(302, { location: 'https://evil.example' }).end())
    await expect(client.get('Namespace', 'a')).rejects.toMatchObject({ status: 302 })
    expect(server.seen).toHaveLength(1)
  })
})

describe('lists', () => {
  test('are read page by page', async () => {
    const page = (name: string, token?: string) => ({
      metadata: { resourceVersion: '7', ...(token === undefined ? {} : { continue: token }) },
      items: [{ metadata: { name, uid: name, resourceVersion: '1' } }],
    })
    server.fail(({ query }, response) => {
      const next = query.get('continue') === 'two' ? page('b') : page('a', 'two')
      response.end(JSON.stringify(next))
      return 'answered'
    })
    const { items, resourceVersion } = await client.list('Pod', { labels: 'a=b' })
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
    expect(resourceVersion).toBe('7')
    expect(server.seen.map(({ query }) => query.get('labelSelector'))).toEqual(['a=b', 'a=b'])
  })

  test('whose page is too old are an error, not half a list', async () => {
    server.fail(({ query }, response) => {
      if (query.get('continue') === 'two') refuse(response, 410, 'Expired')
      else
        response.end(
          JSON.stringify({ metadata: { resourceVersion: '1', continue: 'two' }, items: [] }),
        )
      return 'answered'
    })
    await expect(client.list('Pod')).rejects.toMatchObject({ status: 410 })
  })
})
