// Results that are kept: the newest alone, and nobody else's.
import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { filesLayer, writeImage } from '@wetee/image'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BuildCache, cacheKey } from './cache.ts'
import { temporaryFolder } from './testing/folders.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.dispose())

test('the newest eight results stay, each found by its key alone', async () => {
  const cache = await BuildCache.open(join(folder.path, 'cache'))
  const keys = Array.from({ length: 10 }, (_, number) => cacheKey({ number }))
  for (const key of keys) {
    const layout = await cache.begin()
    const layers = [filesLayer({ '/key': key })]
    await cache.keep(key, layout, await writeImage({ layout, layers, config: {} }))
  }
  expect(readdirSync(join(folder.path, 'cache/results')).sort()).toEqual(keys.slice(2).sort())
  expect(await cache.find(keys[0] ?? '')).toBeUndefined()
  expect((await cache.find(keys[9] ?? ''))?.layout).toContain(keys[9])
})

test('a key depends on names and values, not on their order', () => {
  expect(cacheKey({ a: 1, b: 2 })).toBe(cacheKey({ b: 2, a: 1 }))
  expect(cacheKey({ a: 1, b: 2 })).not.toBe(cacheKey({ a: 2, b: 1 }))
})

test('a folder that others can write is refused', async () => {
  const open = join(folder.path, 'open')
  mkdirSync(open)
  chmodSync(open, 0o777)
  await expect(BuildCache.open(open)).rejects.toThrow('can be written by others')
})
