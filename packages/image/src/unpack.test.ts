import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobPath } from './blob.ts'
import { filesLayer } from './layer.ts'
import { ociLayer } from './media-type.ts'
import { rawArchive, sha256, temporaryFolder, writeRawImage } from './testing/raw-image.ts'
import type { RawEntry, RawLayer } from './testing/raw-image.ts'
import { unpackImage } from './unpack.ts'
import { writeImage } from './write-image.ts'

let folder: ReturnType<typeof temporaryFolder>
let layout: string
let target: string
beforeEach(() => {
  folder = temporaryFolder()
  layout = join(folder.path, 'layout')
  target = join(folder.path, 'deep/root')
})
afterEach(() => folder.dispose())

/** Unpacks an image of raw layers, given by their entries. */
async function unpackRaw(...layers: (readonly RawEntry[])[]): Promise<void> {
  const raw: RawLayer[] = []
  for (const entries of layers) raw.push({ bytes: await rawArchive(entries) })
  await unpackImage(layout, await writeRawImage(layout, raw), target)
}

const refusal = (code: string) => expect.objectContaining({ name: 'ImageError', code }) as unknown
const read = (path: string) => readFileSync(join(target, path), 'utf8')
const names = (path = '') => readdirSync(join(target, path)).sort()

/** Nothing may be left of an image that was refused. */
function expectNothingLeft(): void {
  expect(existsSync(target)).toBe(false)
  const around = join(target, '..')
  expect(existsSync(around) ? readdirSync(around) : []).toEqual([])
  expect(readdirSync(folder.path).sort()).toEqual(
    existsSync(around) ? ['deep', 'layout'] : ['layout'],
  )
}

test('files, folders and links keep their content and modes', async () => {
  await unpackRaw([
    { name: './', type: 'directory' },
    { name: './bin/', type: 'directory', mode: 0o755 },
    { name: './bin/run', mode: 0o755, content: 'run' },
    { name: './bin/alias', type: 'symlink', linkname: '/bin/run' },
    { name: './bin/same', type: 'link', linkname: 'bin/run' },
    { name: './tmp/', type: 'directory', mode: 0o1777 },
    { name: './a/b/c', mode: 0o400, content: 'c' },
  ])
  expect(read('bin/run')).toBe('run')
  expect(lstatSync(join(target, 'bin/run')).mode & 0o7777).toBe(0o755)
  expect(lstatSync(join(target, 'bin/same')).ino).toBe(lstatSync(join(target, 'bin/run')).ino)
  expect(lstatSync(join(target, 'bin/alias')).isSymbolicLink()).toBe(true)
  expect(lstatSync(join(target, 'tmp')).mode & 0o7777).toBe(0o1777)
  expect(lstatSync(join(target, 'a/b/c')).mode & 0o7777).toBe(0o400)
})

test('set-user-id and set-group-id bits are dropped', async () => {
  await unpackRaw([
    { name: 'su', mode: 0o6755, content: 'x' },
    { name: 'd/', type: 'directory', mode: 0o2755 },
  ])
  expect(lstatSync(join(target, 'su')).mode & 0o7777).toBe(0o755)
  expect(lstatSync(join(target, 'd')).mode & 0o7777).toBe(0o755)
})

test('gzip and zstd layers unpack like plain ones', async () => {
  const entries = ['a', 'b', 'c'].map((name) => rawArchive([{ name, content: name }]))
  const [a, b, c] = await Promise.all(entries)
  if (a === undefined || b === undefined || c === undefined) throw new Error('no archive')
  const digest = await writeRawImage(layout, [
    { bytes: a },
    { bytes: gzipSync(b), diffId: sha256(b), mediaType: `${ociLayer}+gzip` },
    { bytes: zstdCompressSync(c), diffId: sha256(c), mediaType: `${ociLayer}+zstd` },
  ])
  await unpackImage(layout, digest, target)
  expect(names()).toEqual(['a', 'b', 'c'])
})

test('a later layer replaces, hides and empties what earlier ones made', async () => {
  await unpackRaw(
    [
      { name: 'keep', content: '1' },
      { name: 'gone', content: '1' },
      { name: 'file', content: '1' },
      { name: 'dir/x', content: '1' },
      { name: 'opaque/old', content: '1' },
      { name: 'opaque/sub/old', content: '1' },
    ],
    [
      { name: '.wh.gone' },
      { name: 'file/', type: 'directory' },
      { name: 'file/inside', content: '2' },
      { name: 'dir', content: '2' },
      { name: 'opaque/new', content: '2' },
      { name: 'opaque/sub/new', content: '2' },
      { name: 'opaque/.wh..wh..opq' },
      { name: 'nowhere/.wh.x' },
    ],
  )
  expect(names()).toEqual(['dir', 'file', 'keep', 'opaque'])
  expect(names('file')).toEqual(['inside'])
  expect(read('dir')).toBe('2')
  expect(names('opaque')).toEqual(['new', 'sub'])
  expect(names('opaque/sub')).toEqual(['new'])
})

test('links on the way are followed as a process inside would see them', async () => {
  await unpackRaw([
    { name: 'usr/lib/', type: 'directory' },
    { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
    { name: 'abs', type: 'symlink', linkname: '/usr/lib' },
    { name: 'lib/one', content: '1' },
    { name: 'abs/two', content: '2' },
  ])
  expect(names('usr/lib')).toEqual(['one', 'two'])
})

test('an absolute link cannot be used to write outside', async () => {
  const outside = join(folder.path, 'outside')
  mkdirSync(outside)
  await unpackRaw([
    { name: 'out', type: 'symlink', linkname: outside },
    { name: `${outside.slice(1)}/x`, content: 'inside the root' },
    { name: 'out/evil', content: 'x' },
  ])
  expect(readdirSync(outside)).toEqual([])
  expect(read(`${outside.slice(1)}/evil`)).toBe('x')
})

test('a whiteout through a link removes nothing outside', async () => {
  const outside = join(folder.path, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'precious'), 'x')
  await unpackRaw(
    [{ name: 'out', type: 'symlink', linkname: outside }],
    [{ name: 'out/.wh.precious' }, { name: 'out/.wh..wh..opq' }],
  )
  expect(readdirSync(outside)).toEqual(['precious'])
})

test.each<[string, string, RawEntry[]]>([
  ['a way up', 'unpack.path', [{ name: '../evil', content: 'x' }]],
  ['a way up in the middle', 'unpack.path', [{ name: 'a/../../evil', content: 'x' }]],
  ['an absolute path', 'unpack.path', [{ name: '/etc/evil', content: 'x' }]],
  ['a long name', 'unpack.path', [{ name: 'x'.repeat(300), content: 'x' }]],
  ['deep folders', 'unpack.path', [{ name: `${'d/'.repeat(200)}x`, content: 'x' }]],
  ['a whiteout of ..', 'unpack.path', [{ name: 'a/.wh...', content: '' }]],
  ['a whiteout of .', 'unpack.path', [{ name: 'a/.wh..', content: '' }]],
  ['a whiteout of nothing', 'unpack.path', [{ name: 'a/.wh.', content: '' }]],
  ['a whiteout by way of ..', 'unpack.path', [{ name: '../.wh.layout', content: '' }]],
  ['other whiteout marks', 'unpack.path', [{ name: '.wh..wh.plnk', content: '' }]],
  ['a link above the root', 'unpack.link', [{ name: 'a', type: 'symlink', linkname: '../../etc' }]],
  [
    'a hard link outside',
    'unpack.path',
    [{ name: 'a', type: 'link', linkname: '../layout/index.json' }],
  ],
  ['a hard link to nothing', 'unpack.link', [{ name: 'a', type: 'link', linkname: 'missing' }]],
  [
    'a hard link to a folder',
    'unpack.link',
    [
      { name: 'd/', type: 'directory' },
      { name: 'a', type: 'link', linkname: 'd' },
    ],
  ],
  [
    'a hard link to a link that leads outside',
    'unpack.link',
    [
      { name: 'a', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'b', type: 'link', linkname: 'a' },
    ],
  ],
  [
    'links in a circle',
    'unpack.link',
    [
      { name: 'a', type: 'symlink', linkname: 'b' },
      { name: 'b', type: 'symlink', linkname: 'a' },
      { name: 'a/x', content: 'x' },
    ],
  ],
  [
    'a file used as a folder',
    'unpack.entry',
    [
      { name: 'a', content: 'x' },
      { name: 'a/b', content: 'x' },
    ],
  ],
  ['a character device', 'unpack.device', [{ name: 'null', type: 'character-device' }]],
  ['a block device', 'unpack.device', [{ name: 'sda', type: 'block-device' }]],
  ['a named pipe', 'unpack.device', [{ name: 'pipe', type: 'fifo' }]],
])('%s is refused and leaves nothing', async (_, code, entries) => {
  await expect(unpackRaw(entries)).rejects.toEqual(refusal(code))
  expectNothingLeft()
})

test('a zip bomb stops at the limit', async () => {
  const zeros = await rawArchive([{ name: 'big', content: '\0'.repeat(20 * 2 ** 20) }])
  const packed = gzipSync(zeros)
  const layer = { bytes: packed, diffId: sha256(zeros), mediaType: `${ociLayer}+gzip` }
  const digest = await writeRawImage(layout, [layer])
  const unpack = unpackImage(layout, digest, target, { maxBytes: 2 ** 20 })
  await expect(unpack).rejects.toEqual(refusal('unpack.too-large'))
  expectNothingLeft()
})

test('limits count all layers together, exactly', async () => {
  const bytes = await rawArchive([{ name: 'a', content: 'x' }, { name: 'b' }])
  const digest = await writeRawImage(layout, [{ bytes }, { bytes }])
  const twice = 2 * bytes.length
  const unpack = (maxBytes: number, maxEntries: number) =>
    unpackImage(layout, digest, target, { maxBytes, maxEntries })
  await expect(unpack(twice - 1, 4)).rejects.toEqual(refusal('unpack.too-large'))
  await expect(unpack(twice, 3)).rejects.toEqual(refusal('unpack.too-many'))
  await unpack(twice, 4)
  expect(names()).toEqual(['a', 'b'])
})

test('a layer whose bytes changed on disk is refused', async () => {
  const bytes = await rawArchive([{ name: 'a', content: 'good' }])
  const digest = await writeRawImage(layout, [{ bytes }])
  const path = blobPath(layout, sha256(bytes))
  const changed = Buffer.from(bytes)
  changed[512] = 0x62
  writeFileSync(path, changed)
  await expect(unpackImage(layout, digest, target)).rejects.toEqual(refusal('blob.digest'))
  writeFileSync(path, bytes.subarray(0, 600))
  await expect(unpackImage(layout, digest, target)).rejects.toEqual(refusal('blob.digest'))
  expectNothingLeft()
})

test('a layer that is not what the config promises is refused', async () => {
  const bytes = await rawArchive([{ name: 'a', content: 'x' }])
  const wrong = await writeRawImage(layout, [{ bytes, diffId: sha256(Buffer.from('other')) }])
  await expect(unpackImage(layout, wrong, target)).rejects.toEqual(refusal('blob.digest'))
  const broken = { bytes: gzipSync(bytes).subarray(0, 40), mediaType: `${ociLayer}+gzip` }
  const cut = await writeRawImage(layout, [broken])
  await expect(unpackImage(layout, cut, target)).rejects.toEqual(refusal('archive.invalid'))
  const noise = await writeRawImage(layout, [{ bytes: Buffer.alloc(4096, 0x41) }])
  await expect(unpackImage(layout, noise, target)).rejects.toEqual(refusal('archive.invalid'))
  expectNothingLeft()
})

test('a folder with something in it is not unpacked over', async () => {
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'mine'), 'x')
  await expect(unpackRaw([{ name: 'a' }])).rejects.toEqual(refusal('unpack.target-exists'))
  expect(names()).toEqual(['mine'])
})

test('what our writer made unpacks to the same files', async () => {
  const { digest } = await writeImage({
    layout,
    layers: [
      filesLayer({ '/a/b': { content: 'x', mode: 0o755 }, [`/${'long/'.repeat(40)}c`]: 'y' }),
    ],
    config: {},
  })
  await unpackImage(layout, digest, target)
  expect(read('a/b')).toBe('x')
  expect(lstatSync(join(target, 'a/b')).mode & 0o777).toBe(0o755)
  expect(read(`${'long/'.repeat(40)}c`)).toBe('y')
})
