// One commit as one tar archive: its object, then every file of its tree. Written where the repository is, read and checked where
// neither it nor Git is. Does file I/O.
import { createReadStream } from 'node:fs'
import { readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack, type Header, type Pack } from 'tar-stream'
import { BuildError } from '../error.ts'
import { maxCommitBytes, parseCommit } from './commit-object.ts'
import type { FileMode } from './git-object.ts'
import type { Source } from './source.ts'
import { defaultSourceLimits, SourceWriter, type SourceLimits } from './source-writer.ts'

const commitName = 'commit'
const treeFolder = 'tree/'

/** The archive of a staged commit; the same commit, the same bytes. Ends with an error where a file cannot be read. */
export function packSource(source: Source, commitObject: Uint8Array): Readable {
  const archive = pack()
  packAll(archive, source, commitObject).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  return Readable.from(archive as AsyncIterable<Uint8Array>, { objectMode: false })
}

async function packAll(archive: Pack, { folder, files }: Source, object: Uint8Array) {
  const mtime = new Date(0)
  archive.entry({ name: commitName, mtime, mode: 0o644 }, Buffer.from(object))
  for (const { path, mode } of files) {
    const name = treeFolder + path
    const at = join(folder, path)
    if (mode === '120000')
      archive.entry({ name, mtime, type: 'symlink', linkname: await readlink(at) })
    else {
      const { size } = await stat(at)
      const entry = archive.entry({ name, mtime, size, mode: mode === '100755' ? 0o755 : 0o644 })
      await pipeline(createReadStream(at), entry)
    }
  }
  archive.finalize()
}

/**
 * Stages what an archive holds into `folder`, which is made: it has to be the whole tree of this commit, and nothing else. Who made
 * the archive is not believed. `uri` is. Throws BuildError.
 */
export async function readSourceArchive(
  archive: AsyncIterable<Uint8Array>,
  wanted: { readonly commit: string; readonly uri: string },
  folder: string,
  limits: SourceLimits = defaultSourceLimits,
): Promise<Source> {
  const writer = new SourceWriter(folder, limits)
  const reader = extract()
  const feeding = pipeline(archive, reader)
  let object: Buffer | undefined
  const reading = (async () => {
    for await (const entry of reader) {
      const { header } = entry
      if (object === undefined) object = await readCommit(header, entry as Entry)
      else await addEntry(writer, header, entry as Entry)
    }
  })()
  await Promise.all([feeding, reading]).catch((cause: unknown) => {
    throw archiveError(cause)
  })
  if (object === undefined) throw new BuildError('build.source-missing', 'the archive is empty')
  const { format, tree, timeSeconds } = parseCommit(object, wanted.commit)
  const staged = writer.finish()
  if (staged.tree[format] !== tree)
    throw new BuildError(
      'build.source-changed',
      `the files are the tree ${staged.tree[format]}, the commit's is ${tree}`,
    )
  return { ...staged, ...wanted, timeSeconds }
}

/** What tar-stream says of bytes that are no tar has no code, unlike what files and we say. */
function archiveError(cause: unknown): unknown {
  if (!(cause instanceof Error) || 'code' in cause) return cause
  return new BuildError('build.source-entry', 'the archive of the source is no tar', { cause })
}

type Entry = AsyncIterable<Uint8Array>

async function readCommit({ name, size }: Header, entry: Entry): Promise<Buffer> {
  if (name !== commitName || size > maxCommitBytes)
    throw new BuildError('build.source-entry', `expected "${commitName}" first in the archive`)
  const chunks: Uint8Array[] = []
  for await (const chunk of entry) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function addEntry(writer: SourceWriter, header: Header, entry: Entry): Promise<void> {
  const { name, type, linkname, size, mode } = header
  if (!name.startsWith(treeFolder) || (type !== 'file' && type !== 'symlink'))
    throw new BuildError('build.source-entry', `"${name.slice(0, 200)}" is no file of the tree`)
  const path = name.slice(treeFolder.length)
  if (type === 'file') {
    const kind: FileMode = (mode & 0o100) === 0 ? '100644' : '100755'
    await writer.add(path, kind, size, entry)
    return
  }
  const target = Buffer.from(linkname)
  await writer.add(path, '120000', target.length, once(target))
  // What a link's entry holds beside is not of the tree, and is passed over.
  for await (const _ of entry) continue
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}
