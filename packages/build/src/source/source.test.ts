// Sources: what is taken, under which names, and what is refused.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { git, makeRepository, temporaryFolder, writeFiles } from '../testing/folders.ts'
import { fetchCommit } from './fetch-commit.ts'
import { readFolder, stageFolder } from './read-folder.ts'
import { defaultSourceLimits } from './source-writer.ts'

let folder: ReturnType<typeof temporaryFolder>
const at = (name: string) => join(folder.path, name)
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.dispose())

const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const files = { 'a.txt': 'a', 'a/b.txt': 'b', 'a-b': 'c', 'z/y/x': '', 'ä.txt': 'ö' }
/** Fetches into a new place of the test. */
let fetched = 0
const fetchFrom = (url: string, commit: string, limits = defaultSourceLimits) => {
  const name = `fetched-${++fetched}`
  return fetchCommit(url, commit, { folder: at(name), scratch: at(`${name}.git`) }, { limits })
}

test('a tree has the names that Git gives it, by folder and by commit, executables and links included', async () => {
  const { 'a.txt': text, ...rest } = files
  const commit = makeRepository(at('r'), { ...rest, 'a.c': text })
  chmodSync(at('r/a-b'), 0o755)
  symlinkSync('a/b.txt', at('r/link'))
  git(at('r'), 'add', '-A')
  git(at('r'), 'commit', '-q', '-m', 'second')
  const second = git(at('r'), 'rev-parse', 'HEAD')
  const tree = git(at('r'), 'rev-parse', 'HEAD^{tree}')
  const read = await readFolder(at('r'), at('staged'))
  expect(read).toMatchObject({ commit: second, timeSeconds: 1_700_000_000, tree: { sha1: tree } })
  const found = await fetchFrom(at('r'), second)
  expect(found.tree).toEqual(read.tree)
  expect(found.timeSeconds).toBe(1_700_000_000)
  expect(readFileSync(join(found.folder, 'link'), 'utf8')).toBe('b')
  expect((await fetchFrom(`file://${at('r')}`, commit)).tree.sha1).not.toBe(tree)
}, 60_000)

test('a repository of SHA-256 names gives the same tree by its own names', async () => {
  mkdirSync(at('r'))
  git(at('r'), 'init', '-q', '--object-format=sha256')
  writeFiles(at('r'), files)
  git(at('r'), 'add', '-A')
  git(at('r'), 'commit', '-q', '-m', 'first')
  const commit = git(at('r'), 'rev-parse', 'HEAD')
  const tree = git(at('r'), 'rev-parse', 'HEAD^{tree}')
  const found = await fetchFrom(at('r'), commit)
  expect(found).toMatchObject({ commit, tree: { sha256: tree } })
  expect(found.tree).toEqual((await stageFolder(at('r'), at('plain'))).tree)
})

test('a change that is not committed is a source without a commit; what is ignored is no part of it', async () => {
  const commit = makeRepository(at('r'), { ...files, '.gitignore': 'dist\n' })
  writeFiles(at('r'), { 'dist/out.js': 'x', 'node_modules/.keep': '' })
  rmSync(at('r/node_modules'), { recursive: true })
  const clean = await readFolder(at('r'), at('one'))
  expect(clean.commit).toBe(commit)
  expect(clean.files.map(({ path }) => path)).not.toContain('dist/out.js')
  writeFiles(at('r'), { new: 'x' })
  const changed = await readFolder(at('r'), at('two'))
  expect(changed.commit).toBeUndefined()
  expect(changed.timeSeconds).toBeUndefined()
  expect(changed.files).toHaveLength(clean.files.length + 1)
})

test('attributes of a repository change no byte', async () => {
  const attributes = 'a.txt export-ignore\nb.txt export-subst ident eol=crlf text\n'
  const text = '$Id$ $Format:%H$\nline\n'
  const commit = makeRepository(at('r'), {
    'a.txt': 'a',
    'b.txt': text,
    '.gitattributes': attributes,
  })
  const found = await fetchFrom(at('r'), commit)
  expect(found.files).toHaveLength(3)
  expect(readFileSync(join(found.folder, 'b.txt'), 'utf8')).toBe(text)
})

test('settings of a work tree that name programs start none', async () => {
  const commit = makeRepository(at('r'), files)
  const hook = at('hook.sh')
  writeFileSync(hook, `#!/bin/sh\ntouch ${at('started')}\n`, { mode: 0o755 })
  git(at('r'), 'config', 'core.fsmonitor', hook)
  git(at('r'), 'config', 'uploadpack.packObjectsHook', hook)
  expect((await readFolder(at('r'), at('one'))).commit).toBe(commit)
  expect((await fetchFrom(at('r'), commit)).commit).toBe(commit)
  expect(() => readFileSync(at('started'))).toThrow('ENOENT')
})

test.each(['main', 'abc1234', 'A'.repeat(40), `${'a'.repeat(40)}^`, '--upload-pack=x'])(
  'the commit %s is not a whole name',
  async (commit) => {
    await expect(fetchFrom(at('r'), commit)).rejects.toEqual(refusal('build.commit-invalid'))
  },
)

test.each([
  'ext::sh -c id',
  'http://example.org/r',
  '--upload-pack=x',
  'relative/path',
  'ssh://-oProxyCommand=x/r',
  'git://example.org/r',
])('the address %s is refused before Git sees it', async (url) => {
  await expect(fetchFrom(url, 'a'.repeat(40))).rejects.toEqual(refusal('build.git-url'))
})

test('a commit that is not there, and a tree in its place, are refused', async () => {
  makeRepository(at('r'), files)
  await expect(fetchFrom(at('r'), 'b'.repeat(40))).rejects.toEqual(refusal('build.git-failed'))
  const tree = git(at('r'), 'rev-parse', 'HEAD^{tree}')
  await expect(fetchFrom(at('r'), tree)).rejects.toMatchObject({ name: 'BuildError' })
})

test.each(['/etc/passwd', '../outside', 'a/../../outside', 'a/../a.txt', '.git/config'])(
  'a link to %s is refused, in a folder and in a commit',
  async (target) => {
    const repository = at('r')
    makeRepository(repository, files)
    symlinkSync(target, join(repository, 'a/link'))
    if (target === '../outside') symlinkSync('../../outside', join(repository, 'a/other'))
    const read = readFolder(repository, at('one'))
    if (target === '../outside') rmSync(join(repository, 'a/link'))
    await expect(read).rejects.toEqual(refusal('build.source-link'))
    git(repository, 'add', '-A')
    git(repository, 'commit', '-q', '-m', 'link')
    const commit = git(repository, 'rev-parse', 'HEAD')
    await expect(fetchFrom(repository, commit)).rejects.toMatchObject({ name: 'BuildError' })
  },
)

test('a link within the tree is kept as a link', async () => {
  writeFiles(at('p'), files)
  symlinkSync('../a.txt', at('p/a/up'))
  symlinkSync('a', at('p/down'))
  const staged = await stageFolder(at('p'), at('staged'))
  expect(staged.files.filter(({ mode }) => mode === '120000').map(({ path }) => path)).toEqual([
    'a/up',
    'down',
  ])
})

test('hard links, pipes and sockets are refused', async () => {
  writeFiles(at('p'), files)
  linkSync(at('p/a.txt'), at('outside'))
  await expect(stageFolder(at('p'), at('one'))).rejects.toEqual(refusal('build.source-entry'))
  rmSync(at('outside'))
  execFileSync('mkfifo', [at('p/pipe')])
  await expect(stageFolder(at('p'), at('two'))).rejects.toEqual(refusal('build.source-entry'))
})

test('submodules are refused by name', async () => {
  makeRepository(at('inner'), files)
  makeRepository(at('r'), files)
  git(at('r'), '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', at('inner'), 'sub')
  git(at('r'), 'commit', '-q', '-m', 'submodule')
  const commit = git(at('r'), 'rev-parse', 'HEAD')
  await expect(fetchFrom(at('r'), commit)).rejects.toThrow('"sub" is a submodule')
  await expect(readFolder(at('r'), at('one'))).rejects.toThrow('"sub" is a submodule')
})

test('bytes, files and depth are bounded, each just across the line', async () => {
  const commit = makeRepository(at('r'), { 'a/b': '12345', c: '12345' })
  const limits = { maxBytes: 10, maxFiles: 2, maxDepth: 2 }
  expect((await fetchFrom(at('r'), commit, limits)).sizeBytes).toBe(10)
  for (const [name, code] of [
    ['maxBytes', 'build.source-too-large'],
    ['maxFiles', 'build.source-too-large'],
    ['maxDepth', 'build.source-path'],
  ] as const) {
    const less = { ...limits, [name]: limits[name] - 1 }
    await expect(stageFolder(at('r'), at(name), less), name).rejects.toEqual(refusal(code))
    await expect(fetchFrom(at('r'), commit, less), name).rejects.toEqual(refusal(code))
  }
}, 60_000)

test('a small pack that unpacks to much is refused by its listing', async () => {
  makeRepository(at('r'), { a: 'a' })
  writeFileSync(at('r/zeros'), Buffer.alloc(8 * 2 ** 20))
  git(at('r'), 'add', '-A')
  git(at('r'), 'commit', '-q', '-m', 'bomb')
  const commit = git(at('r'), 'rev-parse', 'HEAD')
  const limits = { ...defaultSourceLimits, maxBytes: 2 ** 20 }
  await expect(fetchFrom(at('r'), commit, limits)).rejects.toEqual(
    refusal('build.source-too-large'),
  )
}, 60_000)

test('a pack larger than a source may be is not written', async () => {
  makeRepository(at('r'), { a: 'a' })
  writeFileSync(at('r/noise'), randomBytes(4 * 2 ** 20))
  git(at('r'), 'add', '-A')
  git(at('r'), 'commit', '-q', '-m', 'large')
  const commit = git(at('r'), 'rev-parse', 'HEAD')
  const fetching = fetchFrom(at('r'), commit, { ...defaultSourceLimits, maxBytes: 2 ** 20 })
  await expect(fetching).rejects.toThrow('the repository sends more than')
}, 60_000)

test('a commit of folders within folders that lists to millions is refused', async () => {
  makeRepository(at('r'), { a: 'a' })
  const make = (lines: string) =>
    execFileSync('git', ['mktree'], { cwd: at('r'), input: lines, encoding: 'utf8' }).trim()
  const blob = git(at('r'), 'rev-parse', 'HEAD:a')
  let tree = make(Array.from({ length: 10 }, (_, i) => `100644 blob ${blob}\tf${i}\n`).join(''))
  for (let level = 0; level < 7; level++)
    tree = make(Array.from({ length: 10 }, (_, i) => `040000 tree ${tree}\td${i}\n`).join(''))
  const commit = git(at('r'), 'commit-tree', tree, '-m', 'bomb')
  git(at('r'), 'update-ref', 'refs/heads/bomb', commit)
  const limits = { ...defaultSourceLimits, maxFiles: 5_000 }
  await expect(fetchFrom(at('r'), commit, limits)).rejects.toEqual(
    refusal('build.source-too-large'),
  )
}, 60_000)

test('an empty folder and one that is not there are no sources', async () => {
  mkdirSync(at('empty'))
  await expect(readFolder(at('empty'), at('one'))).rejects.toEqual(refusal('build.source-missing'))
  await expect(readFolder(at('none'), at('two'))).rejects.toEqual(refusal('build.source-missing'))
})
