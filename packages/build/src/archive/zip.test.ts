// ZIP archives of strangers: what is read, and what no archive may be.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folders.ts'
import { findPython } from '../python/interpreter.ts'
import { makeZip, type ZipFile } from '../testing/make-zip.ts'
import { readZip } from './zip.ts'

const folder = temporaryFolder()
afterAll(() => folder.dispose())

const limits = { maxBytes: 1000, maxFiles: 3 }
const read = (bytes: Buffer) => readZip(bytes, 'a', limits)
const unpack = (...files: ZipFile[]) =>
  read(makeZip(files)).map((entry) => [entry.name, entry.read().toString()])
const refusal = expect.objectContaining({
  name: 'BuildError',
  code: 'build.dependency-invalid',
}) as unknown

test('files are read as they were packed', () => {
  const files = [
    { name: 'a/b.txt', content: 'hello' },
    { name: 'run', content: '', mode: 0o100755 },
  ]
  expect(unpack(...files)).toEqual([
    ['a/b.txt', 'hello'],
    ['run', ''],
  ])
  expect(read(makeZip(files)).map(({ executable }) => executable)).toEqual([false, true])
})

const python = await findPython().catch(() => undefined)
test.skipIf(python === undefined)(
  'what another writer packs is read: stored, compressed, with a comment',
  () => {
    const path = join(folder.path, 'p.zip')
    const script = `
import zipfile
with zipfile.ZipFile(${JSON.stringify(path)}, 'w') as z:
    z.writestr('stored', 'a' * 50)
    z.writestr('packed', 'b' * 500, zipfile.ZIP_DEFLATED)
    z.comment = b'of PK\\x05\\x06 and others'`
    execFileSync(python?.program ?? '', ['-c', script])
    const entries = read(readFileSync(path))
    expect(entries.map((entry) => [entry.name, entry.read().length])).toEqual([
      ['stored', 50],
      ['packed', 500],
    ])
  },
)

test.each([
  ['../a'],
  ['a/../../b'],
  ['/etc/passwd'],
  ['a//b'],
  ['./a'],
  ['a\\b'],
  ['a\0b'],
  ['a\nb'],
  [`${'d/'.repeat(64)}f`],
  ['n'.repeat(1025)],
])('the path %j is refused', (name) => {
  expect(() => unpack({ name, content: '' })).toThrow(refusal)
})

test('links, two of a name, and a file that is a folder too are refused', () => {
  const link = { name: 'l', content: '/etc/passwd', mode: 0o120777 }
  expect(() => unpack(link)).toThrow('is a link')
  const one = { name: 'a', content: '1' }
  expect(() => unpack(one, { ...one, content: '2' })).toThrow('twice')
  expect(() => unpack(one, { name: 'a/b', content: '' })).toThrow('a file and a folder')
})

test('an archive that unpacks to more than allowed, or than it says, is refused', () => {
  const bomb = { name: 'a', content: '0'.repeat(100_000) }
  expect(() => unpack(bomb)).toThrow('unpacks to too much')
  expect(() => unpack({ ...bomb, size: 10 })).toThrow('is broken')
  const half = { content: '0'.repeat(501) }
  expect(() => unpack({ ...half, name: 'a' }, { ...half, name: 'b' })).toThrow('too much')
  const many = ['a', 'b', 'c', 'd'].map((name) => ({ name, content: '' }))
  expect(unpack(...many.slice(1)).length).toBe(3)
  expect(() => unpack(...many)).toThrow('too many files')
})

test('what readers disagree about is refused', () => {
  const file = { name: 'a', content: 'right' }
  const bytes = makeZip([file])
  expect(() => unpack({ ...file, localName: 'b' })).toThrow('is broken')
  expect(() => unpack({ ...file, flags: 1 })).toThrow(refusal)
  expect(() => read(Buffer.concat([Buffer.from('#!/bin/sh\n'), bytes]))).toThrow(refusal)
  expect(() => read(Buffer.concat([bytes, Buffer.from('x')]))).toThrow(refusal)
  expect(() => read(Buffer.concat([bytes, bytes]))).toThrow(refusal)
  const changed = Buffer.from(bytes)
  changed[33] = (changed[33] ?? 0) ^ 1
  expect(() => read(changed)[0]?.read()).toThrow('is broken')
  for (let end = 0; end < bytes.length; end++)
    expect(() => read(bytes.subarray(0, end))).toThrow(refusal)
})
