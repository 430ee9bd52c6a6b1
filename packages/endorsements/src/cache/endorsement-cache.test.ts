// The cache on disk and in memory: the same rules; damage is a miss; bounds hold.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createSimulatedClock } from '../testing/simulated-clock.ts'
import { EndorsementCache, type CacheOptions } from './endorsement-cache.ts'
import { entryName, parseEntry, serializeEntry, type EndorsementKind } from './entry.ts'

const NOW_MS = Date.UTC(2026, 5, 1)
const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wetee-endorsements-'))
  folders.push(folder)
  return folder
}

const about = (key: string, more: { kind?: EndorsementKind; nextUpdateMs?: number } = {}) => ({
  kind: 'pck-crl' as const,
  key,
  source: 'pcs.test',
  preference: 0,
  fetchedAtMs: NOW_MS,
  issuedAtMs: NOW_MS - 1_000,
  nextUpdateMs: NOW_MS + 1_000,
  ...more,
})

describe.each(['on disk', 'in memory'])('%s', (where) => {
  async function openCache(more: Partial<CacheOptions> = {}) {
    const clock = createSimulatedClock(NOW_MS)
    const bounds = { maxBytes: 10_000, maxEntries: 100, ...more }
    const directory = where === 'on disk' ? { directory: await newFolder() } : {}
    return { clock, cache: await EndorsementCache.open({ ...bounds, ...directory }, clock) }
  }

  test('what is put is got, by kind and key', async () => {
    const { cache } = await openCache()
    await cache.put(about('platform'), { crl: '30' })
    expect(await cache.get('pck-crl', 'platform')).toMatchObject({
      entry: { ...about('platform'), bytes: 12 },
      fields: { crl: '30' },
    })
    expect(await cache.get('pck-crl', 'processor')).toBeUndefined()
    expect(await cache.get('amd-crl', 'platform')).toBeUndefined()
  })

  test('a second put replaces the first; delete forgets', async () => {
    const { cache } = await openCache()
    await cache.put(about('platform'), { crl: '30' })
    await cache.put(about('platform'), { crl: '31' })
    expect((await cache.get('pck-crl', 'platform'))?.fields).toEqual({ crl: '31' })
    expect(cache.entries()).toHaveLength(1)
    await cache.delete('pck-crl', 'platform')
    expect(await cache.get('pck-crl', 'platform')).toBeUndefined()
    expect(cache.entries()).toEqual([])
  })

  test('the same content under two keys outlives one of them', async () => {
    const { cache } = await openCache()
    await cache.put(about('a'), { crl: '30' })
    await cache.put(about('b'), { crl: '30' })
    await cache.delete('pck-crl', 'a')
    expect((await cache.get('pck-crl', 'b'))?.fields).toEqual({ crl: '30' })
  })

  test('past its bytes, expired entries go first, then those unused for longest', async () => {
    const { cache, clock } = await openCache({ maxBytes: 3_200 })
    const fields = { crl: 'a'.repeat(990) }
    for (const key of ['a', 'b']) {
      await cache.put(about(key, { nextUpdateMs: NOW_MS + 1e9 }), { ...fields, key })
      clock.advance(10)
    }
    await cache.put(about('old', { nextUpdateMs: NOW_MS + 5 }), fields)
    await cache.get('pck-crl', 'a')
    clock.advance(10)
    await cache.put(about('c', { nextUpdateMs: NOW_MS + 1e9 }), { ...fields, key: 'c' })
    expect(
      cache
        .entries()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['a', 'b', 'c'])
    await cache.put(about('d', { nextUpdateMs: NOW_MS + 1e9 }), { ...fields, key: 'd' })
    expect(
      cache
        .entries()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['a', 'c', 'd'])
  })

  test('past its number of entries, too; never the one just put', async () => {
    const { cache } = await openCache({ maxEntries: 2 })
    for (const key of ['a', 'b', 'c', 'd']) await cache.put(about(key), { key })
    expect(cache.entries()).toHaveLength(2)
    expect(await cache.get('pck-crl', 'd')).toBeDefined()
  })

  test('what is larger than the whole cache is refused, and nothing is evicted for it', async () => {
    const { cache } = await openCache({ maxBytes: 100 })
    await cache.put(about('a'), { crl: '30' })
    await expect(cache.put(about('b'), { crl: 'a'.repeat(200) })).rejects.toMatchObject({
      code: 'cache.failed',
    })
    expect(await cache.get('pck-crl', 'a')).toBeDefined()
  })
})

async function openOnDisk() {
  const directory = await newFolder()
  const clock = createSimulatedClock(NOW_MS)
  const open = () => EndorsementCache.open({ directory, maxBytes: 10_000, maxEntries: 100 }, clock)
  const cache = await open()
  await cache.put(about('platform'), { crl: '30' })
  const name = entryName('pck-crl', 'platform')
  const digest = cache.entries()[0]?.digest ?? ''
  return { directory, clock, open, cache, name, digest }
}

test('another process finds what was put', async () => {
  const { open } = await openOnDisk()
  const cache = await open()
  expect((await cache.get('pck-crl', 'platform'))?.fields).toEqual({ crl: '30' })
})

test('processes that share a directory see what the others put, replaced and took away', async () => {
  const { cache, open, directory } = await openOnDisk()
  const other = await open()
  await other.put(about('processor'), { crl: '31' })
  expect((await cache.get('pck-crl', 'processor'))?.fields).toEqual({ crl: '31' })
  await other.put(about('platform'), { crl: '32' })
  expect((await cache.get('pck-crl', 'platform'))?.fields).toEqual({ crl: '32' })
  await cache.delete('pck-crl', 'platform')
  expect(await other.get('pck-crl', 'platform')).toBeUndefined()
  expect(await readdir(join(directory, 'entries'))).toEqual([entryName('pck-crl', 'processor')])
})

test('a look that meets a replacement takes nothing away', async () => {
  const { cache } = await openOnDisk()
  for (let round = 0; round < 20; round++) {
    const fields = { crl: String(40 + round) }
    const looks = [cache.get('pck-crl', 'platform'), cache.get('pck-crl', 'platform')]
    await Promise.all([cache.put(about('platform'), fields), ...looks])
    expect((await cache.get('pck-crl', 'platform'))?.fields).toEqual(fields)
  }
})

test('files are for their owner alone, and none is left half written', async () => {
  const { directory, name, digest } = await openOnDisk()
  for (const path of [join('entries', name), join('objects', digest)])
    expect((await stat(join(directory, path))).mode & 0o777).toBe(0o600)
  expect((await stat(join(directory, 'objects'))).mode & 0o777).toBe(0o700)
  expect(await readdir(join(directory, 'objects'))).toEqual([digest])
})

test.each(['', 'x', '{"crl":"31"}', 'a'.repeat(600_000)])(
  'a damaged object is a miss, and is gone after it (%#)',
  async (text) => {
    const { directory, digest, cache } = await openOnDisk()
    await writeFile(join(directory, 'objects', digest), text)
    expect(await cache.get('pck-crl', 'platform')).toBeUndefined()
    expect(cache.entries()).toEqual([])
    expect(await readdir(join(directory, 'entries'))).toEqual([])
  },
)

test('a missing object is a miss', async () => {
  const { directory, digest, cache } = await openOnDisk()
  await rm(join(directory, 'objects', digest))
  expect(await cache.get('pck-crl', 'platform')).toBeUndefined()
})

test('an entry whose dates were changed is a miss', async () => {
  const { directory, name, open } = await openOnDisk()
  const path = join(directory, 'entries', name)
  const text = await readFile(path, 'utf8')
  const later = text.replace(String(NOW_MS + 1_000), String(NOW_MS + 9_000))
  expect(later).not.toBe(text)
  await writeFile(path, later)
  const cache = await open()
  expect(cache.entries()).toEqual([])
  expect(await readdir(join(directory, 'entries'))).toEqual([])
})

test('an entry under another’s name is a miss', async () => {
  const { directory, name, open } = await openOnDisk()
  const text = await readFile(join(directory, 'entries', name), 'utf8')
  await writeFile(join(directory, 'entries', entryName('pck-crl', 'processor')), text)
  expect((await open()).entries().map(({ key }) => key)).toEqual(['platform'])
})

test('files that belong to nothing go, once they are old enough to be of nobody', async () => {
  const { directory, open, clock, digest } = await openOnDisk()
  clock.advance(Date.now() - NOW_MS)
  await writeFile(join(directory, 'objects', 'f'.repeat(64)), 'x')
  await writeFile(join(directory, 'entries', '.1234.tmp'), 'x')
  await open()
  expect(await readdir(join(directory, 'objects'))).toHaveLength(2)
  clock.advance(2 * 3_600_000)
  await open()
  expect(await readdir(join(directory, 'objects'))).toEqual([digest])
  expect((await readdir(join(directory, 'entries'))).filter((n) => n.endsWith('.tmp'))).toEqual([])
})

test('a path that is a file cannot be opened', async () => {
  const file = join(await newFolder(), 'file')
  await writeFile(file, '')
  const options = { directory: file, maxBytes: 1, maxEntries: 1 }
  await expect(EndorsementCache.open(options, createSimulatedClock(NOW_MS))).rejects.toMatchObject({
    code: 'cache.failed',
  })
})

test('an entry survives its text and nothing else does', () => {
  const entry = { ...about('a'), digest: '0'.repeat(64), bytes: 3 }
  const text = serializeEntry(entry)
  expect(parseEntry(text)).toEqual(entry)
  for (const damaged of ['', text.slice(1), text.slice(0, -1), `${text}x`, text + text])
    expect(parseEntry(damaged)).toBeUndefined()
  for (const wrong of [{ kind: 'x' }, { digest: 'x' }, { bytes: -1 }, { key: 1 }])
    expect(parseEntry(serializeEntry({ ...entry, ...wrong } as typeof entry))).toBeUndefined()
})
