// What an engine has made, written again: the same digest whatever order, times or compression it used, and no entry that is none.
import { gzipSync } from 'node:zlib'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobPath, writeBlob } from './blob.ts'
import { addToLayout, openImage } from './layout.ts'
import { ociConfig, ociLayer, ociManifest } from './media-type.ts'
import { rewriteImage, type RewriteOptions } from './rewrite-image.ts'
import {
  json,
  rawArchive,
  sha256,
  temporaryFolder,
  writeRawImage,
  type RawEntry,
} from './testing/raw-image.ts'
import { unpackImage } from './unpack.ts'
import { writeImage } from './write-image.ts'

let folder: ReturnType<typeof temporaryFolder>
let made: string
let scratches = 0
beforeEach(() => {
  folder = temporaryFolder()
  made = join(folder.path, 'made')
})
afterEach(() => folder.dispose())

const rewrite = (digest: string, options: Partial<RewriteOptions> = {}) => {
  const scratch = join(folder.path, `scratch-${scratches++}`)
  mkdirSync(scratch)
  return rewriteImage(
    { layout: made, digest },
    {
      ...{ layout: join(folder.path, 'layout'), scratch, timeSeconds: 5, labels: {} },
      ...{ withoutLabels: 'engine.', limits: { maxBytes: 2 ** 20, maxEntries: 100 } },
      ...options,
    },
  )
}
const raw = async (...layers: readonly (readonly RawEntry[])[]) =>
  writeRawImage(
    made,
    await Promise.all(layers.map(async (entries) => ({ bytes: await rawArchive(entries) }))),
  )
const refusal = (code: string, message = /./) =>
  expect.objectContaining({
    code,
    message: expect.stringMatching(message) as unknown,
  }) as unknown

test('order, times, user names, compression and which of two names comes first do not matter', async () => {
  const facts = { uid: 7, gid: 8, mode: 0o4755 }
  const one = await rawArchive([
    { name: './', type: 'directory' },
    { name: 'a/', type: 'directory', mode: 0o1777 },
    { name: 'a/x', content: 'bytes', ...facts, mtime: new Date(1000), uname: 'somebody' },
    { name: 'a.b', type: 'link', linkname: 'a/x', ...facts },
    { name: 'a/.wh.gone', content: '' },
    { name: 'link', type: 'symlink', linkname: '/a/x', pax: { 'SCHILY.xattr.user.a': 'b' } },
  ])
  const two = await rawArchive([
    { name: 'link', type: 'symlink', linkname: '/a/x' },
    { name: 'a.b', content: 'bytes', ...facts },
    { name: 'a/.wh.gone', content: '' },
    { name: 'a/x', type: 'link', linkname: 'a.b', mode: 0 },
    { name: 'a/', type: 'directory', mode: 0o1777 },
  ])
  const first = await rewrite(await writeRawImage(made, [{ bytes: one }]))
  const packed = { bytes: gzipSync(two), diffId: sha256(two), mediaType: `${ociLayer}+gzip` }
  const second = await rewrite(await writeRawImage(made, [packed]))
  expect(second).toEqual(first)
  const root = join(folder.path, 'root')
  const layout = join(folder.path, 'layout')
  await unpackImage(layout, first.digest, root)
  expect(readFileSync(join(root, 'a/x'), 'utf8')).toBe('bytes')
  const { manifest } = await openImage(layout, first.digest)
  const [layer] = manifest.layers
  if (layer === undefined) throw new Error('no layer')
  const again = await rewriteImage(
    { layout, digest: first.digest },
    {
      ...{ layout: join(folder.path, 'again'), scratch: root, timeSeconds: 5, labels: {} },
      ...{ withoutLabels: 'engine.', limits: { maxBytes: 2 ** 20, maxEntries: 100 } },
    },
  )
  expect(again.digest).toBe(first.digest)
  expect(readFileSync(blobPath(layout, layer.digest)).toString('latin1')).not.toContain('SCHILY')
})

test('layers of the base are its own, unread, and have to come first', async () => {
  const layout = join(folder.path, 'base')
  const layers = [
    { entries: () => Promise.resolve([{ kind: 'directory', path: '/b', mode: 0o755 } as const]) },
  ]
  const base = await writeImage({ layout, layers, config: { environment: { B: '1' } } })
  const { config } = await openImage(layout, base.digest)
  const [diffId] = config.diffIds
  const top = await rawArchive([{ name: 'top', content: 'x' }])
  const image = await writeRawImage(made, [
    // Bytes that are not there any more.
    { bytes: Buffer.from('gone'), ...(diffId === undefined ? {} : { diffId }) },
    { bytes: top },
  ])
  const written = await rewrite(image, { base: { layout, digest: base.digest } })
  const after = await openImage(join(folder.path, 'layout'), written.digest)
  expect(after.config.diffIds[0]).toBe(diffId)
  expect(after.config).toMatchObject({ environment: { B: '1' } })
  const other = rewrite(await raw([{ name: 'other', content: '' }], []), {
    base: { layout, digest: base.digest },
  })
  await expect(other).rejects.toEqual(refusal('image.config', /does not stand on its base/))
})

test('settings are carried over, the labels of the engine are not, and there is no history', async () => {
  const bytes = await rawArchive([{ name: 'a', content: '' }])
  const config = json({
    ...{ os: 'linux', architecture: 'amd64', created: '2020-01-01T00:00:00Z' },
    ...{ rootfs: { diff_ids: [sha256(bytes)] }, history: [{ comment: 'secret' }] },
    config: {
      ...{ User: '1:2', Env: ['A=b'], Entrypoint: ['/a'], Cmd: ['c'], WorkingDir: '/w' },
      ...{
        ExposedPorts: { '81': {}, '53/udp': {}, '53/tcp': {} },
        Volumes: { '/b': {}, '/a': {} },
      },
      ...{ Labels: { 'engine.version': '1', own: 'x' }, StopSignal: 'SIGINT', Healthcheck: {} },
    },
  })
  const layer = { mediaType: ociLayer, digest: await writeRawImage(made, [{ bytes }]), size: 0 }
  layer.digest = await writeBlob(made, bytes)
  layer.size = bytes.length
  const manifest = json({
    ...{ schemaVersion: 2, mediaType: ociManifest, layers: [layer] },
    config: { mediaType: ociConfig, digest: await writeBlob(made, config), size: config.length },
  })
  const digest = await writeBlob(made, manifest)
  await addToLayout(made, { mediaType: ociManifest, digest, size: manifest.length })
  const written = await rewrite(digest, { labels: { more: 'y' } })
  const text = readFileSync(blobPath(join(folder.path, 'layout'), written.configDigest), 'utf8')
  const read = JSON.parse(text) as { created: string; config: Record<string, unknown> }
  expect(read.created).toBe('1970-01-01T00:00:05Z')
  expect(text).not.toContain('secret')
  expect(read.config).toEqual({
    ...{ User: '1:2', Entrypoint: ['/a'], Cmd: ['c'], WorkingDir: '/w', StopSignal: 'SIGINT' },
    Env: ['A=b', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ExposedPorts: { '53/tcp': {}, '53/udp': {}, '81/tcp': {} },
    Labels: { more: 'y', own: 'x' },
    Volumes: { '/a': {}, '/b': {} },
  })
})

test.each<[string, readonly RawEntry[], string]>([
  ['a device', [{ name: 'd', type: 'character-device' }], 'layer.entry'],
  ['a pipe', [{ name: 'd', type: 'fifo' }], 'layer.entry'],
  ['a way up', [{ name: 'a/../../b', content: '' }], 'unpack.path'],
  ['an absolute path', [{ name: '/etc/passwd', content: '' }], 'unpack.path'],
  [
    'a name twice',
    [
      { name: 'a', content: '' },
      { name: './a', content: '' },
    ],
    'layer.entry',
  ],
  ['a second name of nothing', [{ name: 'a', type: 'link', linkname: 'b' }], 'layer.entry'],
  [
    'a second name of what is outside',
    [{ name: 'a', type: 'link', linkname: '../b' }],
    'unpack.path',
  ],
  ['an owner out of range', [{ name: 'a', content: '', uid: 2 ** 32 - 1 }], 'layer.entry'],
  [
    'a file below a file',
    [
      { name: 'a', content: '' },
      { name: 'a/b', content: '' },
    ],
    'layer.entry',
  ],
  ['too many bytes', [{ name: 'a', content: 'x'.repeat(2 ** 20) }], 'unpack.too-large'],
  [
    'too many entries',
    Array.from({ length: 101 }, (_, n) => ({ name: `f${n}`, content: '' })),
    'unpack.too-many',
  ],
])('%s is refused', async (_, entries, code) => {
  await expect(rewrite(await raw(entries))).rejects.toEqual(refusal(code))
})

test('bytes that are not what the config says are refused', async () => {
  const bytes = await rawArchive([{ name: 'a', content: '' }])
  const image = await writeRawImage(made, [{ bytes, diffId: sha256(Buffer.from('other')) }])
  await expect(rewrite(image)).rejects.toEqual(refusal('blob.digest'))
})
