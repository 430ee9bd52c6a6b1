// Paths inside of a root, links of a hostile image included.
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveUser, RootTree } from './root-tree.ts'

let folder = ''
let outside = ''
let tree: RootTree
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-tree-'))
  outside = join(folder, 'outside')
  mkdirSync(outside)
  mkdirSync(join(folder, 'root'))
  tree = new RootTree(join(folder, 'root'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('folders and files that are missing are made', () => {
  expect(tree.make('/a/b/c', 'folder')).toBe('/a/b/c')
  expect(tree.make('/a/b/d', 'file')).toBe('/a/b/d')
  expect(readdirSync(tree.at('/a/b'))).toEqual(['c', 'd'])
})

test('links end inside, wherever they point', () => {
  symlinkSync(outside, tree.at('/absolute'))
  symlinkSync('../../../../../../../../tmp', tree.at('/relative'))
  symlinkSync('/absolute', tree.at('/twice'))
  expect(tree.make('/absolute/x', 'folder')).toBe(`${outside}/x`)
  expect(tree.make('/relative/x', 'folder')).toBe('/tmp/x')
  expect(tree.make('/twice/y', 'file')).toBe(`${outside}/y`)
  expect(readdirSync(outside)).toEqual([])
  expect(existsSync(tree.at(`${outside}/y`))).toBe(true)
})

test('a link at the end is followed inside, not written over', () => {
  symlinkSync('/target', tree.at('/end'))
  expect(tree.make('/end', 'folder')).toBe('/target')
})

test('links in a circle, and files in the way, are refused', () => {
  symlinkSync('/b', tree.at('/a'))
  symlinkSync('/a', tree.at('/b'))
  writeFileSync(tree.at('/file'), '')
  for (const path of ['/a/x', '/file/x', '/file'])
    expect(() => tree.make(path, 'folder')).toThrow(
      expect.objectContaining({ code: 'container.invalid' }),
    )
})

test('a file is replaced, not written through a link or into a file that is shared', () => {
  const shared = join(outside, 'shared')
  writeFileSync(shared, 'before')
  mkdirSync(tree.at('/etc'))
  linkSync(shared, tree.at('/etc/hosts'))
  symlinkSync(shared, tree.at('/etc/resolv.conf'))
  tree.replace('/etc/hosts', 'after')
  tree.replace('/etc/resolv.conf', 'after')
  expect(readFileSync(shared, 'utf8')).toBe('before')
  expect(readFileSync(tree.at('/etc/hosts'), 'utf8')).toBe('after')
  expect(readFileSync(tree.at('/etc/resolv.conf'), 'utf8')).toBe('after')
})

test('a top folder that is a link becomes a folder', () => {
  symlinkSync(outside, tree.at('/dev'))
  expect(tree.makeTop('dev')).toBe('/dev')
  writeFileSync(tree.at('/dev/x'), '')
  expect(readdirSync(outside)).toEqual([])
})

test('users and groups are those of the image, never root', () => {
  mkdirSync(tree.at('/etc'))
  writeFileSync(tree.at('/etc/passwd'), 'root:x:0:0::/:\nweb:x:33:34::/:\ntoor:x:0:7::/:\n')
  writeFileSync(tree.at('/etc/group'), 'staff:x:50:\n')
  expect(resolveUser('web', tree)).toEqual({ uid: 33, gid: 34 })
  expect(resolveUser('web:staff', tree)).toEqual({ uid: 33, gid: 50 })
  expect(resolveUser('7:8', tree)).toEqual({ uid: 7, gid: 8 })
  expect(resolveUser('toor', tree)).toEqual({ uid: 65_534, gid: 65_534 })
  for (const user of ['none', 'web:none', '99999999999:1'])
    expect(() => resolveUser(user, tree)).toThrow(
      expect.objectContaining({ code: 'container.invalid' }),
    )
})

test('a password file that leads out, or is no file, is none', () => {
  writeFileSync(join(outside, 'passwd'), 'web:x:33:34::/:\n')
  symlinkSync(outside, tree.at('/etc'))
  expect(tree.read('/etc/passwd')).toBe('')
  expect(tree.read('/')).toBe('')
})
