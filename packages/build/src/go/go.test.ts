// Go programs: modules by their hashes, one program with the same bytes everywhere, and what a module or a go.mod may not do.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openImage, unpackImage } from '@wetee/image'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { readZip } from '../archive/zip.ts'
import { build, type BuildOptions } from '../build.ts'
import { readFolder } from '../source/read-folder.ts'
import { git, makeRepository, temporaryFolder, writeFiles } from '../testing/folders.ts'
import { makeZip, type ZipFile } from '../testing/make-zip.ts'
import { serveArchives, type Registry } from '../testing/npm-registry.ts'
import { fetchModules } from './fetch-modules.ts'
import { compareGoVersions, parseGoMod } from './go-mod.ts'
import { parseGoSum } from './go-sum.ts'
import { mainPackageOf } from './main-package.ts'
import { hashGoMod, hashModule } from './module-hash.ts'

// Shared: the toolchain is packed once.
const shared = temporaryFolder()
let folder: ReturnType<typeof temporaryFolder>
let proxy: Registry | undefined
const at = (name: string) => join(folder.path, name)
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  folder.dispose()
  await proxy?.close()
  proxy = undefined
})
afterAll(() => shared.dispose(), 60_000)

const hasGo = existsSync('/usr/local/go/VERSION')
if (!hasGo)
  process.stderr.write('Go is not installed in /usr/local/go: programs are not compiled in tests\n')
const withGo = test.skipIf(!hasGo)

const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const base64 = (hex: string) => `h1:${Buffer.from(hex, 'hex').toString('base64')}`
const make = (name: string, options: Partial<BuildOptions> = {}) =>
  build({
    source: { folder: at(name) },
    cache: shared.path,
    ...(proxy === undefined ? {} : { goProxy: proxy.url }),
    ...options,
  })

const greetMod = 'module example.org/Greet\n\ngo 1.20\n'
const greetFiles: readonly ZipFile[] = [
  { name: 'example.org/Greet@v1.0.0/go.mod', content: greetMod },
  {
    name: 'example.org/Greet@v1.0.0/greet.go',
    content: 'package greet\n\nfunc Word() string { return "hi" }\n',
  },
]
const hashOf = (files: readonly ZipFile[]) =>
  base64(
    hashModule(
      readZip(makeZip(files), 'm', { maxBytes: 2 ** 30, maxFiles: 100 }).map((entry) => entry),
    ),
  )
const sumOf = (zip: string) =>
  `example.org/Greet v1.0.0 ${zip}\nexample.org/Greet v1.0.0/go.mod ${base64(hashGoMod(Buffer.from(greetMod)))}\n`

/** A program that prints a word of its dependency, and the proxy that has it. */
async function makeProgram(more: Record<string, string> = {}, served = greetFiles) {
  proxy = await serveArchives({
    'example.org/!greet/@v/v1.0.0.mod': Buffer.from(greetMod),
    'example.org/!greet/@v/v1.0.0.zip': makeZip(served),
  })
  return makeRepository(at('p'), {
    'go.mod': 'module example.org/hello\n\ngo 1.20\n\nrequire example.org/Greet v1.0.0\n',
    'go.sum': sumOf(hashOf(greetFiles)),
    'main.go':
      'package main\n\nimport "example.org/Greet"\n\nfunc main() { println(greet.Word()) }\n',
    'gen.go': '//go:build ignore\n\npackage other\n',
    ...more,
  })
}

withGo(
  'a program is one static file on an empty root, with one digest from two clones',
  async () => {
    const commit = await makeProgram()
    const certificates = at('ca.pem')
    writeFileSync(certificates, '-----BEGIN CERTIFICATE-----\n')
    const image = await make('p', { certificates })
    expect(image).toMatchObject({ preset: 'go', cached: false, source: { commit } })
    expect(image.materials.map(({ uri }) => uri.replace(/go1\..*/, 'go1'))).toEqual([
      'urn:wetee:toolchain:go1',
      'urn:wetee:certificates',
      'pkg:golang/example.org/Greet@v1.0.0',
      'pkg:golang/example.org/Greet@v1.0.0#go.mod',
    ])
    const { config } = await openImage(image.layout, image.digest)
    expect(config).toMatchObject({ user: '1000:1000', entrypoint: ['/app/hello'] })
    await unpackImage(image.layout, image.digest, at('root'))
    expect(readdirSync(at('root/app'))).toEqual(['hello'])
    expect(existsSync(at('root/bin'))).toBe(false)
    expect(readdirSync(at('root/etc/ssl/certs'))).toEqual(['ca-certificates.crt'])
    const program = at('root/app/hello')
    expect(execFileSync(program, { stdio: ['ignore', 'ignore', 'pipe'] })).toBeDefined()
    expect(readFileSync(program).includes(Buffer.from(folder.path))).toBe(false)
    git(folder.path, 'clone', '-q', at('p'), at('deep/er'))
    const again = await make('deep/er', { certificates, fresh: true })
    expect(again.digest).toBe(image.digest)
    // Modules were there already, and a build that was made is not made again.
    expect(proxy?.asked).toBe(2)
    expect(await make('deep/er', { certificates })).toMatchObject({
      digest: image.digest,
      cached: true,
    })
  },
  240_000,
)

withGo(
  'a module that go.sum does not name is not fetched while building',
  async () => {
    const [, modLine = ''] = sumOf(hashOf(greetFiles)).split('\n')
    await makeProgram({ 'go.sum': `${modLine}\n` })
    await expect(make('p')).rejects.toEqual(refusal('build.script-failed'))
    // Its go.mod, where that is not there from before; never its archive.
    expect(proxy?.asked).toBeLessThanOrEqual(1)
  },
  120_000,
)

test('a file that holds no certificates is not taken for authorities', async () => {
  await makeProgram()
  writeFileSync(at('key.pem'), '-----BEGIN PRIVATE KEY-----\n')
  for (const certificates of [at('key.pem'), at('none.pem'), folder.path])
    await expect(make('p', { certificates })).rejects.toEqual(refusal('build.image-invalid'))
})

test('the program is the package at the root, else the one in cmd, else the one there with the name', async () => {
  const main = async (name: string, ...paths: string[]) => {
    const files = paths.map((path) => [path, '// x\npackage main\n'] as const)
    writeFiles(at(name), {
      ...Object.fromEntries(files),
      'lib.go': '//go:build ignore\n\npackage main\n',
    })
    return mainPackageOf(await readFolder(at(name), at(`${name}-staged`)), 'example.org/tool/v2')
  }
  expect(await main('a', 'main.go', 'cmd/x/a.go')).toEqual({ path: '.', name: 'tool' })
  expect(await main('b', 'cmd/x/a.go', 'cmd/y/a_test.go')).toEqual({ path: './cmd/x', name: 'x' })
  expect((await main('c', 'cmd/x/a.go', 'cmd/tool/a.go')).name).toBe('tool')
  await expect(main('d', 'cmd/x/a.go', 'cmd/y/a.go')).rejects.toEqual(
    refusal('build.entry-missing'),
  )
  await expect(main('e', 'a_test.go')).rejects.toEqual(refusal('build.entry-missing'))
})

const other = (name: string, content: string) => [...greetFiles, { name, content }]
test.each([
  ['other bytes', [greetFiles[0], { ...greetFiles[1], content: 'package evil\n' }], 'digest'],
  ['one more file', other('example.org/Greet@v1.0.0/x.go', 'package greet'), 'digest'],
  ['a file elsewhere', other('example.org/other@v1.0.0/x.go', ''), 'invalid'],
  ['a way out', other('example.org/Greet@v1.0.0/../../x', ''), 'invalid'],
  [
    'a link',
    [...greetFiles, { name: 'example.org/Greet@v1.0.0/l', content: '/etc/passwd', mode: 0o120777 }],
    'invalid',
  ],
  [
    'a bomb',
    [{ name: 'example.org/Greet@v1.0.0/z', content: 'x', size: 600 * 2 ** 20 }],
    'invalid',
  ],
])(
  'a module with %s is refused and not kept',
  async (_, served, kind) => {
    await makeProgram({}, served as ZipFile[])
    const modules = parseGoSum(sumOf(hashOf(greetFiles)))
    const cache = at('cache')
    const fetching = fetchModules(modules, { cache, proxy: proxy?.url ?? '' })
    await expect(fetching).rejects.toEqual(refusal(`build.dependency-${kind}`))
    expect(readdirSync(cache).filter((name) => !name.endsWith('.mod'))).toEqual([])
  },
  60_000,
)

test.each([
  ['no go.sum', { 'go.sum': '' }, 'build.lock-missing'],
  ['a line that is none', { 'go.sum': 'example.org/a v1 h1:x\n' }, 'build.lock-invalid'],
  ['a newer Go', { 'go.mod': 'module example.org/a\ngo 1.999\n' }, 'build.toolchain-old'],
  [
    'a newer toolchain',
    { 'go.mod': 'module a\ngo 1.20\ntoolchain go1.999.1\n' },
    'build.toolchain-old',
  ],
  ['no module', { 'go.mod': 'go 1.20\n' }, 'build.package-invalid'],
  ['nothing to run', { 'main.go': 'package lib\n' }, 'build.entry-missing'],
])('%s is refused with a reason', async (_, files: Record<string, string>, code) => {
  await makeProgram(files)
  if (files['go.sum'] === '') execFileSync('rm', [at('p/go.sum')])
  await expect(make('p', hasGo ? {} : { goFolder: at('go') })).rejects.toEqual(refusal(code))
  expect(proxy?.asked).toBe(0)
})

test('where no Go is, it says what to install', async () => {
  await makeProgram()
  const building = make('p', { goFolder: at('none') })
  await expect(building).rejects.toEqual(refusal('build.engine-missing'))
  await expect(building).rejects.toThrow('https://go.dev/dl/')
})

test('lines of go.sum are read', () => {
  const lines = parseGoSum(sumOf(hashOf(greetFiles)))
  expect(lines.map(({ path, version, kind }) => [path, version, kind])).toEqual([
    ['example.org/Greet', 'v1.0.0', 'zip'],
    ['example.org/Greet', 'v1.0.0', 'mod'],
  ])
})

test.each([
  'example.org/../a v1.0.0 H',
  '/etc v1.0.0 H',
  'example.org/a v1.0.0/../x H',
  'example.org/a ../v1.0.0 H',
  'example.org/a v1.0.0 h2:AAAA',
  'example.org/a v1.0.0 H more',
  'example.org/a?b v1.0.0 H',
])('the go.sum line %s is refused', (line) => {
  const hash = `h1:${'A'.repeat(43)}=`
  expect(() => parseGoSum(line.replace('H', hash))).toThrow(refusal('build.lock-invalid'))
})

test('a module with two hashes is refused', () => {
  const line = (letter: string) => `example.org/a v1.0.0 h1:${letter.repeat(43)}=\n`
  expect(parseGoSum(line('A') + line('A')).length).toBe(1)
  expect(() => parseGoSum(line('A') + line('B'))).toThrow(refusal('build.lock-invalid'))
})

test('go.mod is read in lines and blocks, with comments and quotes', () => {
  const text =
    'module "example.org/a" // name\ngo 1.21\ntoolchain go1.22.3\nrequire (\n\tb v1.0.0 // indirect\n)\n'
  expect(parseGoMod(text)).toEqual({
    module: 'example.org/a',
    goVersion: '1.22.3',
    hasRequirements: true,
  })
  expect(parseGoMod('module a\nrequire (\n)\n')).toEqual({ module: 'a', hasRequirements: false })
})

test('versions of Go are in their order', () => {
  const order = ['1.9', '1.21', '1.21beta1', '1.21rc1', '1.21rc2', '1.21.0', '1.21.10', '1.100.0']
  for (let index = 1; index < order.length; index++)
    expect(compareGoVersions(order[index - 1] ?? '', order[index] ?? '')).toBeLessThan(0)
})
