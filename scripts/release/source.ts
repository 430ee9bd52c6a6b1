// Which commit a release is made of. Runs git.
import { execFileSync } from 'node:child_process'
import { ReleaseError } from './release-error.ts'

/** The commit whose files lie in `folder`. Throws `release.uncommitted` where one is changed, or where git does not say. */
export function commitOf(folder: string): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()
  let commit: string
  let changed: string
  try {
    commit = git('rev-parse', 'HEAD')
    changed = git('status', '--porcelain')
  } catch (cause) {
    throw new ReleaseError(
      'release.uncommitted',
      `${folder} is no clone of the repository, or git is missing: a release is made of a commit`,
      cause,
    )
  }
  if (changed === '') return commit
  const [first] = changed.split('\n')
  throw new ReleaseError(
    'release.uncommitted',
    `there are files that are not committed (${first}): a release is made of a commit, so that others get the same digest`,
  )
}
