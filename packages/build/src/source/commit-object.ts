// The commit object of Git as it is hashed: what tree it names, and when it was made. Pure.
import { createHash } from 'node:crypto'
import { BuildError } from '../error.ts'
import type { ObjectFormat } from './git-object.ts'

/** What a build takes from a commit. */
export type CommitFacts = {
  readonly format: ObjectFormat
  /** Git's name of its tree, in that format. */
  readonly tree: string
  /** The committer's time, in seconds since 1970. */
  readonly timeSeconds: number
}

/** The longest commit object that is read: messages are short. */
export const maxCommitBytes = 2 ** 20

/** Refuses what is no whole name of a commit. Throws BuildError `build.commit-invalid`. */
export function formatOf(commit: string): ObjectFormat {
  if (/^[0-9a-f]{40}$/.test(commit)) return 'sha1'
  if (/^[0-9a-f]{64}$/.test(commit)) return 'sha256'
  throw invalid(
    `the commit is "${commit.slice(0, 80)}", expected its whole name: 40 or 64 lower-case hex digits`,
  )
}

/** Reads the object that has this name. Throws BuildError `build.commit-invalid`, also where it has another. */
export function parseCommit(object: Uint8Array, commit: string): CommitFacts {
  const format = formatOf(commit)
  if (object.length > maxCommitBytes) throw invalid(`it is longer than ${maxCommitBytes} bytes`)
  const name = createHash(format).update(`commit ${object.length}\0`).update(object).digest('hex')
  if (name !== commit) throw invalid(`the object is the commit ${name}, not ${commit}`)
  const [head = ''] = new TextDecoder().decode(object).split('\n\n', 1)
  const [first = '', ...lines] = head.split('\n')
  const tree = /^tree ([0-9a-f]+)$/.exec(first)?.[1]
  const time = lines
    .filter((line) => line.startsWith('committer '))
    .map((line) => /> ([0-9]+) [+-][0-9]{4}$/.exec(line)?.[1])
  if (tree?.length !== commit.length || time.length !== 1)
    throw invalid('it names no tree, or no time')
  return { format, tree, timeSeconds: secondsOf(time[0] ?? '') }
}

/** A commit's time as Git prints it; those before 1970 and after 2106 are not times of files everywhere. */
export function secondsOf(text: string): number {
  const seconds = /^[0-9]{1,10}$/.test(text) ? Number(text) : NaN
  if (seconds <= 0xffff_ffff) return seconds
  throw invalid(`its time is "${text.slice(0, 40)}"`)
}

function invalid(why: string): BuildError {
  return new BuildError('build.commit-invalid', `the commit cannot be used: ${why}`)
}
