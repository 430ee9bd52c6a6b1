// Fetches one commit of a repository and stages its files, exactly the blobs, without filters or attributes. Starts Git, does file I/O.
import { mkdir, rm } from 'node:fs/promises'
import { BuildError } from '../error.ts'
import { askGit, runGit, type GitBounds } from './git-process.ts'
import { formatOf, maxCommitBytes, parseCommit } from './commit-object.ts'
import type { FileMode } from './git-object.ts'
import { onlyProtocol, protocolOf } from './git-url.ts'
import type { Source } from './source.ts'
import { listNames } from './list-names.ts'
import { defaultSourceLimits, SourceWriter, type SourceLimits } from './source-writer.ts'

const modes: readonly string[] = ['100644', '100755', '120000'] satisfies FileMode[]
const fetchTimeoutMs = 600_000

/** Stages the tree of a commit into `folder`, which is made. `scratch` is a folder for objects, removed at the end. Throws BuildError. */
export async function fetchCommit(
  url: string,
  commit: string,
  place: { readonly folder: string; readonly scratch: string },
  options: { readonly limits?: SourceLimits; readonly signal?: AbortSignal } = {},
): Promise<Source> {
  const limits = options.limits ?? defaultSourceLimits
  const protocol = protocolOf(url)
  const format = formatOf(commit)
  const bounds: GitBounds = {
    timeoutMs: fetchTimeoutMs,
    maxFileBytes: limits.maxBytes + 2 ** 20,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const { folder, scratch } = place
  await mkdir(scratch, { recursive: true })
  try {
    await askGit(['init', '-q', '--bare', `--object-format=${format}`, scratch], bounds)
    const fetch = ['fetch', '-q', '--depth=1', '--no-tags', '--no-recurse-submodules', '--']
    await askGit([...onlyProtocol(protocol), ...fetch, url, commit], bounds, scratch)
    const kind = await askGit(['cat-file', '-t', commit], bounds, scratch)
    if (kind !== 'commit') throw new BuildError('build.commit-invalid', `${commit} is a ${kind}`)
    const object = await readCommitObject(scratch, commit, bounds)
    const { timeSeconds } = parseCommit(object, commit)
    const files = await listFiles(scratch, commit, bounds, limits)
    await mkdir(folder, { recursive: true })
    const writer = new SourceWriter(folder, limits)
    await copyBlobs(scratch, files, writer, bounds)
    const staged = writer.finish()
    const tree = await askGit(['rev-parse', `${commit}^{tree}`], bounds, scratch)
    if (staged.tree[format] !== tree)
      throw new BuildError('build.source-changed', 'the files are not those of the commit')
    return { ...staged, commit, uri: url, timeSeconds, commitObject: object }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function readCommitObject(
  repository: string,
  commit: string,
  bounds: GitBounds,
): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of runGit(['cat-file', 'commit', commit], bounds, { cwd: repository })) {
    size += chunk.length
    if (size > maxCommitBytes) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

type Listed = {
  readonly mode: FileMode
  readonly id: string
  readonly size: number
  readonly path: string
}

/** Sizes are known before a byte is unpacked; the listing itself is bounded too. */
async function listFiles(
  repository: string,
  commit: string,
  bounds: GitBounds,
  limits: SourceLimits,
): Promise<Listed[]> {
  const words = ['ls-tree', '-r', '-z', '-l', '--full-tree', commit]
  const lines = await listNames(runGit(words, bounds, { cwd: repository }), limits)
  return lines.map((line) => parseLine(line))
}

function parseLine(line: string): Listed {
  const [, mode = '', type = '', id = '', size = '', path = ''] =
    /^([0-7]+) ([a-z]+) ([0-9a-f]+) +([0-9]+|-)\t([^]*)$/.exec(line) ?? []
  if (mode === '160000')
    throw new BuildError('build.source-entry', `"${path}" is a submodule: commit its files instead`)
  if (type !== 'blob' || !modes.includes(mode))
    throw new BuildError('build.source-entry', `"${path.slice(0, 200)}" has the mode ${mode}`)
  return { mode: mode as FileMode, id, size: Number(size), path }
}

async function copyBlobs(
  repository: string,
  files: readonly Listed[],
  writer: SourceWriter,
  bounds: GitBounds,
): Promise<void> {
  const ask = async function* () {
    for (const { id } of files) yield await Promise.resolve(`${id}\n`)
  }
  const answers = runGit(['cat-file', '--batch'], bounds, { cwd: repository, input: ask() })
  const reader = new ChunkReader(answers)
  try {
    for (const { path, mode, id, size } of files) {
      const head = await reader.line()
      if (head !== `${id} blob ${size}`)
        throw new BuildError('build.git-failed', `git answered "${head.slice(0, 120)}"`)
      await writer.add(path, mode, size, reader.take(size))
      await reader.line()
    }
  } finally {
    await answers.return(undefined)
  }
}

/** Lines and counted bytes out of pieces of any size. */
class ChunkReader {
  readonly #source: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(0x0a)
      if (end >= 0) {
        const text = this.#rest.toString('utf8', 0, end)
        this.#rest = this.#rest.subarray(end + 1)
        return text
      }
      if (this.#rest.length > 1024) throw new BuildError('build.git-failed', 'git answers no line')
      await this.#more()
    }
  }

  async *take(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) await this.#more()
      const chunk = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(chunk.length)
      left -= chunk.length
      yield chunk
    }
  }

  async #more(): Promise<void> {
    const next = await this.#source.next()
    if (next.done === true) throw new BuildError('build.git-failed', 'git ended too early')
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value])
  }
}
