import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobPath } from './blob.ts'
import { verifyLayout } from './layout.ts'
import type { Digest } from './manifest.ts'
import { ociConfig, ociLayer, ociManifest } from './media-type.ts'
import { pullImage, resolveTag, type PullOptions } from './pull.ts'
import { isLoopback, parseChallenge } from './registry-client.ts'
import { json, rawArchive, sha256, temporaryFolder } from './testing/raw-image.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let folder: ReturnType<typeof temporaryFolder>
let layout: string
let server: Server
let host: string
let layer: Buffer
let manifest: Buffer
let digest: Digest
/** Answers by path below /v2/app/; tests replace some. */
let answers: Map<string, Handler>
let requests: string[]

const patience = { answerMs: 5000, idleMs: 5000, retryMs: 1 }
const impatience = { answerMs: 60, idleMs: 60, retryMs: 1 }
const send =
  (bytes: Uint8Array, headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(200, headers).end(bytes)
  }

beforeEach(async () => {
  folder = temporaryFolder()
  layout = join(folder.path, 'layout')
  const archive = await rawArchive([{ name: 'a', content: 'x'.repeat(100_000) }])
  layer = gzipSync(archive, { level: 0 })
  const config = json({ os: 'linux', rootfs: { diff_ids: [sha256(archive)] } })
  manifest = json({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: ociConfig, digest: sha256(config), size: config.length },
    layers: [{ mediaType: `${ociLayer}+gzip`, digest: sha256(layer), size: layer.length }],
  })
  digest = sha256(manifest)
  answers = new Map([
    [`manifests/${digest}`, send(manifest)],
    ['manifests/latest', send(manifest)],
    [`blobs/${sha256(config)}`, send(config)],
    [`blobs/${sha256(layer)}`, send(layer)],
  ])
  requests = []
  server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/v2/app/', '')
    requests.push(path)
    const answer = answers.get(path.split('?')[0] ?? '')
    if (answer === undefined) response.writeHead(404).end()
    else answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  folder.dispose()
})

const layerPath = () => `blobs/${sha256(layer)}`
const pull = (options: PullOptions = {}) =>
  pullImage(`${host}/app@${digest}`, layout, { patience, ...options })
const refusal = (code: string) => expect.objectContaining({ name: 'ImageError', code }) as unknown
const hasLayer = () => existsSync(blobPath(layout, sha256(layer)))

test('an image from a stranger’s registry is pulled and verifies', async () => {
  await pull()
  await verifyLayout(layout, digest)
  expect(readdirSync(join(layout, 'blobs/sha256')).filter((name) => name.includes('.'))).toEqual([])
})

test.each<[string, string, (good: Buffer) => Handler]>([
  ['other bytes of the same length', 'blob.digest', (good) => send(Buffer.alloc(good.length))],
  ['a byte too many', 'blob.size', (good) => send(Buffer.concat([good, Buffer.from('x')]))],
  ['a byte too few', 'blob.size', (good) => send(good.subarray(0, -1))],
  ['nothing', 'blob.size', () => send(Buffer.alloc(0))],
  ['an error', 'registry.answer', () => (_, response) => void response.writeHead(500).end()],
  ['not found', 'registry.not-found', () => (_, response) => void response.writeHead(404).end()],
  ['no permission', 'registry.denied', () => (_, response) => void response.writeHead(403).end()],
  ['silence', 'registry.timeout', () => () => undefined],
  [
    'a body that stalls',
    'registry.timeout',
    (good) => (_, response) => void response.writeHead(200).write(good.subarray(0, 10)),
  ],
])('a layer answered with %s is refused', async (_, code, answer) => {
  answers.set(layerPath(), answer(layer))
  const waits = code === 'registry.timeout' ? impatience : patience
  await expect(pull({ patience: waits })).rejects.toEqual(refusal(code))
  expect(hasLayer()).toBe(false)
})

test('a manifest with other bytes than its digest is refused', async () => {
  answers.set(`manifests/${digest}`, send(Buffer.concat([manifest, Buffer.from(' ')])))
  await expect(pull()).rejects.toEqual(refusal('blob.digest'))
  expect(existsSync(blobPath(layout, digest))).toBe(false)
})

test('an endless answer and an image over the limit are cut off', async () => {
  answers.set(layerPath(), (_, response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write(layer));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  await expect(pull()).rejects.toEqual(refusal('blob.size'))
  await expect(pull({ maxBytes: layer.length })).rejects.toEqual(refusal('image.too-large'))
})

test('a download that breaks off goes on where it stopped', async () => {
  const ranges: (string | undefined)[] = []
  let breakOff = () => undefined as unknown
  answers.set(layerPath(), (request, response) => {
    const { range } = request.headers
    ranges.push(range)
    const start = Number(/^bytes=([0-9]+)-$/.exec(range ?? '')?.[1] ?? 0)
    const total = layer.length
    if (start > 0)
      response.writeHead(206, { 'content-range': `bytes ${start}-${total - 1}/${total}` })
    else response.writeHead(200, { 'content-length': total })
    if (start > 0) response.end(layer.subarray(start))
    else {
      response.write(layer.subarray(0, 60_000))
      breakOff = () => response.destroy()
    }
  })
  // Broken off as soon as bytes of the layer have arrived.
  await pull({ onProgress: ({ doneBytes }) => void (doneBytes > 1000 && breakOff()) })
  await verifyLayout(layout, digest)
  expect(ranges).toHaveLength(2)
  expect(ranges[1]).toMatch(/^bytes=[1-9]/)
})

test('a wrong beginning on disk does not spoil the download', async () => {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  writeFileSync(`${blobPath(layout, sha256(layer))}.partial`, 'wrong')
  answers.set(layerPath(), (request, response) => {
    const start = Number(/[0-9]+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    const range = `bytes ${start}-${layer.length - 1}/${layer.length}`
    if (start > 0) response.writeHead(206, { 'content-range': range })
    response.end(layer.subarray(start))
  })
  await pull()
  await verifyLayout(layout, digest)
})

test('a server that ignores ranges starts over', async () => {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  writeFileSync(`${blobPath(layout, sha256(layer))}.partial`, layer.subarray(0, 500))
  await pull()
  await verifyLayout(layout, digest)
})

test('a failing registry is asked a bounded number of times', async () => {
  answers.set(layerPath(), (_, response) => void response.writeHead(503).end())
  await expect(pull()).rejects.toEqual(refusal('registry.answer'))
  expect(requests.filter((path) => path === layerPath())).toHaveLength(4)
})

test('an image for another machine is refused before it is run', async () => {
  const config = json({ os: 'linux', architecture: 'arm64', rootfs: { diff_ids: [digest] } })
  const foreign = json({
    ...(JSON.parse(manifest.toString()) as object),
    config: { mediaType: ociConfig, digest: sha256(config), size: config.length },
  })
  answers.set(`manifests/${sha256(foreign)}`, send(foreign))
  answers.set(`blobs/${sha256(config)}`, send(config))
  const pulling = pullImage(`${host}/app@${sha256(foreign)}`, layout, { patience })
  await expect(pulling).rejects.toEqual(refusal('image.platform'))
})

test('an index is followed to linux/amd64, for tags and for digests', async () => {
  const entry = { mediaType: ociManifest, digest, size: manifest.length }
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...entry,
        digest: sha256(Buffer.from('arm')),
        platform: { os: 'linux', architecture: 'arm64' },
      },
      { ...entry, platform: { os: 'linux', architecture: 'amd64' } },
    ],
  })
  answers.set('manifests/latest', send(index))
  answers.set(`manifests/${sha256(index)}`, send(index))
  expect(await resolveTag(`${host}/app`, { patience })).toBe(digest)
  await pullImage(`${host}/app@${sha256(index)}`, layout, { patience })
  expect((await verifyLayout(layout, sha256(index))).digest).toBe(digest)
  await verifyLayout(layout, digest)
})

test('a registry that wants an anonymous token gets one', async () => {
  const guarded = answers.get(layerPath())
  answers.set('/token', (request, response) => {
    expect(request.url).toContain('scope=repository%3Aapp%3Apull')
    expect(request.url).toContain('service=me')
    response.end(JSON.stringify({ token: 'abc' }))
  })
  answers.set(layerPath(), (request, response) => {
    if (request.headers.authorization === 'Bearer abc') guarded?.(request, response)
    else
      response
        .writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="me"` })
        .end()
  })
  await pull()
  await verifyLayout(layout, digest)
})

test.each([
  ['a login', 'Basic realm="x"', 'registry.denied'],
  ['a token service without TLS', 'Bearer realm="http://auth.invalid/t"', 'registry.plain-http'],
])('%s is refused', async (_, challenge, code) => {
  answers.set(layerPath(), (_request, response) => {
    response.writeHead(401, { 'www-authenticate': challenge }).end()
  })
  await expect(pull()).rejects.toEqual(refusal(code))
})

test.each([
  ['to plain HTTP elsewhere', 'http://elsewhere.invalid/x'],
  ['to a file', 'file:///etc/passwd'],
  ['in circles', ''],
])('a redirect %s is refused', async (_, location) => {
  answers.set(layerPath(), (request, response) => {
    response.writeHead(307, { location: location === '' ? (request.url ?? '') : location }).end()
  })
  await expect(pull()).rejects.toEqual(refusal('registry.redirect'))
})

test('a redirect on the same machine is followed without the token', async () => {
  const seen: (string | undefined)[] = []
  answers.set('/token', (_, response) => void response.end(JSON.stringify({ token: 'abc' })))
  answers.set('/elsewhere', (request, response) => {
    seen.push(request.headers.authorization)
    response.end(layer)
  })
  const other = host.replace('127.0.0.1', 'localhost')
  answers.set(layerPath(), (request, response) => {
    if (request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end()
    else response.writeHead(307, { location: `http://${other}/elsewhere` }).end()
  })
  await pull()
  expect(seen).toEqual([undefined])
})

test('a stopped pull says so and can be taken up again', async () => {
  const stop = new AbortController()
  const serve = answers.get(layerPath())
  answers.set(layerPath(), () => stop.abort())
  await expect(pull({ signal: stop.signal })).rejects.toEqual(refusal('registry.aborted'))
  if (serve !== undefined) answers.set(layerPath(), serve)
  await pull()
})

test('two pulls of one image at the same time fetch it once', async () => {
  await Promise.all([pull(), pull()])
  await verifyLayout(layout, digest)
  expect(requests.filter((path) => path === layerPath())).toHaveLength(1)
})

test('a tag alone, a strange reference and an unknown tag are refused', async () => {
  await expect(pullImage(`${host}/app:1`, layout)).rejects.toEqual(refusal('reference.invalid'))
  await expect(pullImage('a b', layout)).rejects.toEqual(refusal('reference.invalid'))
  const unknown = resolveTag(`${host}/app:2`, { patience })
  await expect(unknown).rejects.toEqual(refusal('registry.not-found'))
})

test('hosts of this machine are told from others', () => {
  for (const name of ['localhost', 'localhost:5000', '127.0.0.1:80', '[::1]:5000'])
    expect(isLoopback(name)).toBe(true)
  for (const name of ['127.0.0.1.evil.test', 'localhost.evil.test', '10.0.0.1', 'r.test:127'])
    expect(isLoopback(name)).toBe(false)
})

test('challenges are read as registries write them', () => {
  const challenge = parseChallenge('Bearer realm="https://a/t",service="r.a",scope="x:y,z"')
  expect(Object.fromEntries(challenge ?? [])).toEqual({
    realm: 'https://a/t',
    service: 'r.a',
    scope: 'x:y,z',
  })
  expect(parseChallenge('Basic realm="x"')).toBeUndefined()
})
