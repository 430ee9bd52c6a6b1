// Node's files as a device uses them: bounds, one write, no file made by mistake.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeFiles } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file is read to its end, up to the bound and not a byte further', async () => {
  const path = join(folder, 'a')
  writeFileSync(path, Buffer.alloc(100, 7))
  expect(await nodeFiles.readFile(path, 100)).toEqual(new Uint8Array(100).fill(7))
  expect(await nodeFiles.readFile(path, 5_000)).toHaveLength(100)
  await expect(nodeFiles.readFile(path, 99)).rejects.toMatchObject({ code: 'EFBIG' })
  // No size, no seeking, no end: as attributes are.
  await expect(nodeFiles.readFile('/dev/zero', 64)).rejects.toMatchObject({ code: 'EFBIG' })
  expect((await nodeFiles.readFile('/proc/self/stat', 4_096)).length).toBeGreaterThan(10)
})

test('a write goes through what can only be written once, without a position', async () => {
  const path = join(folder, 'fifo')
  execFileSync('mkfifo', [path])
  const [bytes] = await Promise.all([
    nodeFiles.readFile(path, 64),
    nodeFiles.writeFile(path, new Uint8Array(64).fill(3)),
  ])
  expect(bytes).toEqual(new Uint8Array(64).fill(3))
})

test('a write makes no file and cuts none off', async () => {
  const path = join(folder, 'a')
  await expect(nodeFiles.writeFile(path, new Uint8Array(1))).rejects.toMatchObject({
    code: 'ENOENT',
  })
  expect(existsSync(path)).toBe(false)
  writeFileSync(path, 'before')
  await nodeFiles.writeFile(path, Buffer.from('BE'))
  expect(readFileSync(path, 'utf8')).toBe('BEfore')
})

test('folders are made, listed up to a bound and removed; errors keep the code of the system', async () => {
  const path = join(folder, 'a')
  await nodeFiles.mkdir(path)
  await expect(nodeFiles.mkdir(path)).rejects.toMatchObject({ code: 'EEXIST' })
  await nodeFiles.mkdir(join(folder, 'b'))
  expect((await nodeFiles.readdir(folder, 10)).sort()).toEqual(['a', 'b'])
  expect(await nodeFiles.readdir(folder, 1)).toHaveLength(1)
  await nodeFiles.rmdir(path)
  await expect(nodeFiles.rmdir(path)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(nodeFiles.readdir(path, 1)).rejects.toMatchObject({ code: 'ENOENT' })
})
