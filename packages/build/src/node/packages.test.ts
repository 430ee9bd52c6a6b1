// Packages of a lock file: what is installed where, and what an archive or a lock file may not do.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folders.ts'
import {
  integrityOf,
  makeArchive,
  makeLock,
  serveArchives,
  type Registry,
} from '../testing/npm-registry.ts'
import { archivePath, fetchPackages } from './fetch-packages.ts'
import { parsePackageLock } from './package-lock.ts'
import { parsePackageManifest } from './package-manifest.ts'
import { unpackPackages } from './unpack-packages.ts'

let folder: ReturnType<typeof temporaryFolder>
let registry: Registry | undefined
const at = (name: string) => join(folder.path, name)
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  folder.dispose()
  await registry?.close()
  registry = undefined
})

const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const sha512 = integrityOf(new Uint8Array())
const entry = {
  version: '1.0.0',
  resolved: 'https://registry.npmjs.org/a/-/a.tgz',
  integrity: sha512,
}
const lockOf = (packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
  parsePackageLock(makeLock({}, packages), {})

/** Serves one archive as package `a`, fetches and unpacks it. */
async function install(
  bytes: Uint8Array,
  more: Record<string, unknown> = {},
  limits = { maxBytes: 2 ** 20, maxFiles: 10 },
) {
  registry ??= await serveArchives({ 'a/-/a.tgz': bytes })
  const lock = lockOf({ 'node_modules/a': { ...entry, integrity: integrityOf(bytes), ...more } })
  await fetchPackages(lock.packages, { cache: at('cache'), registry: registry.url })
  await unpackPackages(lock, at('to'), at('cache'), limits)
}

test('packages lie where the lock file says, with their commands, without links and devices', async () => {
  const { bytes } = await makeArchive({ 'cli.js': '#!/usr/bin/env node', 'lib/x.js': 'x' }, [
    { name: 'package/link', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'package/pipe', type: 'fifo' },
  ])
  await install(bytes, { bin: { a: './cli.js' } })
  expect(readdirSync(at('to/node_modules/a')).sort()).toEqual(['cli.js', 'lib'])
  expect(readlinkSync(at('to/node_modules/.bin/a'))).toBe('../a/cli.js')
  expect(statSync(at('to/node_modules/a/cli.js')).mode & 0o777).toBe(0o755)
  expect(statSync(at('to/node_modules/a/lib/x.js')).mode & 0o777).toBe(0o644)
})

test('what the cache has is not fetched again; what was changed there is', async () => {
  const { bytes } = await makeArchive({ 'index.js': 'right' })
  await install(bytes)
  await install(bytes)
  expect(registry?.asked).toBe(1)
  const lock = lockOf({ 'node_modules/a': { ...entry, integrity: integrityOf(bytes) } })
  const [wanted] = lock.packages
  if (wanted === undefined) throw new Error('no package')
  const poisoned = await makeArchive({ 'index.js': 'wrong' })
  writeFileSync(archivePath(at('cache'), wanted), poisoned.bytes)
  // Between fetching and unpacking too.
  await expect(unpackPackages(lock, at('other'), at('cache'))).rejects.toEqual(
    refusal('build.dependency-digest'),
  )
  await install(bytes)
  expect(registry?.asked).toBe(2)
  expect(readFileSync(at('to/node_modules/a/index.js'), 'utf8')).toBe('right')
})

test('an archive with another digest than that of the lock file is refused and not kept', async () => {
  const { bytes } = await makeArchive({ 'index.js': 'x' })
  const installing = install(bytes, { integrity: sha512 })
  await expect(installing).rejects.toEqual(refusal('build.dependency-digest'))
  expect(readdirSync(at('cache'))).toEqual([])
})

test('archives that unpack to much, or to many files, are refused', async () => {
  const bomb = await makeArchive({ zeros: '\0'.repeat(4 * 2 ** 20) })
  expect(bomb.bytes.length).toBeLessThan(10_000)
  await expect(install(bomb.bytes)).rejects.toThrow('unpack to too much')
  await registry?.close()
  registry = undefined
  const many = await makeArchive(
    Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`f${i}`, ''])),
  )
  await expect(install(many.bytes)).rejects.toThrow('too many files')
})

test.each(['package/../../escape', 'package/a/../../../escape'])(
  'the path %s is refused',
  async (name) => {
    const { bytes } = await makeArchive({}, [{ name }])
    await expect(install(bytes)).rejects.toEqual(refusal('build.dependency-invalid'))
  },
)

test('bytes that are no archive are refused', async () => {
  await expect(install(Buffer.from('nothing'))).rejects.toEqual(refusal('build.dependency-invalid'))
  await registry?.close()
  registry = undefined
  await expect(install(gzipSync('nothing'))).rejects.toEqual(refusal('build.dependency-invalid'))
})

test('only HTTPS is asked, and this machine only where it is the registry', async () => {
  for (const resolved of [
    'http://example.org/a.tgz',
    'https://127.0.0.1/a.tgz',
    'http://127.0.0.1:1/a.tgz',
  ]) {
    const lock = lockOf({ 'node_modules/a': { ...entry, resolved } })
    const fetching = fetchPackages(lock.packages, {
      cache: at('cache'),
      registry: 'https://registry.npmjs.org/',
    })
    await expect(fetching, resolved).rejects.toEqual(refusal('build.dependency-invalid'))
  }
})

test('packages of other machines and of archives are left out; workspaces are links', () => {
  const lock = lockOf({
    'packages/w': { name: 'w' },
    'node_modules/w': { resolved: 'packages/w', link: true },
    'node_modules/mac': { ...entry, os: ['darwin'], optional: true },
    'node_modules/not-linux': { ...entry, os: ['!linux'], optional: true },
    'node_modules/musl': { ...entry, libc: ['musl'], optional: true },
    'node_modules/a/node_modules/in': { inBundle: true },
    'node_modules/@s/dev': { ...entry, dev: true, hasInstallScript: true },
  })
  expect(lock.links).toEqual([{ place: 'node_modules/w', target: 'packages/w' }])
  expect(lock.packages.map(({ place, development }) => [place, development])).toEqual([
    ['node_modules/@s/dev', true],
  ])
})

test.each([
  ['a place outside', { '../node_modules/a': entry }],
  ['a place with a way up', { 'node_modules/a/../../node_modules/b': entry }],
  ['a name that is none', { 'node_modules/..': entry }],
  ['no digest', { 'node_modules/a': { ...entry, integrity: undefined } }],
  [
    'a weak digest alone',
    { 'node_modules/a': { ...entry, integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' } },
  ],
  [
    'a repository',
    { 'node_modules/a': { ...entry, resolved: 'git+ssh://git@example.org/a.git#abc' } },
  ],
  ['a link outside', { 'node_modules/a': { resolved: '../a', link: true } }],
  ['a command outside', { 'node_modules/a': { ...entry, bin: { a: '../../x' } } }],
  ['a command in another folder', { 'node_modules/a': { ...entry, bin: { '../a': 'x' } } }],
  ['a needed package of another machine', { 'node_modules/a': { ...entry, cpu: ['arm64'] } }],
])('a lock file with %s is refused', (_, packages) => {
  expect(() => lockOf(packages as never)).toThrow(refusal('build.lock-invalid'))
})

test('a lock file that asks for something else than package.json is refused', () => {
  const manifest = { dependencies: { a: '1' } }
  expect(parsePackageLock(makeLock(manifest, {}), manifest).packages).toEqual([])
  for (const other of [
    {},
    { dependencies: { a: '2' } },
    { ...manifest, devDependencies: { b: '1' } },
  ])
    expect(() => parsePackageLock(makeLock(manifest, {}), other)).toThrow(
      refusal('build.lock-differs'),
    )
})

test('a start script in plain words is the program; one for a shell is refused', () => {
  const program = (start: string) =>
    parsePackageManifest(JSON.stringify({ scripts: { start } })).program
  expect(program('node --enable-source-maps dist/main.js serve')).toEqual([
    '--enable-source-maps',
    'dist/main.js',
    'serve',
  ])
  for (const start of [
    'node a.js && node b.js',
    'PORT=1 node a.js',
    'ts-node a.ts',
    'node',
    'node $X',
  ])
    expect(() => program(start), start).toThrow(refusal('build.package-invalid'))
  expect(parsePackageManifest('{"main":"lib"}').program).toEqual(['lib'])
})

test('a folder where a command should be is not linked', async () => {
  const { bytes } = await makeArchive({ 'bin/x': '' })
  mkdirSync(at('to'))
  await install(bytes, { bin: { a: 'bin' } })
  expect(() => lstatSync(at('to/node_modules/.bin/a'))).toThrow('ENOENT')
})
