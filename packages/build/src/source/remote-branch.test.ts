// Branches of repositories elsewhere: which commit they are at, what follows what, and names that lead astray.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { git, makeRepository, temporaryFolder, writeFiles } from '../testing/folders.ts'
import { hasPassword, sameRepository } from './git-url.ts'
import { followsCommit, readBranchHead, requireBranch } from './remote-branch.ts'

let folder: ReturnType<typeof temporaryFolder>
let url: string
let first: string
const at = () => join(folder.path, 'r')
beforeEach(() => {
  folder = temporaryFolder()
  first = makeRepository(at(), { a: '1' })
  url = `file://${at()}`
})
afterEach(() => folder.dispose())

const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const commit = (text: string) => {
  writeFiles(at(), { a: text })
  git(at(), 'commit', '-q', '-a', '-m', text)
  return git(at(), 'rev-parse', 'HEAD')
}

test('a branch is at its newest commit; there is none that has no such name', async () => {
  expect(await readBranchHead(url, 'main')).toBe(first)
  const second = commit('2')
  expect(await readBranchHead(url, 'main')).toBe(second)
  expect(await readBranchHead(url, 'other')).toBeUndefined()
})

test('a branch whose name ends like another, and a ref of a pull request, are not taken for it', async () => {
  git(at(), 'branch', 'kept')
  const strange = commit('strange')
  git(at(), 'branch', 'refs/heads/main')
  git(at(), 'update-ref', 'refs/pull/1/refs/heads/main', strange)
  git(at(), 'update-ref', 'refs/heads/main', first)
  expect(await readBranchHead(url, 'main')).toBe(first)
  git(at(), 'checkout', '-q', 'kept')
  git(at(), 'branch', '-D', 'main')
  expect(await readBranchHead(url, 'main')).toBeUndefined()
})

test('a commit follows those that it was made from, and no other', async () => {
  const second = commit('2')
  const third = commit('3')
  expect(await followsCommit(url, third, first)).toBe(true)
  expect(await followsCommit(url, third, second)).toBe(true)
  expect(await followsCommit(url, third, third)).toBe(true)
  expect(await followsCommit(url, first, third)).toBe(false)
  git(at(), 'checkout', '-q', '-b', 'side', first)
  const side = commit('side')
  expect(await followsCommit(url, side, first)).toBe(true)
  expect(await followsCommit(url, side, third)).toBe(false)
  expect(await followsCommit(url, third, 'ab'.repeat(20))).toBe(false)
  expect(await followsCommit(url, third, 'ab'.repeat(32))).toBe(false)
})

test('the same holds at a server that sends commits without their files', async () => {
  git(at(), 'config', 'uploadpack.allowFilter', 'true')
  const second = commit('2')
  expect(await followsCommit(url, second, first)).toBe(true)
  expect(await followsCommit(url, first, second)).toBe(false)
})

test('a server that is not there is an error, and no branch that is not there', async () => {
  const gone = `${url}-gone`
  await expect(readBranchHead(gone, 'main')).rejects.toEqual(refusal('build.git-failed'))
  await expect(followsCommit(url, first, 'HEAD')).rejects.toEqual(refusal('build.commit-invalid'))
  await expect(readBranchHead('ext::sh -c x', 'main')).rejects.toEqual(refusal('build.git-url'))
})

test.each(['', '-x', '--upload-pack=x', 'a..b', 'a*', 'a b', 'a/.b', 'a//b', 'a.lock', 'a.', 'ä'])(
  'the branch "%s" is refused before Git sees it',
  (name) => {
    expect(() => requireBranch(name)).toThrow(refusal('build.branch-invalid'))
  },
)

test('two addresses name one repository by host and path, whatever the transport', () => {
  const one = 'https://git.example/you/app'
  for (const same of [
    `${one}.git`,
    `${one}/`,
    'git@GIT.example:you/app.git',
    'ssh://git@git.example:22/you/app',
  ])
    expect(sameRepository(one, same), same).toBe(true)
  const others = [
    'https://git.example/you/App',
    'https://git.example.evil/you/app',
    'https://git.example:444/you/app',
  ]
  for (const other of [
    ...others,
    'https://git.example/fork/app',
    `${one}?x`,
    'ext::x',
    '',
    'https://you@evil/git.example/you/app',
  ])
    expect(sameRepository(one, other), other).toBe(false)
  expect(sameRepository('ext::x', 'ext::x')).toBe(false)
  expect(sameRepository('file:///srv/app.git', '/srv/app')).toBe(true)
})

test('a login in an address is seen', () => {
  for (const url of [
    'https://you:secret@git.example/a',
    'https://token@git.example/a',
    'ssh://git:secret@git.example/a',
  ])
    expect(hasPassword(url), url).toBe(true)
  for (const url of [
    'https://git.example/a@b',
    'ssh://git@git.example/a',
    'git@git.example:a',
    '/a@b',
  ])
    expect(hasPassword(url), url).toBe(false)
})
