import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobPath } from './blob.ts'
import { toDockerArchive } from './docker-archive.ts'
import { filesLayer } from './layer.ts'
import { openImage, readLayout, verifyLayout } from './layout.ts'
import { json, sha256, temporaryFolder, writeRawImage } from './testing/raw-image.ts'
import { writeImage } from './write-image.ts'

let folder: ReturnType<typeof temporaryFolder>
const at = (name: string) => join(folder.path, name)
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.dispose())

const refusal = (code: string) => expect.objectContaining({ name: 'ImageError', code }) as unknown
const config = { entrypoint: ['/run'], user: '1000:1000', environment: { B: '2', A: '1' } }

/** A folder with files, made in the given order, at the given time and mode. */
function makeFiles(
  name: string,
  order: readonly string[],
  mode: number,
  atSeconds: number,
): string {
  mkdirSync(at(`${name}/sub`), { recursive: true })
  for (const file of order) {
    writeFileSync(at(`${name}/${file}`), file, { mode })
    chmodSync(at(`${name}/${file}`), mode)
    utimesSync(at(`${name}/${file}`), atSeconds, atSeconds)
  }
  symlinkSync('a', at(`${name}/link`))
  return at(name)
}

test('the same files give the same digest, whatever their order, times and umask', async () => {
  const one = makeFiles('one', ['a', 'b', 'sub/c'], 0o644, 1)
  const two = makeFiles('two', ['sub/c', 'b', 'a'], 0o600, 2_000_000_000)
  const first = await writeImage({ layout: at('x'), layers: [filesLayer(one)], config })
  const second = await writeImage({ layout: at('y'), layers: [filesLayer(two)], config })
  expect(second).toEqual(first)
})

test('a narrow umask does not lock other users out of a layout', async () => {
  const before = process.umask(0o077)
  try {
    const layers = [filesLayer({ '/a': 'x' })]
    const { digest } = await writeImage({ layout: at('new/x'), layers, config })
    expect(statSync(at('new/x')).mode & 0o777).toBe(0o755)
    expect(statSync(blobPath(at('new/x'), digest)).mode & 0o777).toBe(0o644)
  } finally {
    process.umask(before)
  }
})

test('the digest is fixed: a change of the writer must be meant', async () => {
  const layers = [filesLayer({ '/a/b': 'x', '/c': { content: 'y', mode: 0o755 } })]
  const { digest } = await writeImage({ layout: at('x'), layers, config })
  expect(digest).toMatchInlineSnapshot(
    `"sha256:e6561b99100686a1681ee4ae343465d4cb9f951a39053b548e976e10a88b3f6a"`,
  )
})

test('another byte, mode or setting gives another digest', async () => {
  const base = { '/a': 'x' }
  const written = await Promise.all(
    [
      { files: base, config },
      { files: { '/a': 'y' }, config },
      { files: { '/a': { content: 'x', mode: 0o755 } }, config },
      { files: { '/b': 'x' }, config },
      { files: base, config: { ...config, user: '1:1' } },
    ].map(async ({ files, config }, i) => {
      const layers = [filesLayer(files)]
      return (await writeImage({ layout: at(`l${i}`), layers, config })).digest
    }),
  )
  expect(new Set(written).size).toBe(written.length)
})

test('a layer written before is reused, unless its bytes were changed on disk', async () => {
  const write = () =>
    writeImage({ layout: at('x'), layers: [filesLayer({ '/a': 'x'.repeat(2000) })], config })
  const first = await write()
  const layer = (await openImage(at('x'), first.digest)).manifest.layers[0]
  if (layer === undefined) throw new Error('no layer')
  const path = blobPath(at('x'), layer.digest)
  const bytes = readFileSync(path)
  bytes[600] = 0x79
  writeFileSync(path, bytes)
  expect(await write()).toEqual(first)
  await verifyLayout(at('x'), first.digest)
})

test('what is written verifies, is listed under its tag, and says how to run', async () => {
  const layers = [filesLayer({ '/a': 'x' }), filesLayer({ '/b': 'y' })]
  const old = await writeImage({ layout: at('x'), layers: layers.slice(0, 1), config, tag: '1' })
  const image = await writeImage({ layout: at('x'), layers, config, tag: '1' })
  const verified = await verifyLayout(at('x'), image.digest)
  expect(verified.sizeBytes).toBe(image.size)
  expect(verified.config).toMatchObject({
    os: 'linux',
    architecture: 'amd64',
    entrypoint: ['/run'],
    user: '1000:1000',
    environment: { A: '1', B: '2' },
  })
  const { images } = await readLayout(at('x'))
  expect(images.map(({ digest, refName }) => [digest, refName])).toEqual([[image.digest, '1']])
  expect(old.digest).not.toBe(image.digest)
})

test.each([
  ['a path twice', { '/a': 'x', '//a': 'y' }],
  ['a relative path', { a: 'x' }],
  ['a way up', { '/a/../b': 'x' }],
  ['a file as a folder', { '/a': 'x', '/a/b': 'y' }],
])('%s is no layer', async (_, files) => {
  const writing = writeImage({ layout: at('x'), layers: [filesLayer(files)], config })
  await expect(writing).rejects.toEqual(refusal('layer.entry'))
})

test('a missing source file is an error, not an image', async () => {
  const layers = [filesLayer({ '/a': { source: at('nowhere') } })]
  await expect(writeImage({ layout: at('x'), layers, config })).rejects.toThrow(/ENOENT/)
  await expect(readLayout(at('x'))).rejects.toEqual(refusal('layout.invalid'))
})

test('verifyLayout names the blob that is missing, cut off or changed', async () => {
  const image = await writeImage({ layout: at('x'), layers: [filesLayer({ '/a': 'x' })], config })
  const { manifest } = await openImage(at('x'), image.digest)
  const blobs = [image.digest, image.configDigest, manifest.layers[0]?.digest ?? image.digest]
  for (const blob of blobs) {
    const path = blobPath(at('x'), blob)
    const good = readFileSync(path)
    const changed = Buffer.from(good)
    changed[10] = (changed[10] ?? 0) ^ 1
    writeFileSync(path, changed)
    await expect(verifyLayout(at('x'), image.digest)).rejects.toEqual(refusal('blob.digest'))
    writeFileSync(path, good.subarray(1))
    await expect(verifyLayout(at('x'), image.digest)).rejects.toThrow(/blob|sha256/)
    writeFileSync(path, good)
  }
  await verifyLayout(at('x'), image.digest)
  await expect(verifyLayout(at('x'), sha256(Buffer.from('?')))).rejects.toEqual(
    refusal('blob.missing'),
  )
  await expect(verifyLayout(at('x'), 'latest')).rejects.toEqual(refusal('reference.invalid'))
})

test('an index leads to the image for linux/amd64; a document that is both is refused', async () => {
  const digest = await writeRawImage(at('x'), [{ bytes: Buffer.alloc(1024) }])
  const { manifest } = await openImage(at('x'), digest)
  const descriptor = { mediaType: manifest.mediaType, digest, size: 1 }
  const amd64 = { ...descriptor, platform: { os: 'linux', architecture: 'amd64' } }
  const arm64 = { ...descriptor, platform: { os: 'linux', architecture: 'arm64' } }
  const put = (value: unknown) => {
    const bytes = json(value)
    writeFileSync(blobPath(at('x'), sha256(bytes)), bytes)
    return sha256(bytes)
  }
  const index = put({ schemaVersion: 2, manifests: [arm64, amd64] })
  expect((await verifyLayout(at('x'), index)).digest).toBe(digest)
  const foreign = put({ schemaVersion: 2, manifests: [arm64] })
  await expect(verifyLayout(at('x'), foreign)).rejects.toEqual(refusal('image.platform'))
  const both = put({ schemaVersion: 2, ...manifest, manifests: [amd64] })
  await expect(verifyLayout(at('x'), both)).rejects.toEqual(refusal('image.manifest'))
})

test('the Docker archive names the config digest as image and carries every layer', async () => {
  const layers = [filesLayer({ '/a': 'x' }), filesLayer({ '/b': 'y' })]
  const image = await writeImage({ layout: at('x'), layers, config })
  const files = new Map<string, Buffer>()
  const archive = toDockerArchive(at('x'), image.digest).pipe(extract())
  for await (const entry of archive) files.set(entry.header.name, await buffer(entry as never))
  const [list] = JSON.parse(files.get('manifest.json')?.toString() ?? '[]') as {
    Config: string
    Layers: string[]
  }[]
  expect(list?.Config).toBe(`${image.configDigest.slice('sha256:'.length)}.json`)
  expect(sha256(files.get(list?.Config ?? '') ?? Buffer.alloc(0))).toBe(image.configDigest)
  const { config: parsed } = await openImage(at('x'), image.digest)
  expect(list?.Layers.map((name) => sha256(files.get(name) ?? Buffer.alloc(0)))).toEqual(
    parsed.diffIds,
  )
})

test('an archive of an image that is not there fails as a stream', async () => {
  const stream = toDockerArchive(at('x'), sha256(Buffer.from('?')))
  await expect(buffer(stream)).rejects.toEqual(refusal('blob.missing'))
})

test('a base gives its layers and variables; time of files and of the image are as asked', async () => {
  const lower = { layout: at('base'), layers: [filesLayer({ '/a': 'x' })], config }
  const base = { layout: at('base'), digest: (await writeImage(lower)).digest }
  const upper = { ...filesLayer({ '/b': 'y' }), timeSeconds: 86_400 }
  const above = { layers: [upper], config: { environment: { A: '3' } }, timeSeconds: 60 }
  const { digest } = await writeImage({ ...above, layout: at('x'), base })
  const { manifest, config: read } = await verifyLayout(at('x'), digest)
  const bottom = (await openImage(at('base'), base.digest)).manifest.layers
  expect(manifest.layers.slice(0, 1)).toEqual(bottom)
  expect(read).toMatchObject({ environment: { A: '3', B: '2' }, entrypoint: [], user: '' })
  const [, second] = manifest.layers
  if (second === undefined) throw new Error('no second layer')
  const archive = extract()
  archive.end(readFileSync(blobPath(at('x'), second.digest)))
  for await (const entry of archive) {
    expect(entry.header.mtime).toEqual(new Date(86_400_000))
    entry.resume()
  }
  const document = readFileSync(blobPath(at('x'), manifest.config.digest), 'utf8')
  expect(document).toContain('"created":"1970-01-01T00:01:00Z"')
})

test('a base whose bytes were changed is not taken', async () => {
  const lower = { layout: at('base'), layers: [filesLayer({ '/a': 'x' })], config }
  const base = { layout: at('base'), digest: (await writeImage(lower)).digest }
  const [layer] = (await openImage(base.layout, base.digest)).manifest.layers
  if (layer === undefined) throw new Error('no layer')
  const bytes = readFileSync(blobPath(at('base'), layer.digest))
  bytes[600] = 0x41
  writeFileSync(blobPath(at('base'), layer.digest), bytes)
  const writing = writeImage({ layout: at('x'), base, layers: [], config })
  await expect(writing).rejects.toEqual(refusal('blob.digest'))
})
