// A branch of a repository elsewhere: its newest commit, and whether a commit follows another. Starts Git, does file I/O.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BuildError } from '../error.ts'
import { askGit, type GitBounds } from './git-process.ts'
import { onlyProtocol, protocolOf } from './git-url.ts'
import { defaultSourceLimits } from './source-writer.ts'

const timeoutMs = 120_000
const commitPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** The commit that a branch is at, its whole name; undefined where there is no such branch. Throws BuildError. */
export async function readBranchHead(
  url: string,
  branch: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<string | undefined> {
  const protocol = protocolOf(url)
  const ref = `refs/heads/${requireBranch(branch)}`
  const words = [...onlyProtocol(protocol), 'ls-remote', '--refs', '--', url, ref]
  const answer = await askGit(words, boundsOf(options))
  // Git answers every name that ends so: somebody's branch may be called `refs/heads/main`.
  const lines = answer.split('\n').map((line) => line.split('\t'))
  const [commit = ''] = lines.find(([, name]) => name === ref) ?? []
  if (commit === '') return undefined
  if (commitPattern.test(commit)) return commit
  throw new BuildError('build.git-failed', `git answered "${commit.slice(0, 120)}"`)
}

/**
 * Whether `commit` has `ancestor` among what it was made from; false also where the repository has no such ancestor any more. Gets
 * commits without their files where the server can do that. Throws BuildError.
 */
export async function followsCommit(
  url: string,
  commit: string,
  ancestor: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  if (commit === ancestor) return true
  for (const name of [commit, ancestor])
    if (!commitPattern.test(name))
      throw new BuildError('build.commit-invalid', `"${name.slice(0, 80)}" is no commit`)
  if (commit.length !== ancestor.length) return false
  const bounds = boundsOf(options)
  const scratch = await mkdtemp(join(tmpdir(), 'wetee-history-'))
  const format = commit.length === 40 ? 'sha1' : 'sha256'
  const remote = [
    ...onlyProtocol(protocolOf(url)),
    ...['-c', `remote.origin.url=${url}`, '-c', 'remote.origin.promisor=true'],
    ...['-c', 'remote.origin.partialclonefilter=tree:0'],
  ]
  const fetch = [...remote, 'fetch', '-q', '--no-tags', '--no-recurse-submodules']
  const without = '--filter=tree:0'
  try {
    await askGit(['init', '-q', '--bare', `--object-format=${format}`, scratch], bounds)
    const found = await askGit(
      [...fetch, without, '--depth=1', 'origin', ancestor],
      bounds,
      scratch,
    ).then(
      () => true,
      (error: unknown) => {
        if (error instanceof BuildError && error.code === 'build.git-failed') return false
        throw error
      },
    )
    if (!found) return false
    await askGit([...fetch, without, 'origin', commit], bounds, scratch)
    // Nothing is left of the ancestor's history once that of the commit is taken away.
    const left = await askGit(
      ['rev-list', '--max-count=1', ancestor, '--not', commit],
      bounds,
      scratch,
    )
    return left === ''
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** A branch's name as `git check-ref-format` wants it, in plain characters. Throws BuildError `build.branch-invalid`. */
export function requireBranch(name: string): string {
  const parts = name.split('/')
  const isName =
    name.length <= 200 &&
    /^[A-Za-z0-9._+@/-]+$/.test(name) &&
    !name.includes('..') &&
    !name.startsWith('-') &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !/(\.lock|\.)$/.test(part))
  if (isName) return name
  throw new BuildError(
    'build.branch-invalid',
    `"${name.slice(0, 80)}" is no name of a branch: letters, digits and ._+@/- without a leading dash`,
  )
}

function boundsOf({ signal }: { readonly signal?: AbortSignal }): GitBounds {
  const maxFileBytes = defaultSourceLimits.maxBytes
  return { timeoutMs, maxFileBytes, ...(signal === undefined ? {} : { signal }) }
}
