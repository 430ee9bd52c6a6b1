import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readElf } from './elf.ts'
import { nodePath, nodeRuntimeLayer } from './node-runtime.ts'
import { temporaryFolder } from './testing/raw-image.ts'
import { unpackImage } from './unpack.ts'
import { writeImage } from './write-image.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.dispose())

const loader = '/lib64/ld-linux-x86-64.so.2'

/**
 * A minimal ELF program that needs one library: header, three program headers, texts, dynamic
 * table.
 */
function elfProgram(library: string, interpreter: string): Buffer {
  const strings = Buffer.from(`\0${library}\0`)
  const interpreterAt = 64 + 3 * 56
  const stringsAt = interpreterAt + interpreter.length + 1
  const dynamicAt = stringsAt + strings.length
  const dynamic = [
    [1, 1],
    [5, stringsAt],
    [10, strings.length],
    [0, 0],
  ]
  const file = Buffer.alloc(dynamicAt + dynamic.length * 16)
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  file.writeUInt16LE(62, 18)
  file.writeBigUInt64LE(64n, 32)
  file.writeUInt16LE(56, 54)
  file.writeUInt16LE(3, 56)
  const segments = [
    [1, 0, file.length],
    [3, interpreterAt, interpreter.length + 1],
    [2, dynamicAt, dynamic.length * 16],
  ] as const
  segments.forEach(([type, offset, size], index) => {
    const at = 64 + index * 56
    file.writeUInt32LE(type, at)
    file.writeBigUInt64LE(BigInt(offset), at + 8)
    file.writeBigUInt64LE(BigInt(offset), at + 16)
    file.writeBigUInt64LE(BigInt(size), at + 32)
  })
  file.write(interpreter, interpreterAt)
  file.set(strings, stringsAt)
  dynamic.forEach(([tag = 0, value = 0], index) => {
    file.writeBigUInt64LE(BigInt(tag), dynamicAt + index * 16)
    file.writeBigUInt64LE(BigInt(value), dynamicAt + index * 16 + 8)
  })
  return file
}

function program(bytes: Buffer): string {
  const path = join(folder.path, 'program')
  writeFileSync(path, bytes)
  chmodSync(path, 0o755)
  return path
}

test('the headers of a program name its loader and libraries', async () => {
  const elf = await readElf(program(elfProgram('libm.so.6', loader)))
  expect(elf).toEqual({ machine: 62, interpreter: loader, needed: ['libm.so.6'], runPath: [] })
})

test('a missing library is named', async () => {
  const layer = nodeRuntimeLayer({ program: program(elfProgram('libnowhere.so.9', loader)) })
  await expect(layer).rejects.toMatchObject({ code: 'runtime.library-missing' })
  await expect(layer).rejects.toThrow(/needs libnowhere\.so\.9/)
})

test('a missing loader is named', async () => {
  const layer = nodeRuntimeLayer({ program: program(elfProgram('libm.so.6', '/lib/ld-none.so')) })
  await expect(layer).rejects.toThrow(/needs \/lib\/ld-none\.so/)
})

test.each([
  ['a script', Buffer.from('#!/bin/sh\nexit 0\n'.padEnd(80))],
  ['an empty file', Buffer.alloc(0)],
  ['a cut-off program', elfProgram('libm.so.6', loader).subarray(0, 120)],
])('%s is no program for a layer', async (_, bytes) => {
  await expect(nodeRuntimeLayer({ program: program(bytes) })).rejects.toMatchObject({
    code: 'runtime.elf',
  })
})

test('Node runs in a root that holds nothing but the layer', async () => {
  const layer = await nodeRuntimeLayer()
  const entries = await layer.entries()
  const paths = entries.map(({ path }) => path)
  expect(paths).toContain(nodePath)
  expect(paths.some((path) => path.endsWith('/libc.so.6'))).toBe(true)
  for (const path of [
    '/etc/passwd',
    '/etc/group',
    '/tmp',
    '/run',
    '/proc',
    '/dev',
    '/sys',
    '/images',
  ])
    expect(paths).toContain(path)
  // Changing the root needs root; elsewhere the runtimes' conformance tests run the image.
  if (process.getuid?.() !== 0) return
  const layout = join(folder.path, 'layout')
  const { digest } = await writeImage({ layout, layers: [layer], config: {} })
  const root = join(folder.path, 'root')
  await unpackImage(layout, digest, root)
  const output = execFileSync('chroot', [root, nodePath, '-p', '`${process.version} ${1 + 1}`'])
  expect(output.toString().trim()).toBe(`${process.version} 2`)
})
