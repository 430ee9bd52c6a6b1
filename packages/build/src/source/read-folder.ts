// Stages a folder: of a Git work tree what Git would commit, of any other everything. Does file I/O, asks Git.
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BuildError } from '../error.ts'
import { secondsOf } from './commit-object.ts'
import { askGit, runGit, type GitBounds } from './git-process.ts'
import { listNames } from './list-names.ts'
import type { Source } from './source.ts'
import {
  defaultSourceLimits,
  requirePlain,
  SourceWriter,
  type SourceLimits,
  type StagedTree,
} from './source-writer.ts'

type Options = { readonly limits?: SourceLimits; readonly signal?: AbortSignal }

const gitTimeoutMs = 60_000

/** Never part of a source: Git's own folder, and what package managers install. */
const leftOut = new Set(['.git', 'node_modules'])

/**
 * Copies `from` into `folder`, which is made. The commit is named where the copy is exactly its tree, so a change that is not
 * committed gives a source without one. Throws BuildError.
 */
export async function readFolder(
  from: string,
  folder: string,
  options: Options = {},
): Promise<Source> {
  const found = await stat(from).catch(() => undefined)
  if (found?.isDirectory() !== true)
    throw new BuildError('build.source-missing', `there is no folder ${from}`)
  const bounds: GitBounds = {
    timeoutMs: gitTimeoutMs,
    maxFileBytes: 2 ** 20,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const inGit = await isWorkTree(from, bounds)
  const limits = options.limits ?? defaultSourceLimits
  const paths = inGit ? await committable(from, bounds, limits) : undefined
  const staged = await stageFolder(from, folder, limits, paths)
  return inGit ? { ...staged, ...(await commitOf(from, staged, bounds)) } : staged
}

/** Copies these files, or all below but what is never part of a source. */
export async function stageFolder(
  from: string,
  folder: string,
  limits: SourceLimits = defaultSourceLimits,
  paths?: readonly string[],
): Promise<StagedTree> {
  await mkdir(folder, { recursive: true })
  const writer = new SourceWriter(folder, limits)
  for await (const path of paths ?? walk(from, limits)) await addOne(writer, from, path)
  return writer.finish()
}

async function* walk(from: string, limits: SourceLimits): AsyncGenerator<string> {
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (folder.split('/').length > limits.maxDepth)
      throw new BuildError('build.source-path', `"${folder.slice(0, 200)}" is too deep`)
    for (const entry of await readdir(join(from, folder), { withFileTypes: true })) {
      if (leftOut.has(entry.name)) continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (!entry.isDirectory()) yield path
      else if (folders.push(path) > limits.maxFiles)
        throw new BuildError('build.source-too-large', 'the source has too many folders')
    }
  }
}

async function addOne(writer: SourceWriter, from: string, path: string): Promise<void> {
  const source = join(from, path)
  const kind = await requirePlain(source, path)
  if (kind === 'folder')
    throw new BuildError('build.source-entry', `"${path}" is a submodule: commit its files instead`)
  if (kind === 'link') {
    const target = Buffer.from(await readlink(source))
    await writer.add(path, '120000', target.length, once(target))
    return
  }
  const file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size, mode }: Stats = await file.stat()
    const content = file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 })
    await writer.add(path, (mode & 0o100) === 0 ? '100644' : '100755', size, content)
  } finally {
    await file.close()
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

async function isWorkTree(from: string, bounds: GitBounds): Promise<boolean> {
  try {
    return (await askGit(['rev-parse', '--is-inside-work-tree'], bounds, from)) === 'true'
  } catch (error) {
    const none = error instanceof BuildError && /not a git repository/.test(error.message)
    const noGit = error instanceof BuildError && error.code === 'build.git-missing'
    if (none || (noGit && (await lstat(join(from, '.git')).catch(() => undefined)) === undefined))
      return false
    throw error
  }
}

/** Paths of what is tracked or would be, without what is ignored; tracked files that were deleted are left out. */
async function committable(
  from: string,
  bounds: GitBounds,
  limits: SourceLimits,
): Promise<string[]> {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const paths = await listNames(runGit(words, bounds, { cwd: from }), limits)
  const there = await Promise.all(
    paths.map(async (path) => {
      const found = await lstat(join(from, path)).catch(() => undefined)
      return found === undefined ? [] : [path]
    }),
  )
  return there.flat()
}

async function commitOf(
  from: string,
  { tree }: StagedTree,
  bounds: GitBounds,
): Promise<Pick<Source, 'commit' | 'uri' | 'timeSeconds'>> {
  const ask = (...words: string[]) => askGit(words, bounds, from).catch(() => '')
  const prefix = await ask('rev-parse', '--show-prefix')
  const head = await ask('rev-parse', '--verify', '-q', 'HEAD')
  const committed = await ask('rev-parse', '--verify', '-q', `HEAD:${prefix}`)
  if (head === '' || ![tree.sha1, tree.sha256].includes(committed)) return {}
  const uri = await ask('remote', 'get-url', 'origin')
  const time = await ask('log', '-1', '--format=%ct', 'HEAD')
  // A folder of a commit is not the commit: whoever fetches it gets another tree.
  const isWhole = prefix === ''
  return {
    ...(isWhole ? { commit: head } : {}),
    ...(isWhole && /^(?:https|ssh):\/\/|^[a-z0-9_.]+@/i.test(uri) ? { uri: withoutUser(uri) } : {}),
    timeSeconds: secondsOf(time),
  }
}

/** A password in an address stays here. */
function withoutUser(uri: string): string {
  return uri.replace(/^(https:\/\/)[^/@]*@/, '$1')
}
