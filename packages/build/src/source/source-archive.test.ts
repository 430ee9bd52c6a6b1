// A commit as an archive: what is packed is what is read, and nobody on the way can change it.
import { readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, pack, type Header } from 'tar-stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { git, makeRepository, temporaryFolder, writeFiles } from '../testing/folders.ts'
import { parseCommit } from './commit-object.ts'
import { fetchCommit } from './fetch-commit.ts'
import { packSource, readSourceArchive } from './source-archive.ts'
import { defaultSourceLimits, type SourceLimits } from './source-writer.ts'

const folder = temporaryFolder()
const uri = 'https://git.example/app'
let commit: string
let archive: Buffer
let object: Uint8Array
let count = 0
const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const read = (bytes: Uint8Array, named = commit, limits: SourceLimits = defaultSourceLimits) =>
  readSourceArchive(
    Readable.from([bytes]),
    { commit: named, uri },
    join(folder.path, `read-${++count}`),
    limits,
  )

beforeAll(async () => {
  const repository = join(folder.path, 'repository')
  makeRepository(repository, { 'a/b.txt': 'text', 'run.sh': 'true' })
  symlinkSync('a/b.txt', join(repository, 'link'))
  writeFiles(repository, { ['n'.repeat(120)]: 'long' })
  git(repository, 'add', '-A')
  git(repository, 'update-index', '--chmod=+x', 'run.sh')
  git(repository, 'commit', '-q', '-m', 'second\n\ntree 0\ncommitter nobody')
  commit = git(repository, 'rev-parse', 'HEAD')
  const place = { folder: join(folder.path, 'staged'), scratch: join(folder.path, 'objects') }
  const source = await fetchCommit(`file://${repository}`, commit, place)
  object = source.commitObject!
  archive = await buffer(packSource(source, object))
})
afterAll(() => folder.dispose())

/** The archive with each entry changed or left out. */
async function changed(
  change: (header: Header, body: Buffer) => readonly [Header, Buffer] | undefined,
): Promise<Buffer> {
  const [reader, writer] = [extract(), pack()]
  reader.end(archive)
  for await (const entry of reader) {
    const kept = change(entry.header, await buffer(entry))
    if (kept === undefined) continue
    const { pax: _, size: __, ...header } = kept[0]
    if (header.type === 'symlink') writer.entry(header)
    else writer.entry(header, kept[1])
  }
  writer.finalize()
  return buffer(writer)
}

test('a commit is read as it was packed: files, modes, links, names, time', async () => {
  const source = await read(archive)
  expect(source).toMatchObject({ commit, uri, timeSeconds: 1_700_000_000 })
  expect(source.files.map(({ path, mode }) => [path.slice(0, 9), mode])).toEqual([
    ['a/b.txt', '100644'],
    ['link', '120000'],
    ['nnnnnnnnn', '100644'],
    ['run.sh', '100755'],
  ])
  expect(readFileSync(join(source.folder, 'a/b.txt'), 'utf8')).toBe('text')
  expect(readlinkSync(join(source.folder, 'link'))).toBe('a/b.txt')
})

test.each<[string, (h: Header, b: Buffer) => readonly [Header, Buffer] | undefined]>([
  ['changed', (h, b) => [h, h.name === 'tree/a/b.txt' ? Buffer.from('t3xt') : b]],
  ['left out', (h, b) => (h.name === 'tree/run.sh' ? undefined : [h, b])],
  ['renamed', (h, b) => [{ ...h, name: h.name.replace('run.sh', 'ran.sh') }, b]],
  ['not executable any more', (h, b) => [{ ...h, mode: 0o644 }, b]],
  ['a link to elsewhere', (h, b) => [h.linkname ? { ...h, linkname: 'run.sh' } : h, b]],
])('an archive in which a file is %s is not the tree of the commit', async (_, change) => {
  await expect(read(await changed(change))).rejects.toEqual(refusal('build.source-changed'))
})

test('an object with another name is refused, and so is one that does not come first', async () => {
  const other = await changed((h, b) => [
    h,
    h.name === 'commit' ? Buffer.from(`${b.toString()}x`) : b,
  ])
  await expect(read(other)).rejects.toEqual(refusal('build.commit-invalid'))
  await expect(read(archive, 'b'.repeat(40))).rejects.toEqual(refusal('build.commit-invalid'))
  const none = await changed((h, b) => (h.name === 'commit' ? undefined : [h, b]))
  await expect(read(none)).rejects.toEqual(refusal('build.source-entry'))
})

test.each<[string, string, Pick<Header, 'name'> & Partial<Header>]>([
  ['leads out', 'build.source-path', { name: 'tree/../x' }],
  ['is Git’s own', 'build.source-path', { name: 'tree/.git/config' }],
  ['is there twice', 'build.source-path', { name: 'tree/run.sh' }],
  ['is beside the tree', 'build.source-entry', { name: 'other' }],
  ['is a hard link', 'build.source-entry', { name: 'tree/h', type: 'link', linkname: 'run.sh' }],
  ['is a device', 'build.source-entry', { name: 'tree/d', type: 'character-device' }],
  ['links to /', 'build.source-link', { name: 'tree/l', type: 'symlink', linkname: '/etc' }],
])('an entry that %s is refused: %s', async (_, code, header) => {
  const more = pack()
  more.entry({ name: 'commit' }, Buffer.from(object))
  more.entry({ name: 'tree/run.sh' }, 'true')
  if (header.type === undefined) more.entry(header, 'x')
  else more.entry(header)
  more.finalize()
  await expect(read(await buffer(more))).rejects.toEqual(refusal(code))
})

test('bounds hold, and what is no archive is refused', async () => {
  const small = { ...defaultSourceLimits, maxFiles: 3 }
  await expect(read(archive, commit, small)).rejects.toEqual(refusal('build.source-too-large'))
  await expect(read(Buffer.alloc(2048, 1))).rejects.toEqual(refusal('build.source-entry'))
  await expect(read(Buffer.alloc(1024))).rejects.toEqual(refusal('build.source-missing'))
})

test('tree and time come from the head of the object, not from its message', () => {
  const facts = parseCommit(object, commit)
  expect(facts).toMatchObject({ format: 'sha1', timeSeconds: 1_700_000_000 })
  expect(facts.tree).toMatch(/^[0-9a-f]{40}$/)
})
