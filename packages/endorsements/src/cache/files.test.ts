// Small files: read up to a bound, written whole or not at all.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readBounded, writeWhole } from './files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wetee-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a file is read whole up to its bound, and not at all past it', async () => {
  const path = join(folder, 'a')
  for (const [size, read] of [
    [0, ''],
    [9, 'x'.repeat(9)],
    [10, 'x'.repeat(10)],
    [11, undefined],
    [10_000, undefined],
  ] as const) {
    await writeFile(path, 'x'.repeat(size))
    expect(await readBounded(path, 10)).toBe(read)
  }
  expect(await readBounded(join(folder, 'none'), 10)).toBeUndefined()
  expect(await readBounded(folder, 10)).toBeUndefined()
})

test('a file that cannot be written leaves nothing behind', async () => {
  await expect(writeWhole(folder, 'none/a', 'text')).rejects.toThrow()
  expect(await readdir(folder)).toEqual([])
  await writeWhole(folder, 'a', 'text')
  expect(await readdir(folder)).toEqual(['a'])
})
