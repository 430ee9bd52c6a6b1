// Sealed files: whole or absent, and nothing but what was sealed under the same name.
import {
  existsSync,
  fstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync as systemWrite,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSealed, removeSealed, writeSealed, type Disk } from './sealed-file.ts'

const seal = { key: new Uint8Array(32).fill(7), name: Buffer.from('epoch 1') }
const plain = Buffer.from('thirty-two bytes, give or take')

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
  file = join(folder, 'shares', 'epoch-1.sealed')
})
afterEach(() => rmSync(folder, { recursive: true }))

const failing = (code: string, after: number): Disk => {
  let written = 0
  return {
    write: (_, bytes) => {
      if (written >= after) throw Object.assign(new Error(`${code}: no space`), { code })
      written += 1
      return Math.min(bytes.length, 1)
    },
  }
}

test('what was written is read again; nothing of it shows, and only its owner can read it', () => {
  expect(readSealed(file, seal, 100)).toBeUndefined()
  writeSealed(file, seal, plain)
  expect(readSealed(file, seal, 100)).toEqual(plain)
  expect(readFileSync(file).includes(plain.subarray(0, 8))).toBe(false)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'shares'))).toEqual(['epoch-1.sealed'])
})

test('bytes are on the disk before the file has its name, and the name before anything goes on', () => {
  const seen: string[] = []
  writeSealed(file, seal, plain, {
    write: (handle, bytes) => {
      seen.push('write')
      return systemWrite(handle, bytes)
    },
    sync: (handle) => {
      const what = fstatSync(handle).isDirectory() ? 'folder' : 'file'
      seen.push(`${what}, ${existsSync(file) ? 'named' : 'not named'}`)
    },
  })
  expect(seen).toEqual(['write', 'file, not named', 'folder, named'])
})

test('a file of another name, key or length is unreadable', () => {
  writeSealed(file, seal, plain)
  const others = [
    { ...seal, name: Buffer.from('epoch 2') },
    { ...seal, key: new Uint8Array(32).fill(8) },
  ]
  for (const other of others) expect(readSealed(file, other, 100)).toBe('unreadable')
  expect(readSealed(file, seal, plain.length - 1)).toBe('unreadable')
  expect(readSealed(file, seal, plain.length)).toEqual(plain)
})

test('a file with any bit changed, or cut anywhere, is unreadable', () => {
  writeSealed(file, seal, plain)
  const bytes = readFileSync(file)
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 0x80
    writeFileSync(file, changed)
    expect(readSealed(file, seal, 100)).toBe('unreadable')
    writeFileSync(file, bytes.subarray(0, at))
    expect(readSealed(file, seal, 100)).toBe('unreadable')
  }
})

test('a full disk is said as such, and the older file stays whole', () => {
  writeSealed(file, seal, plain)
  for (const [code, expected] of [
    ['ENOSPC', 'state.disk-full'],
    ['EDQUOT', 'state.disk-full'],
    ['EIO', 'state.unwritable'],
  ] as const)
    for (const after of [0, 5]) {
      const write = () => writeSealed(file, seal, Buffer.from('newer'), failing(code, after))
      expect(write).toThrow(expect.objectContaining({ code: expected }) as Error)
      expect(readSealed(file, seal, 100)).toEqual(plain)
      expect(readdirSync(join(folder, 'shares'))).toEqual(['epoch-1.sealed'])
    }
})

test('a disk that takes a few bytes at a time gets all of them', () => {
  const slow: Disk = { write: (handle, bytes) => systemWrite(handle, bytes.subarray(0, 3)) }
  writeSealed(file, seal, plain, slow)
  expect(readSealed(file, seal, 100)).toEqual(plain)
})

test('a file is removed for good, and none is none to remove', () => {
  removeSealed(file)
  writeSealed(file, seal, plain)
  removeSealed(file)
  expect(readSealed(file, seal, 100)).toBeUndefined()
})
