// One source, one digest: whoever builds it, where, when and how often. And what the images do.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openImage, unpackImage } from '@wetee/image'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { build, type BuildOptions } from './build.ts'
import { git, makeRepository, temporaryFolder, writeFiles } from './testing/folders.ts'
import { makeArchive, makeLock, serveArchives, type Registry } from './testing/npm-registry.ts'

let folder: ReturnType<typeof temporaryFolder>
let registry: Registry | undefined
// Shared: the layer of this machine's Node is packed once.
const shared = temporaryFolder()
const at = (name: string) => join(folder.path, name)
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  folder.dispose()
  await registry?.close()
  registry = undefined
})
afterAll(() => shared.dispose(), 60_000)

const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const make = (options: Partial<BuildOptions> & Pick<BuildOptions, 'source'>) =>
  build({
    cache: shared.path,
    ...(registry === undefined ? {} : { npmRegistry: registry.url }),
    ...options,
  })
const unpack = async (image: { layout: string; digest: string }, name: string) => {
  await unpackImage(image.layout, image.digest, at(name))
  return at(name)
}

/** A program with a dependency, a tool that builds it, and a build script. */
async function makeProgram(name: string, more: Record<string, string> = {}): Promise<string> {
  const greet = await makeArchive({
    'index.js': `module.exports='hi'`,
    'package.json': '{"main":"index.js"}',
  })
  const tool = await makeArchive({
    'cli.js': `#!/usr/bin/env node\nrequire('fs').mkdirSync('dist');require('fs').writeFileSync('dist/main.js',"console.log(require('greet'))")`,
    'package.json': '{}',
  })
  registry = await serveArchives({ 'greet.tgz': greet.bytes, 'tool.tgz': tool.bytes })
  const needs = { dependencies: { greet: '1.0.0' }, devDependencies: { tool: '1.0.0' } }
  const locked = ({ integrity }: { integrity: string }, file: string) => ({
    ...{ version: '1.0.0', integrity, resolved: `https://registry.npmjs.org/${file}` },
  })
  return makeRepository(at(name), {
    'package.json': JSON.stringify({
      ...needs,
      scripts: { build: 'tool', start: 'node dist/main.js' },
    }),
    'package-lock.json': makeLock(needs, {
      'node_modules/greet': locked(greet, 'greet.tgz'),
      'node_modules/tool': { ...locked(tool, 'tool.tgz'), dev: true, bin: { tool: 'cli.js' } },
    }),
    ...more,
  })
}

test('a program is built without network and holds what it needs to run, and no more', async () => {
  const commit = await makeProgram('p')
  const image = await make({ source: { folder: at('p') } })
  expect(image).toMatchObject({
    preset: 'node',
    cached: false,
    timeSeconds: 1_700_000_000,
    source: { commit },
  })
  expect(image.materials.map(({ uri }) => uri.replace(/-v.*/, ''))).toEqual([
    'urn:wetee:base:node',
    'urn:wetee:build-environment:node',
    'pkg:npm/greet@1.0.0',
    'pkg:npm/tool@1.0.0',
  ])
  const root = await unpack(image, 'root')
  expect(readdirSync(join(root, 'app/node_modules'))).toEqual(['greet'])
  const { config } = await openImage(image.layout, image.digest)
  expect(config).toMatchObject({
    user: '1000:1000',
    entrypoint: ['/usr/local/bin/node', '/app/dist/main.js'],
  })
  const [node = '', ...words] = config.entrypoint
  if (process.getuid?.() === 0)
    expect(execFileSync('chroot', [root, node, ...words], { encoding: 'utf8' })).toBe('hi\n')
}, 180_000)

test('two clones at other paths, times and umasks, and the repository itself, give one digest', async () => {
  const commit = await makeProgram('p')
  const digests = new Set<string>()
  for (const [name, umask] of [
    ['one', 0o022],
    ['deep/er/two', 0o077],
  ] as const) {
    const before = process.umask(umask)
    git(folder.path, 'clone', '-q', at('p'), at(name))
    utimesSync(at(`${name}/package.json`), umask, umask)
    const image = await make({
      source: { folder: at(name) },
      fresh: true,
    })
    process.umask(before)
    digests.add(image.digest)
  }
  digests.add((await make({ source: { url: at('p'), commit }, fresh: true })).digest)
  expect(digests.size).toBe(1)
}, 180_000)

test('another byte, mode, commit time, port or base gives another digest', async () => {
  const site = { 'index.html': '<p>a' }
  makeRepository(at('r'), site)
  const source = { folder: at('r') }
  const digests = [
    await make({ source }),
    await make({ source, timeSeconds: 1 }),
    await make({ source, port: 81 }),
  ]
  chmodSync(at('r/index.html'), 0o755)
  digests.push(await make({ source, timeSeconds: 1_700_000_000 }))
  writeFiles(at('r'), { 'index.html': '<p>b' })
  digests.push(await make({ source, timeSeconds: 1_700_000_000 }))
  expect(new Set(digests.map(({ digest }) => digest)).size).toBe(digests.length)
}, 60_000)

test('a second build is taken from the cache, unless its bytes were changed there', async () => {
  makeRepository(at('r'), { 'index.html': '<p>cache' })
  const source = { folder: at('r') }
  const first = await make({ source })
  expect(await make({ source })).toEqual({ ...first, cached: true })
  const { manifest } = await openImage(first.layout, first.digest)
  const top = manifest.layers.at(-1)
  if (top === undefined) throw new Error('no layer')
  const blob = join(first.layout, 'blobs/sha256', top.digest.slice(7))
  const bytes = readFileSync(blob)
  bytes[bytes.length - 2000] = 0x41
  writeFileSync(blob, bytes)
  expect(await make({ source })).toEqual(first)
  // A result of something else under this key is no result either.
  writeFileSync(join(first.layout, 'digest'), `sha256:${'0'.repeat(64)}`)
  expect((await make({ source })).cached).toBe(false)
}, 60_000)

test('a build script reaches neither the cache nor the next build', async () => {
  const write = `for d in ${shared.path} ${at('cache')} /tmp; do echo x > $d/poison; done; tool`
  await makeProgram('p')
  const manifest = JSON.parse(readFileSync(at('p/package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  manifest.scripts['build'] = write
  writeFileSync(at('p/package.json'), JSON.stringify(manifest))
  const before = readdirSync(shared.path).sort()
  const image = await make({ source: { folder: at('p') } })
  expect(readdirSync(shared.path).sort()).toEqual(before)
  const root = await unpack(image, 'root')
  expect(readdirSync(join(root, 'tmp'))).toEqual([])
}, 60_000)

test('a build script changes no package of the image', async () => {
  await makeProgram('p')
  const manifest = JSON.parse(readFileSync(at('p/package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  manifest.scripts['build'] = `echo "module.exports='evil'" > node_modules/greet/index.js && tool`
  writeFileSync(at('p/package.json'), JSON.stringify(manifest))
  const root = await unpack(await make({ source: { folder: at('p') } }), 'root')
  expect(readFileSync(join(root, 'app/node_modules/greet/index.js'), 'utf8')).toContain('hi')
}, 60_000)

test('a static site is served with types and digests, and nothing beside it', async () => {
  makeRepository(at('r'), {
    'public/index.html': '<p>home',
    'public/a/index.html': '<p>a',
    'secret.txt': 'x',
  })
  const image = await make({ source: { folder: at('r') } })
  expect(image.preset).toBe('static')
  const root = await unpack(image, 'root')
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  const server = spawn(process.execPath, [join(root, 'app/server.mjs'), join(root, 'site')], {
    env: { PORT: String(port) },
  })
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      expect(line).toBe('serving 2 files')
      break
    }
    const get = (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init })
    const home = await get('/')
    expect([home.status, home.headers.get('content-type'), await home.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<p>home',
    ])
    const again = await get('/', { headers: { 'if-none-match': home.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    expect((await get('/a')).headers.get('location')).toBe('/a/')
    expect((await get('//example.org/..')).status).toBe(404)
    for (const path of ['/secret.txt', '/..%2f..%2fetc/passwd', '/%', '/../app/server.mjs'])
      expect((await get(path)).status, path).toBe(404)
    expect((await get('/', { method: 'POST' })).status).toBe(405)
  } finally {
    server.kill('SIGKILL')
    await once(server, 'close')
  }
}, 60_000)

test.each([
  [
    'dependencies without a lock file',
    { 'package.json': '{"dependencies":{"a":"1"}}' },
    'build.lock-missing',
  ],
  ['a program that is not there', { 'package.json': '{"main":"x.js"}' }, 'build.entry-missing'],
  ['nothing known', { 'main.rs': '' }, 'build.preset-unknown'],
  ['a Python program without a lock', { 'pyproject.toml': '' }, 'build.lock-missing'],
  ['a manifest that is none', { 'package.json': '[]' }, 'build.package-invalid'],
])('%s is refused with a reason', async (_, files: Record<string, string>, code) => {
  await expect(make({ source: { folder: writeFiles(at('p'), files) } })).rejects.toEqual(
    refusal(code),
  )
})

test('a base is named by digest; a cache that others can write is refused', async () => {
  const source = { folder: writeFiles(at('p'), { 'index.html': '' }) }
  await expect(make({ source, base: 'node:24' })).rejects.toEqual(refusal('build.image-invalid'))
  const open = join(writeFiles(at('open'), { x: '' }))
  chmodSync(open, 0o777)
  await expect(make({ source, cache: open })).rejects.toEqual(refusal('build.cache-unsafe'))
})
