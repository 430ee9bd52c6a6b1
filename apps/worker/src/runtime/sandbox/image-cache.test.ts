// Roots made from unpacked images: shared where nothing is written, copied where it is, and not kept for ever.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesLayer, writeImage } from '@wetee/image'
import { ImageCache } from './image-cache.ts'
import { findTools } from './tools.ts'

let folder = ''
let cache: ImageCache
let image = { layout: '', digest: '' }
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-cache-'))
  cache = new ImageCache(join(folder, 'images'), findTools(''), new AbortController().signal)
  const layout = join(folder, 'layout')
  const layers = [filesLayer({ '/a/file': 'content' })]
  const { digest } = await writeImage({ layout, layers, config: { entrypoint: ['/a/file'] } })
  image = { layout, digest }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inode = (root: string) => statSync(join(folder, root, 'a/file')).ino

test('files are shared between read-only roots, and a writable root has its own', async () => {
  await Promise.all([
    cache.makeRoot(image, join(folder, 'one'), true),
    cache.makeRoot(image, join(folder, 'two'), true),
    cache.makeRoot(image, join(folder, 'own'), false),
  ])
  expect(inode('two')).toBe(inode('one'))
  expect(inode('own')).not.toBe(inode('one'))
})

test('the images used longest ago go, with what an interrupted unpacking has left', async () => {
  const images = join(folder, 'images')
  rmSync(images, { recursive: true })
  for (let i = 0; i < 20; i++) {
    const path = join(images, i === 0 ? 'sha256-x.1.tmp' : `sha256-${i}`)
    mkdirSync(path, { recursive: true })
    utimesSync(path, i, i)
  }
  await cache.makeRoot(image, join(folder, 'three'), true)
  expect(readdirSync(images)).toHaveLength(16)
  expect(existsSync(join(images, 'sha256-x.1.tmp'))).toBe(false)
  expect(existsSync(join(images, 'sha256-19'))).toBe(true)
})

test('an image that is not there is an error of the image', async () => {
  const none = { layout: image.layout, digest: `sha256:${'0'.repeat(64)}` }
  await expect(cache.makeRoot(none, join(folder, 'none'), true)).rejects.toMatchObject({
    code: expect.stringMatching(/^image\./) as unknown,
  })
})
