// Python programs: wheels by their hashes, the same image from everywhere, and what a lock file, an index or a wheel may not do.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyRootLayer, openImage, unpackImage, writeImage } from '@wetee/image'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { build, type BuildOptions } from '../build.ts'
import { fuzzSeeds, fuzzTargets } from '../fuzz.ts'
import { git, makeRepository, temporaryFolder } from '../testing/folders.ts'
import { makeZip, type ZipFile } from '../testing/make-zip.ts'
import { serveArchives, type Registry } from '../testing/npm-registry.ts'
import { chooseWheels } from './choose-wheels.ts'
import { findPython, pulledPython } from './interpreter.ts'
import { parseRequirements } from './requirements.ts'
import { unpackWheels } from './unpack-wheels.ts'
import { parseWheelName, wheelFit } from './wheel-name.ts'

// Shared: the interpreter is packed once.
const shared = temporaryFolder()
let folder: ReturnType<typeof temporaryFolder>
let index: Registry | undefined
const at = (name: string) => join(folder.path, name)
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  folder.dispose()
  await index?.close()
  index = undefined
})
afterAll(() => shared.dispose(), 60_000)

const minor = await findPython().then(
  (found) => found.minor,
  () => undefined,
)
if (minor === undefined) {
  const missing = 'CPython 3 is not installed: no image of a Python program is made in tests\n'
  if (process.env['CI'] === 'true') throw new Error(missing)
  process.stderr.write(missing)
}
const withPython = test.skipIf(minor === undefined)
const canChroot = process.getuid?.() === 0

const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const make = (name: string, options: Partial<BuildOptions> = {}) =>
  build({
    source: { folder: at(name) },
    cache: shared.path,
    ...(index === undefined ? {} : { pythonIndex: index.url }),
    ...options,
  })

const info = (name: string, version = '1.0'): ZipFile => ({
  name: `${name}-${version}.dist-info/WHEEL`,
  content: 'Wheel-Version: 1.0\n',
})
const greet = makeZip([
  { name: 'greet/__init__.py', content: 'word = "hi"\n' },
  { name: 'greet-1.0.data/purelib/greet_more.py', content: 'more = " there"\n' },
  { name: 'greet-1.0.data/scripts/greet', content: '#!python\n' },
  info('greet'),
])
const greetFile = 'greet-1.0-py3-none-any.whl'

/** An index with these archives of packages, by name and file. */
async function serve(packages: Readonly<Record<string, Readonly<Record<string, Buffer>>>>) {
  const served: Record<string, Uint8Array> = {}
  for (const [name, files] of Object.entries(packages)) {
    const listed = Object.entries(files).map(([filename, bytes]) => {
      served[`files/${filename}`] = bytes
      return { filename, url: `../files/${filename}`, hashes: { sha256: sha256(bytes) } }
    })
    served[`${name}/`] = Buffer.from(JSON.stringify({ files: listed }))
  }
  index = await serveArchives(served)
}

const lockOf = (...lines: readonly (readonly [string, ...Uint8Array[]])[]) =>
  lines
    .map(([name, ...all]) =>
      [name, ...all.map((b) => `--hash=sha256:${sha256(b)}`)].join(' \\\n    '),
    )
    .join('\n')
const program = `import ctypes, json, os, sqlite3, ssl, sys, zlib
import greet, greet_more
sys.stdout.write(json.dumps([greet.word + greet_more.more, os.environ['PORT'], sys.path[1]]))
`

withPython(
  'a program and its wheels are one image, with one digest from two clones, and it runs with nothing of the machine',
  async () => {
    await serve({ greet: { [greetFile]: greet, 'greet-1.0.tar.gz': Buffer.from('source') } })
    const commit = makeRepository(at('p'), {
      'main.py': program,
      'requirements.txt': lockOf(['Greet == 1.0', Buffer.from('source'), greet]),
    })
    const image = await make('p')
    expect(image).toMatchObject({ preset: 'python', cached: false, source: { commit } })
    expect(image.materials).toEqual([
      expect.objectContaining({ uri: `urn:wetee:base:python-3.${minor}` }),
      {
        uri: `pkg:pypi/greet@1.0?file_name=${greetFile}`,
        digest: { sha256: sha256(greet) },
      },
    ])
    const { config } = await openImage(image.layout, image.digest)
    expect(config).toMatchObject({
      ...{ user: '1000:1000', entrypoint: ['/usr/local/bin/python3', '/app/main.py'] },
    })
    const root = at('root')
    await unpackImage(image.layout, image.digest, root)
    expect(existsSync(join(root, 'bin'))).toBe(false)
    expect(existsSync(join(root, 'packages/greet-1.0.data'))).toBe(false)
    if (canChroot) {
      const [python = '', main = ''] = config.entrypoint
      const words = ['--userspec=1000:1000', root, python, main]
      const said = execFileSync('chroot', words, { env: config.environment, encoding: 'utf8' })
      expect(JSON.parse(said)).toEqual(['hi there', '8080', '/packages'])
    }
    git(folder.path, 'clone', '-q', at('p'), at('deep/er'))
    const again = await make('deep/er', { fresh: true })
    expect(again.digest).toBe(image.digest)
    // The index and the wheel were asked once, and a build that was made is not made again.
    expect(index?.asked).toBe(2)
    expect(await make('deep/er', { offline: true })).toMatchObject({
      ...{ digest: image.digest, cached: true },
    })
  },
  240_000,
)

withPython(
  'what is not locked, and no program, are refused before anything is fetched',
  async () => {
    await serve({ greet: { [greetFile]: greet } })
    makeRepository(at('a'), { 'main.py': '', 'pyproject.toml': '' })
    await expect(make('a')).rejects.toEqual(refusal('build.lock-missing'))
    makeRepository(at('b'), { 'other.py': '', 'requirements.txt': '' })
    await expect(make('b')).rejects.toEqual(refusal('build.entry-missing'))
    makeRepository(at('c'), { 'main.py': '', 'requirements.txt': 'greet==1.0\n' })
    await expect(make('c')).rejects.toEqual(refusal('build.lock-invalid'))
    expect(index?.asked).toBe(0)
  },
)

test('a Python that is not there, and a base that does not say which it has, are errors that name the remedy', async () => {
  await expect(findPython(at('nowhere'))).rejects.toThrow(/install the package python3.*--base/)
  const layout = at('base')
  const { digest } = await writeImage({ layout, tag: 'x', layers: [emptyRootLayer()], config: {} })
  const image = { layout, digest }
  const base = { image, material: { uri: 'oci:x', digest: { sha256: '' } } }
  await expect(pulledPython(base)).rejects.toEqual(refusal('build.image-invalid'))
  const environment = { PYTHON_VERSION: '3.12.4' }
  const named = await writeImage({
    layout,
    tag: 'y',
    layers: [emptyRootLayer()],
    config: { environment },
  })
  expect(await pulledPython({ ...base, image: { layout, digest: named.digest } })).toMatchObject({
    minor: 12,
  })
})

const hash = `--hash=sha256:${'ab'.repeat(32)}`
test('a lock file is read as its tools write it', () => {
  const text = `# This file was autogenerated
Zope.Interface==6.4 \\
    ${hash} \\
    --hash=sha256:${'cd'.repeat(32)}
    # via -r requirements.in

requests[socks]==2.31.0 ${hash}  # why
`
  expect(parseRequirements(text)).toEqual([
    { name: 'requests', version: '2.31.0', sha256: ['ab'.repeat(32)] },
    { name: 'zope-interface', version: '6.4', sha256: ['ab'.repeat(32), 'cd'.repeat(32)] },
  ])
})

test.each([
  ['a package without a hash', 'a==1'],
  ['a range', `a>=1 ${hash}`],
  ['a wildcard', `a==1.* ${hash}`],
  ['a package without a version', `a ${hash}`],
  ['an address', `a @ https://example.org/a.whl ${hash}`],
  ['a file of this machine', './a.whl'],
  ['an editable folder', '-e .'],
  ['another index', '--index-url https://evil.example/simple'],
  ['one more index', '--extra-index-url https://evil.example/simple'],
  ['another file', '-r other.txt'],
  ['a marker', `a==1 ; python_version < "4" ${hash}`],
  ['another digest', 'a==1 --hash=md5:00'],
  ['half a digest', 'a==1 --hash=sha256:abab'],
  ['a package twice', `a==1 ${hash}\nA==2 ${hash}`],
  ['a way out', `../a==1 ${hash}`],
  ['too much', '#'.repeat(2 ** 22 + 1)],
])('ATTACK %s is no lock', (_, text) => {
  expect(() => parseRequirements(text)).toThrow(refusal('build.lock-invalid'))
})

test('of wheels that fit, the one made for this Python and the newest platform is the best', () => {
  const fit = (file: string) => {
    const parsed = parseWheelName(`a-1-${file}.whl`)
    return parsed === undefined ? undefined : wheelFit(parsed, 11)
  }
  const best = [
    'cp311-cp311-manylinux_2_28_x86_64',
    'cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64',
    'cp311-cp311-manylinux1_x86_64',
    'cp311-abi3-manylinux2014_x86_64',
    'cp38-abi3-manylinux_2_28_x86_64',
    'cp311-none-any',
    'py311-none-any',
    'py3-none-manylinux2014_x86_64',
    'py2.py3-none-any',
  ]
  const fits = best.map((file) => fit(file) ?? -1)
  expect(fits).toEqual(fits.toSorted((a, b) => b - a))
  expect(Math.min(...fits)).toBeGreaterThanOrEqual(0)
  for (const other of [
    ...['cp312-cp312-manylinux2014_x86_64', 'cp310-cp310-manylinux2014_x86_64'],
    ...['cp312-abi3-manylinux2014_x86_64', 'cp311-cp311-manylinux_2_34_x86_64'],
    ...['cp311-cp311-musllinux_1_1_x86_64', 'cp311-cp311-macosx_11_0_arm64', 'py2-none-any'],
    ...['cp311-cp311-manylinux2014_aarch64', 'cp311-cp311-win_amd64', 'cp311-cp311t-linux_x86_64'],
  ])
    expect(fit(other), other).toBeUndefined()
  for (const name of ['a-1.whl', 'a-1-x-py3-none-any.whl', '../a-1-py3-none-any.whl', 'a-1.tar.gz'])
    expect(parseWheelName(name), name).toBeUndefined()
})

const choose = (text: string, more: { readonly offline?: boolean } = {}) =>
  chooseWheels(parseRequirements(text), 11, {
    ...{ cache: at('wheels'), index: index?.url ?? '', ...more },
  })

test('ATTACK an index can offer nothing that the lock file does not name', async () => {
  const evil = makeZip([info('greet'), { name: 'greet.py', content: 'evil' }])
  await serve({
    greet: { 'greet-1.0-cp311-cp311-manylinux2014_x86_64.whl': evil, [greetFile]: greet },
  })
  expect(await choose(lockOf(['greet==1.0', greet]))).toMatchObject([
    { file: greetFile, sha256: sha256(greet) },
  ])
})

test('a package of which only a source or wheels for others are locked is refused: nothing is compiled', async () => {
  const source = Buffer.from('source')
  await serve({ greet: { 'greet-1.0.tar.gz': source, 'greet-1.0-cp39-cp39-win32.whl': greet } })
  await expect(choose(lockOf(['greet==1.0', source, greet]))).rejects.toEqual(
    refusal('build.dependency-invalid'),
  )
  await expect(choose(lockOf(['absent==1.0', source]))).rejects.toEqual(
    refusal('build.dependency-invalid'),
  )
  await expect(choose(lockOf(['greet==1.0', greet]), { offline: true })).rejects.toEqual(
    refusal('build.material-missing'),
  )
})

withPython(
  'ATTACK a wheel whose bytes are not those that the index promised is not taken',
  async () => {
    const page = {
      files: [{ filename: greetFile, url: '/other', hashes: { sha256: sha256(greet) } }],
    }
    index = await serveArchives({
      'greet/': Buffer.from(JSON.stringify(page)),
      other: Buffer.from('x'),
    })
    makeRepository(at('p'), { 'main.py': '', 'requirements.txt': lockOf(['greet==1.0', greet]) })
    const cache = at('cache')
    await expect(make('p', { cache })).rejects.toEqual(refusal('build.dependency-digest'))
  },
  120_000,
)

const unpack = async (limits: object, ...wheels: readonly (readonly ZipFile[])[]) => {
  const { mkdirSync, writeFileSync } = await import('node:fs')
  mkdirSync(at('wheels'), { recursive: true })
  const chosen = wheels.map((files, number) => {
    const bytes = makeZip(files)
    writeFileSync(at(`wheels/${sha256(bytes)}.whl`), bytes)
    const name = number === 0 ? 'greet' : `greet${number}`
    return {
      name,
      version: '1.0',
      file: `${name}-1.0-py3-none-any.whl`,
      url: '',
      sha256: sha256(bytes),
    }
  })
  const bounds = { maxBytes: 2 ** 20, maxFiles: 100, ...limits }
  await unpackWheels(chosen, at('out'), at('wheels'), bounds)
}
const file = (name: string, more: Partial<ZipFile> = {}): ZipFile => ({
  name,
  content: 'x',
  ...more,
})

test.each<[string, object, readonly (readonly ZipFile[])[]]>([
  ['a way out', {}, [[info('greet'), file('../x.py')]]],
  ['an absolute path', {}, [[info('greet'), file('/x.py')]]],
  ['a link', {}, [[info('greet'), file('x.py', { mode: 0o120777 })]]],
  ['a file twice', {}, [[info('greet'), file('x.py'), file('x.py')]]],
  ['another package', {}, [[info('other'), file('x.py')]]],
  ['another version', {}, [[info('greet', '1.1'), file('x.py')]]],
  ['two packages', {}, [[info('greet'), info('other')]]],
  ['no package', {}, [[file('x.py')]]],
  [
    "another package's file",
    {},
    [
      [info('greet'), file('x.py')],
      [info('greet1'), file('x.py', { content: 'y' })],
    ],
  ],
  ['a size that is a lie', {}, [[info('greet'), file('x.py', { size: 2 })]]],
  [
    'too many bytes',
    { maxBytes: 100 },
    [[info('greet')], [info('greet1'), file('x.py', { content: 'y'.repeat(75) })]],
  ],
  [
    'too many files',
    { maxFiles: 3 },
    [
      [info('greet'), file('a')],
      [info('greet1'), file('b')],
    ],
  ],
])('ATTACK wheels with %s are refused', async (_, limits, wheels) => {
  await expect(unpack(limits, ...wheels)).rejects.toEqual(refusal('build.dependency-invalid'))
})

test('packages may share a file that is the same, and versions are compared as packages write them', async () => {
  await unpack(
    {},
    [info('greet', '1.0'), file('a/__init__.py')],
    [info('greet1', '1'), file('a/__init__.py')],
  )
  expect(readFileSync(at('out/a/__init__.py'), 'utf8')).toBe('x')
})

test.each(['build-requirements', 'build-wheel-name', 'build-python-index'])(
  '%s takes its seed, and whatever comes only with known errors',
  (name) => {
    const target = fuzzTargets[name]!
    for (const seed of fuzzSeeds[name]!) {
      target(seed)
      for (let at = 0; at < seed.length; at++)
        for (const byte of [0, 10, 34, 45, 59, 92, 255]) {
          const changed = Uint8Array.from(seed)
          changed[at] = byte
          try {
            target(changed)
          } catch (error) {
            expect(error).toMatchObject({ name: 'BuildError' })
          }
        }
    }
  },
)
