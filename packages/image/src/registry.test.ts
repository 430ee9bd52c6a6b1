import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobPath } from './blob.ts'
import { filesLayer } from './layer.ts'
import { openImage, verifyLayout } from './layout.ts'
import type { Digest } from './manifest.ts'
import { ociManifest } from './media-type.ts'
import { pullImage, resolveTag } from './pull.ts'
import { pushImage } from './push.ts'
import { createRegistryServer, type RegistryServer } from './registry-server.ts'
import { temporaryFolder } from './testing/raw-image.ts'
import { writeImage } from './write-image.ts'

let folder: ReturnType<typeof temporaryFolder>
let server: RegistryServer
let layout: string
let digest: Digest
let blob: Digest
beforeEach(async () => {
  folder = temporaryFolder()
  layout = join(folder.path, 'layout')
  writeFileSync(join(folder.path, 'secret'), 'secret')
  const layers = [filesLayer({ '/a': 'x'.repeat(5000) }), filesLayer({ '/b': 'y' })]
  digest = (await writeImage({ layout, layers, config: {}, tag: '1' })).digest
  blob = (await openImage(layout, digest)).manifest.layers[0]?.digest ?? digest
  server = await createRegistryServer({ layouts: { 'my/app': layout }, host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await server.close()
  folder.dispose()
})

const host = () => server.url.slice('http://'.length)
const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}/v2/${path}`, init)

test('an image goes from layout to layout and verifies there', async () => {
  const asked = await resolveTag(`${host()}/my/app:1`)
  expect(asked).toBe(digest)
  const copy = join(folder.path, 'copy')
  const seen: number[] = []
  await pullImage(`${host()}/my/app:1@${asked}`, copy, {
    onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes),
  })
  expect((await verifyLayout(copy, digest)).digest).toBe(digest)
  expect(seen.at(-1)).toBe(1)
  expect([...seen].sort((a, b) => a - b)).toEqual(seen)
})

test('what the layout has is not fetched again, and a changed blob is repaired', async () => {
  const copy = join(folder.path, 'copy')
  const reference = `${host()}/my/app@${digest}`
  await pullImage(reference, copy)
  const path = blobPath(copy, blob)
  const good = readFileSync(path)
  writeFileSync(path, Buffer.concat([good.subarray(0, -1), Buffer.from('!')]))
  await pullImage(reference, copy)
  expect(readFileSync(path).equals(good)).toBe(true)
  await server.close()
  await pullImage(reference, copy)
})

test('manifests and blobs are served with type, digest and length', async () => {
  for (const reference of ['1', digest]) {
    const answer = await get(`my/app/manifests/${reference}`)
    expect(answer.headers.get('content-type')).toBe(ociManifest)
    expect(answer.headers.get('docker-content-digest')).toBe(digest)
    await answer.arrayBuffer()
  }
  const head = await get(`my/app/blobs/${blob}`, { method: 'HEAD' })
  expect(head.headers.get('content-length')).toBe(
    String(readFileSync(blobPath(layout, blob)).length),
  )
  expect(await (await get('my/app/tags/list')).json()).toEqual({ name: 'my/app', tags: ['1'] })
  expect((await get('')).status).toBe(200)
})

test('ranges of a blob are served, impossible ones refused', async () => {
  const bytes = readFileSync(blobPath(layout, blob))
  const part = async (range: string) => {
    const answer = await get(`my/app/blobs/${blob}`, { headers: { range } })
    const body = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, range: answer.headers.get('content-range'), body }
  }
  const size = bytes.length
  const middle = await part('bytes=600-699')
  expect(middle).toMatchObject({ status: 206, range: `bytes 600-699/${size}` })
  expect(middle.body.equals(bytes.subarray(600, 700))).toBe(true)
  expect((await part('bytes=-10')).body.equals(bytes.subarray(-10))).toBe(true)
  expect((await part('bytes=100-')).body.equals(bytes.subarray(100))).toBe(true)
  expect((await part(`bytes=${size}-`)).status).toBe(416)
  expect((await part('bytes=5-1')).status).toBe(200)
})

test.each([
  'other/app/manifests/1',
  'my/app/manifests/2',
  `my/app/blobs/sha256:${'0'.repeat(64)}`,
  'x',
])('%s is not found', async (path) => {
  expect((await get(path)).status).toBe(404)
})

test('nothing outside the layout is served, and nothing can be written', async () => {
  const { port } = new URL(server.url)
  const raw = (path: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path }, (answer) => {
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject)
      })
        .on('error', reject)
        .end()
    })
  for (const path of [
    '/v2/my/app/blobs/../../../../secret',
    '/v2/my/app/blobs/sha256:../../../secret',
    '/v2/my/app/blobs/..%2f..%2f..%2fsecret',
    '/v2/../secret',
    '/secret',
  ]) {
    const { status, body } = await raw(path)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).not.toContain('secret"')
    expect(body).not.toBe('secret')
  }
  for (const method of ['PUT', 'POST', 'PATCH', 'DELETE'])
    expect((await get('my/app/manifests/1', { method })).status).toBe(405)
})

test('only loopback is served, and a taken port is said', async () => {
  const options = { layouts: {}, port: Number(new URL(server.url).port) }
  await expect(createRegistryServer({ ...options, host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'registry.not-loopback',
  })
  await expect(createRegistryServer({ ...options, host: '127.0.0.1' })).rejects.toMatchObject({
    code: 'registry.port-taken',
  })
})

test('what is pushed can be pulled, by digest and by tag; what is served from elsewhere cannot be pushed to', async () => {
  const pushed = join(folder.path, 'pushed')
  const options = { layouts: { 'my/app': layout }, pushed, host: '127.0.0.1', port: 0 }
  const open = await createRegistryServer(options)
  const at = (path: string) => `${open.url.slice('http://'.length)}/${path}`
  try {
    const first = await pushImage(layout, digest, at('you/new:2'))
    expect(first.reference).toBe(at(`you/new@${digest}`))
    expect((await pushImage(layout, digest, at('you/new'))).sentBytes).toBe(0)
    const copy = join(folder.path, 'copy')
    expect(await resolveTag(at('you/new:2'))).toBe(digest)
    await pullImage(first.reference, copy)
    expect((await verifyLayout(copy, digest)).digest).toBe(digest)
    await expect(pushImage(layout, digest, at('my/app:9'))).rejects.toMatchObject({
      name: 'ImageError',
    })
    await expect(pushImage(layout, digest, `${host()}/you/new`)).rejects.toMatchObject({
      name: 'ImageError',
    })
  } finally {
    await open.close()
  }
})

test('bytes with another digest, a manifest before its blobs and paths out of the folder are refused', async () => {
  const pushed = join(folder.path, 'pushed')
  const open = await createRegistryServer({ layouts: {}, pushed, host: '127.0.0.1', port: 0 })
  const put = async (path: string, body: Uint8Array) => {
    const init = { method: 'PUT', body: new Uint8Array(body) }
    const answer = await fetch(`${open.url}/v2/${path}`, init)
    await answer.arrayBuffer()
    return answer.status
  }
  const upload = `you/new/blobs/uploads/${'0'.repeat(36)}?digest=`
  try {
    expect(await put(`${upload}${blob}`, Buffer.from('other'))).toBe(400)
    expect(await put(`${upload}../../../secret`, Buffer.from('other'))).toBe(400)
    expect(await put(`you/new/manifests/1`, readFileSync(blobPath(layout, digest)))).toBe(400)
    expect(await put(`%2e%2e/%2e%2e/manifests/1`, Buffer.from('{}'))).toBe(405)
    expect((await fetch(`${open.url}/v2/you/new/manifests/1`)).status).toBe(404)
  } finally {
    await open.close()
  }
})
