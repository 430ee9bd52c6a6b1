import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobPath } from './blob.ts'
import { filesLayer } from './layer.ts'
import { openImage } from './layout.ts'
import type { Digest, ImageManifest } from './manifest.ts'
import { ociManifest } from './media-type.ts'
import { pushImage, type PushOptions } from './push.ts'
import { startPushRegistry, type PushRegistry } from './testing/push-registry.ts'
import { temporaryFolder } from './testing/raw-image.ts'
import { writeImage } from './write-image.ts'

let folder: ReturnType<typeof temporaryFolder>
let registry: PushRegistry
let layout: string
let digest: Digest
let manifest: ImageManifest
beforeEach(async () => {
  folder = temporaryFolder()
  layout = join(folder.path, 'layout')
  const layers = [filesLayer({ '/a': 'x'.repeat(600_000) }), filesLayer({ '/b': 'y' })]
  digest = (await writeImage({ layout, layers, config: {} })).digest
  manifest = (await openImage(layout, digest)).manifest
  registry = await startPushRegistry()
})
afterEach(async () => {
  await registry.close()
  folder.dispose()
})

const patience = { answerMs: 5_000, idleMs: 5_000, retryMs: 1 }
const push = (options: PushOptions = {}, name = `${registry.host}/my/app:1`) =>
  pushImage(layout, digest, name, { patience, ...options })
const refusal = (code: string) => expect.objectContaining({ name: 'ImageError', code }) as unknown
const uploads = () => registry.requests.filter((line) => line.startsWith('POST'))

test('an image is in the registry as it is in the layout, its manifest last, under tag and digest', async () => {
  const seen: number[] = []
  const pushed = await push({
    onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes),
  })
  const blobs = [...manifest.layers, manifest.config]
  expect(pushed).toEqual({
    reference: `${registry.host}/my/app@${digest}`,
    sentBytes: blobs.reduce((sum, { size }) => sum + size, 0),
  })
  for (const blob of blobs)
    expect(
      registry.blobs.get(blob.digest)?.equals(readFileSync(blobPath(layout, blob.digest))),
    ).toBe(true)
  const kept = { bytes: readFileSync(blobPath(layout, digest)), type: ociManifest }
  expect([registry.manifests.get('1'), registry.manifests.get(digest)]).toEqual([kept, kept])
  expect(registry.requests.at(-1)).toBe('PUT /v2/my/app/manifests/1')
  expect(seen.at(-1)).toBe(1)
  expect([...seen].sort((a, b) => a - b)).toEqual(seen)
})

test('what the registry has is not sent again', async () => {
  await push()
  const before = uploads().length
  expect(await push()).toMatchObject({ sentBytes: 0 })
  expect(uploads()).toHaveLength(before)
})

test('a failure of the server is tried again; a push that is cut off leaves no image', async () => {
  let failures = 2
  registry.intercept = (request, response) => {
    if (request.method !== 'PUT' || failures-- <= 0) return false
    response.writeHead(503).end()
    request.resume()
    return true
  }
  await push()
  expect(registry.manifests.has(digest)).toBe(true)
  registry.manifests.clear()
  registry.blobs.clear()
  registry.intercept = (request) => {
    if (request.method === 'PUT') request.destroy()
    return request.method === 'PUT'
  }
  await expect(push()).rejects.toEqual(refusal('registry.unreachable'))
  expect(registry.manifests.size).toBe(0)
})

test('a login gets a token for pushing; a wrong one and none are refused', async () => {
  await registry.close()
  registry = await startPushRegistry('me:secret')
  await push({ credentials: { username: 'me', password: 'secret' } })
  expect(registry.manifests.has(digest)).toBe(true)
  const wrong = { credentials: { username: 'me', password: 'wrong' } }
  for (const options of [wrong, {}])
    await expect(push(options)).rejects.toEqual(refusal('registry.denied'))
})

test('no token goes where an upload is sent that is not the registry', async () => {
  await registry.close()
  registry = await startPushRegistry('me:secret')
  const other = await startPushRegistry()
  const sent: (string | undefined)[] = []
  other.intercept = (request, response) => {
    sent.push(request.headers.authorization)
    request.resume().on('end', () => response.writeHead(201).end())
    return true
  }
  registry.intercept = (request, response) => {
    if (request.method !== 'POST' || request.headers.authorization === undefined) return false
    response.writeHead(202, { location: `http://${other.host}/elsewhere` }).end()
    return true
  }
  await push({ credentials: { username: 'me', password: 'secret' } })
  await other.close()
  expect(sent).toEqual([undefined, undefined, undefined])
})

test('a layout that was changed is not pushed, nor an upload answered with another machine over plain HTTP', async () => {
  registry.intercept = (request, response) => {
    if (request.method !== 'POST') return false
    response.writeHead(202, { location: 'http://elsewhere.example/upload' }).end()
    return true
  }
  await expect(push()).rejects.toEqual(refusal('registry.redirect'))
  registry.intercept = () => false
  const path = blobPath(layout, manifest.config.digest)
  writeFileSync(path, readFileSync(path, 'utf8').replace('linux', 'minix'))
  await expect(push()).rejects.toEqual(refusal('blob.digest'))
  expect(uploads()).toHaveLength(1)
})

test.each(['my app', 'registry.example/my/app@sha256:' + '0'.repeat(64)])(
  '"%s" is no place to push to',
  async (name) => {
    await expect(push({}, name)).rejects.toEqual(refusal('reference.invalid'))
  },
)

test('a registry that keeps another manifest than it was given is named', async () => {
  registry.intercept = (request, response) => {
    if (!(request.url ?? '').includes('/manifests/')) return false
    request.resume().on('end', () => {
      response.writeHead(201, { 'docker-content-digest': 'sha256:other' }).end()
    })
    return true
  }
  await expect(push()).rejects.toEqual(refusal('registry.answer'))
})
