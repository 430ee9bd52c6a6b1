// A repository has one canonical address, whoever writes it how; a commit one word.
import { expect, test } from 'vitest'
import { canonicalRepository, commitWord, repositoryHash } from '../index.ts'

const refusal: unknown = expect.objectContaining({ code: 'binding.invalid' })

test('every address of a repository gives one canonical address', () => {
  for (const url of [
    'https://git.example/you/app',
    'https://git.example/you/app.git',
    'https://GIT.example/you/app/',
    'https://git.example:443/you/app',
    'https://token@git.example/you/app.git',
    'git+https://git.example/you/app.git',
    'ssh://git@git.example:2222/you/app.git',
    'git@git.example:you/app.git',
  ])
    expect(canonicalRepository(url), url).toBe('https://git.example/you/app')
  expect(canonicalRepository('file:///srv/app.git')).toBe('file:///srv/app')
  expect(canonicalRepository('git+/srv/app/')).toBe('file:///srv/app')
})

test('other repositories have other addresses', () => {
  const all = [
    'https://git.example/you/app',
    'https://git.example/You/app',
    'https://git.example/you/app2',
    'https://git.example:8443/you/app',
    'https://other.example/you/app',
    'file:///you/app',
  ]
  expect(new Set(all.map((url) => repositoryHash(url))).size).toBe(all.length)
})

test.each([
  '',
  'app',
  'ext::sh -c x',
  'ftp://git.example/a',
  'https://git.example/a?b',
  'file://x/a',
])('"%s" is no address of a repository', (url) => {
  expect(() => repositoryHash(url)).toThrow(refusal)
})

test('only the whole name of a commit is one', () => {
  expect(commitWord('ab'.repeat(20))).toBe(`0x${'ab'.repeat(20)}${'00'.repeat(12)}`)
  expect(commitWord('ab'.repeat(32))).toBe(`0x${'ab'.repeat(32)}`)
  for (const commit of ['ab'.repeat(10), 'AB'.repeat(20), `0x${'ab'.repeat(20)}`])
    expect(() => commitWord(commit)).toThrow(refusal)
})
