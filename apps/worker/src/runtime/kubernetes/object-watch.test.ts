// The picture of all pods stays true whatever happens to the connection.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepLog } from '../../testing/silent-log.ts'
import { ApiClient } from './api-client.ts'
import { ObjectWatch } from './object-watch.ts'
import { FakeApiServer, refuse, type Seen } from './testing/api-server.ts'

const MAX_MS = 10_000
let server: FakeApiServer
let ending: AbortController
let client: ApiClient
let watch: ObjectWatch

beforeEach(async () => {
  server = await FakeApiServer.start()
  ending = new AbortController()
  client = new ApiClient(server.cluster, ending.signal, { answerMs: 2_000, silenceMs: 400 })
})
afterEach(async () => {
  ending.abort()
  await watch.ended
  client.close()
  await server.close()
})

const path = (name: string) => `/api/v1/namespaces/n/pods/${name}`
const put = (name: string, labels: Record<string, string> = { mine: 'yes' }) =>
  server.put(path(name), {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace: 'n', labels },
  }).metadata.uid
const open = () => {
  watch = new ObjectWatch(
    client,
    { kind: 'Pod', labels: 'mine' },
    { log: keepLog(), signal: ending.signal },
  )
}
const names = async () => (await watch.list()).map(({ metadata }) => metadata.name).sort()
const isWatch = ({ query }: Seen) => query.get('watch') === '1'
const lists = () => server.seen.filter((seen) => !isWatch(seen)).length

test('objects come, change and go as the server tells, without being asked for again', async () => {
  const a = put('a')
  put('theirs', {})
  open()
  expect(await watch.until(a, 'seen', MAX_MS)).toBe(true)
  const before = lists()
  const b = put('b')
  expect(await watch.until(b, 'seen', MAX_MS)).toBe(true)
  expect(await names()).toEqual(['a', 'b'])
  server.remove(path('a'))
  expect(await watch.until(a, 'gone', MAX_MS)).toBe(true)
  expect(await names()).toEqual(['b'])
  expect(lists()).toBe(before)
})

test('a watch that is cut in the midst of an event goes on from the last whole one', async () => {
  const a = put('a')
  open()
  await watch.until(a, 'seen', MAX_MS)
  const b = put('b')
  await watch.until(b, 'seen', MAX_MS)
  const before = lists()
  const version = server.objects.get(path('b'))?.metadata.resourceVersion
  server.cutWatches('{"type":"DELETED","object":{"metadata":{"name":"b"')
  const c = put('c')
  expect(await watch.until(c, 'seen', MAX_MS)).toBe(true)
  expect(await names()).toEqual(['a', 'b', 'c'])
  expect(lists()).toBe(before)
  expect(server.seen.filter(isWatch).at(-1)?.query.get('resourceVersion')).toBe(version)
})

test('410 Gone begins anew with a list: nothing that went meanwhile stays in the picture', async () => {
  const a = put('a')
  open()
  await watch.until(a, 'seen', MAX_MS)
  while (server.watches === 0) await new Promise((resolve) => setImmediate(resolve))
  server.objects.delete(path('a'))
  const b = put('b')
  server.endWatches({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })
  expect(await watch.until(a, 'gone', MAX_MS)).toBe(true)
  expect(await watch.until(b, 'seen', MAX_MS)).toBe(true)
  expect(await names()).toEqual(['b'])
})

test('a watch that is refused as too old begins anew as well', async () => {
  put('a')
  let refused = 0
  server.fail((seen, response) => {
    if (!isWatch(seen) || refused++ > 0) return undefined
    refuse(response, 410, 'Expired')
    return 'answered'
  })
  open()
  while (server.watches === 0) await new Promise((resolve) => setImmediate(resolve))
  expect(lists()).toBe(2)
})

test('a connection that has gone silent is given up', async () => {
  const a = put('a')
  open()
  await watch.until(a, 'seen', MAX_MS)
  const opened = () => server.seen.filter(isWatch).length
  while (server.watches === 0) await new Promise((resolve) => setImmediate(resolve))
  const before = opened()
  while (opened() === before) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await names()).toEqual(['a'])
})

test('while the server is gone nobody is told an old picture; when it is back the picture is', async () => {
  const a = put('a')
  open()
  await watch.until(a, 'seen', MAX_MS)
  server.fail((_, response) => {
    response.socket?.destroy()
    return 'answered'
  })
  server.cutWatches()
  let error: unknown
  while (error === undefined)
    error = await watch.list().then(
      () => new Promise((resolve) => setImmediate(() => resolve(undefined))),
      (cause: unknown) => cause,
    )
  expect(error).toMatchObject({ code: 'engine.unreachable', retryable: true })
  server.fail(undefined)
  const b = put('b')
  expect(await watch.until(b, 'seen', MAX_MS)).toBe(true)
  expect(await names()).toEqual(['a', 'b'])
})

test('an event of nonsense is no event, and not the end', async () => {
  const a = put('a')
  open()
  await watch.until(a, 'seen', MAX_MS)
  while (server.watches === 0) await new Promise((resolve) => setImmediate(resolve))
  server.endWatches({ type: 'EXPLODED', object: 1 })
  const b = put('b')
  expect(await watch.until(b, 'seen', MAX_MS)).toBe(true)
})

test('what does not come is not waited for for ever', async () => {
  open()
  expect(await watch.until('nobody', 'seen', 20)).toBe(false)
})
