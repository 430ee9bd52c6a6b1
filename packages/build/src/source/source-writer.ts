// Puts an untrusted source tree into a folder of its own, file by file, within bounds: what is hashed is what is built. Does file I/O.
import { chmod, lstat, mkdir, open, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BuildError } from '../error.ts'
import {
  BlobHasher,
  treeNames,
  type FileMode,
  type ObjectNames,
  type TreeFile,
} from './git-object.ts'

/** Bounds of a source tree. */
export type SourceLimits = {
  readonly maxBytes: number
  readonly maxFiles: number
  readonly maxDepth: number
}

/** What is built where nobody says otherwise. */
export const defaultSourceLimits: SourceLimits = {
  maxBytes: 512 * 2 ** 20,
  maxFiles: 50_000,
  maxDepth: 64,
}

/** A source tree that nobody but the builder changes any more. */
export type StagedTree = {
  readonly folder: string
  /** Sorted by path. */
  readonly files: readonly TreeFile[]
  /** Git's names of the whole tree. */
  readonly tree: ObjectNames
  readonly sizeBytes: number
}

const maxPathBytes = 1024
const maxLinkBytes = 1024

/** Writes into `folder`, which is made and must not be there before. */
export class SourceWriter {
  readonly #folder: string
  readonly #limits: SourceLimits
  readonly #files = new Map<string, TreeFile>()
  readonly #folders = new Set<string>()
  #sizeBytes = 0

  constructor(folder: string, limits: SourceLimits) {
    this.#folder = folder
    this.#limits = limits
  }

  /** Adds a file of `size` bytes. Throws BuildError `build.source-*`. */
  async add(
    path: string,
    mode: FileMode,
    size: number,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    this.#check(path, size)
    const target = join(this.#folder, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o755 })
    const hasher = new BlobHasher(size)
    const names =
      mode === '120000'
        ? await this.#link(path, target, size, content, hasher)
        : await writeFile(path, target, mode, size, content, hasher)
    this.#files.set(path, { path, mode, names })
  }

  /** What was written. Throws `build.source-missing` when that is nothing. */
  finish(): StagedTree {
    if (this.#files.size === 0) throw new BuildError('build.source-missing', 'the source is empty')
    const files = [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
    return { folder: this.#folder, files, tree: treeNames(files), sizeBytes: this.#sizeBytes }
  }

  #check(path: string, size: number): void {
    const parts = path.split('/')
    const wrong =
      parts.some((part) => part === '' || part === '.' || part === '..' || isGitFolder(part)) ||
      /[\0\ufffd]/.test(path)
    if (wrong || Buffer.byteLength(path) > maxPathBytes || parts.length > this.#limits.maxDepth)
      throw new BuildError('build.source-path', `refused path ${quote(path)}`)
    const parents = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
    if (this.#files.has(path) || this.#folders.has(path) || parents.some((p) => this.#files.has(p)))
      throw new BuildError('build.source-path', `${quote(path)} is there twice`)
    for (const parent of parents) this.#folders.add(parent)
    this.#sizeBytes += size
    if (this.#sizeBytes > this.#limits.maxBytes)
      throw tooLarge(`more than ${this.#limits.maxBytes} bytes`)
    if (this.#files.size >= this.#limits.maxFiles)
      throw tooLarge(`more than ${this.#limits.maxFiles} files`)
  }

  async #link(
    path: string,
    target: string,
    size: number,
    content: AsyncIterable<Uint8Array>,
    hasher: BlobHasher,
  ): Promise<ObjectNames> {
    if (size === 0 || size > maxLinkBytes) throw badLink(path, 'its target has no usable length')
    const chunks: Uint8Array[] = []
    for await (const chunk of content) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const to = bytes.toString('utf8')
    if (bytes.length !== size || !Buffer.from(to).equals(bytes) || to.includes('\0'))
      throw badLink(path, 'its target is no text')
    if (!staysInside(path, to)) throw badLink(path, `${quote(to)} leads out of the source`)
    hasher.update(bytes)
    await symlink(to, target)
    return hasher.names()
  }
}

/** Refuses what no copy of a file should be: a pipe, a device, a file with another name somewhere else. */
export async function requirePlain(
  path: string,
  shown: string,
): Promise<'file' | 'link' | 'folder'> {
  const found = await lstat(path)
  if (found.isSymbolicLink()) return 'link'
  if (found.isDirectory()) return 'folder'
  if (!found.isFile())
    throw new BuildError('build.source-entry', `${quote(shown)} is a device, pipe or socket`)
  if (found.nlink > 1)
    throw new BuildError('build.source-entry', `${quote(shown)} is a hard link to another file`)
  return 'file'
}

async function writeFile(
  path: string,
  target: string,
  mode: FileMode,
  size: number,
  content: AsyncIterable<Uint8Array>,
  hasher: BlobHasher,
): Promise<ObjectNames> {
  const file = await open(target, 'wx', 0o600)
  let written = 0
  try {
    for await (const chunk of content) {
      written += chunk.length
      if (written > size) break
      hasher.update(chunk)
      await file.writeFile(chunk)
    }
  } finally {
    await file.close()
  }
  if (written !== size)
    throw new BuildError('build.source-changed', `${quote(path)} changed while it was read`)
  await chmod(target, mode === '100755' ? 0o755 : 0o644)
  return hasher.names()
}

/**
 * Whether a link's target is in the tree, whatever other links there are: a way up at its start alone, no higher than the root.
 * A way up behind a name could follow that name elsewhere first.
 */
function staysInside(path: string, target: string): boolean {
  if (target.startsWith('/')) return false
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const ups = parts.findIndex((part) => part !== '..')
  const climbs = ups === -1 ? parts.length : ups
  if (parts.slice(climbs).some((part) => part === '..' || isGitFolder(part))) return false
  return climbs <= path.split('/').length - 1
}

function isGitFolder(part: string): boolean {
  return part.toLowerCase() === '.git'
}

function badLink(path: string, why: string): BuildError {
  return new BuildError('build.source-link', `${quote(path)}: ${why}`)
}

function tooLarge(why: string): BuildError {
  return new BuildError('build.source-too-large', `the source has ${why}`)
}

function quote(path: string): string {
  return JSON.stringify(path.slice(0, 200))
}
