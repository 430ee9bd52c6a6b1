// The store on disk: whole files or none, bounded, the same after a restart.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CiphertextStore } from './ciphertext-store.ts'

const digest = (n: number) => n.toString(16).padStart(64, '0')
const bytes = (size: number) => new Uint8Array(size).fill(7)
const limits = { files: 3, bytes: 100, filesOfApp: 2, bytesOfApp: 60 }
const code = (name: string): unknown => expect.objectContaining({ code: name })
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ciphertexts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what is put is there, also after a restart, and gone once removed', () => {
  const store = new CiphertextStore(folder)
  store.put(7n, digest(1), bytes(10))
  store.put(8n, digest(2), bytes(20))
  const again = new CiphertextStore(folder)
  expect(again.size).toEqual({ files: 2, bytes: 30 })
  expect(again.get(digest(2))).toEqual(bytes(20))
  expect(again.listOf(7n).map((file) => file.digest)).toEqual([digest(1)])
  again.remove(digest(1))
  again.remove(digest(9))
  expect(again.size).toEqual({ files: 1, bytes: 20 })
  expect(again.get(digest(1))).toBeUndefined()
  expect(new CiphertextStore(folder).has(digest(1))).toBe(false)
})

test('a second put of one digest changes nothing', () => {
  const store = new CiphertextStore(folder)
  store.put(7n, digest(1), bytes(10))
  store.put(8n, digest(1), bytes(20))
  expect(store.size).toEqual({ files: 1, bytes: 10 })
})

test('an application has no more files and bytes than it may, and takes none from others', () => {
  const store = new CiphertextStore(folder, limits)
  store.put(7n, digest(1), bytes(30))
  expect(() => store.put(7n, digest(2), bytes(31))).toThrow(code('ciphertext.app-full'))
  store.put(7n, digest(2), bytes(30))
  expect(() => store.put(7n, digest(3), bytes(0))).toThrow(code('ciphertext.app-full'))
  expect(() => store.put(8n, digest(3), bytes(41))).toThrow(code('ciphertext.store-full'))
  store.put(8n, digest(3), bytes(40))
  expect(() => store.put(9n, digest(4), bytes(0))).toThrow(code('ciphertext.store-full'))
  store.remove(digest(1))
  store.put(9n, digest(4), bytes(30))
  expect(store.size).toEqual({ files: 3, bytes: 100 })
})

test('what was written by halves is no file, and goes; strange names are left alone', () => {
  mkdirSync(join(folder, '7'))
  mkdirSync(join(folder, 'lost+found'))
  writeFileSync(join(folder, '7', `${digest(1)}.partial`), 'half')
  writeFileSync(join(folder, '7', 'note'), 'mine')
  const store = new CiphertextStore(folder)
  expect(store.size.files).toBe(0)
  expect(readdirSync(join(folder, '7'))).toEqual(['note'])
  expect(() => store.put(7n, '../escape', bytes(1))).toThrow()
  expect(existsSync(join(folder, '..', 'escape'))).toBe(false)
})

test('a folder that cannot be written is said so, and nothing is counted', () => {
  const store = new CiphertextStore(folder)
  writeFileSync(join(folder, '7'), 'a file where a folder belongs')
  expect(() => store.put(7n, digest(1), bytes(1))).toThrow(code('ciphertext.store-unusable'))
  expect(store.size).toEqual({ files: 0, bytes: 0 })
})

test('a file that has grown beyond any secret is not read', () => {
  const store = new CiphertextStore(folder)
  store.put(7n, digest(1), bytes(1))
  writeFileSync(join(folder, '7', digest(1)), bytes(100_000))
  expect(store.get(digest(1))).toBeUndefined()
})
