// Cursors and outbox on disk: what is kept, what is refused.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Cursor, OutboxEntry } from '@wetee/chain'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, type Store } from './store.ts'

const hash = (byte: number) => `0x${byte.toString(16).padStart(2, '0').repeat(32)}` as const
const cursor = (blockNumber: bigint, chain = 1): Cursor => ({
  genesisHash: hash(chain),
  blockNumber,
  blockHash: hash(9),
})
const entry = (nonce: number, changes: Partial<OutboxEntry> = {}): OutboxEntry => ({
  scope: '31337/0x01/0xaa',
  key: `settle/${nonce}`,
  nonce,
  callHash: hash(2),
  attempts: [{ hash: hash(3), raw: '0x02ab' }],
  state: 'open',
  minedHash: undefined,
  failure: undefined,
  ...changes,
})
const { scope } = entry(0)

let folder: string
let file: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-store-'))
  file = join(folder, 'chain.db')
  store = openStore(file)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})
function reopen(): void {
  store.close()
  store = openStore(file)
}

test('a cursor is unknown before it is saved, then the last one saved, also after a restart', async () => {
  expect(await store.readCursor('cloud/1')).toBeUndefined()
  await store.saveCursor('cloud/1', cursor(5n))
  await store.saveCursor('cloud/1', cursor(2n ** 64n - 1n, 2))
  await store.saveCursor('cloud/2', cursor(0n))
  reopen()
  expect(await store.readCursor('cloud/1')).toEqual(cursor(2n ** 64n - 1n, 2))
  expect(await store.readCursor('cloud/2')).toEqual(cursor(0n))
})

test('a cursor name of 128 characters is taken, one more is refused', async () => {
  await store.saveCursor('n'.repeat(128), cursor(1n))
  expect(await store.readCursor('n'.repeat(128))).toEqual(cursor(1n))
  const refused = { code: 'store.invalid' }
  await expect(store.saveCursor('n'.repeat(129), cursor(1n))).rejects.toMatchObject(refused)
  await expect(store.saveCursor('', cursor(1n))).rejects.toMatchObject(refused)
  await expect(store.saveCursor('n', cursor(-1n))).rejects.toMatchObject(refused)
})

test('an entry is kept as it is, in every state, also after a restart', async () => {
  const entries = [
    entry(0),
    entry(1, { state: 'done', minedHash: hash(3) }),
    entry(2, { state: 'failed', failure: { code: 'contract.NotOwner', message: 'refused' } }),
    entry(3, {
      attempts: Array(8).fill({ hash: hash(4), raw: '0x00' }) as OutboxEntry['attempts'],
    }),
  ]
  for (const one of entries) await store.saveEntry(one)
  reopen()
  for (const one of entries) {
    const found = await store.readEntry(one.scope, one.key)
    expect(found).toEqual(one)
    expect(Object.keys(found ?? {})).toEqual(expect.arrayContaining(['minedHash', 'failure']))
  }
  expect(await store.readEntry(scope, 'unknown')).toBeUndefined()
  expect(await store.readEntry('other', 'settle/0')).toBeUndefined()
})

test('saving an entry of the same scope and key replaces it', async () => {
  await store.saveEntry(entry(0))
  const mined = entry(0, { state: 'done', minedHash: hash(3) })
  await store.saveEntry(mined)
  expect(await store.readEntry(scope, 'settle/0')).toEqual(mined)
  expect(await store.readOpenEntries(scope)).toEqual([])
})

test('open entries come lowest nonce first, of their scope only', async () => {
  for (const nonce of [10, 2, 9]) await store.saveEntry(entry(nonce))
  await store.saveEntry(entry(1, { state: 'done' }))
  await store.saveEntry(entry(0, { scope: 'other' }))
  const open = await store.readOpenEntries(scope)
  expect(open.map(({ nonce }) => nonce)).toEqual([2, 9, 10])
})

test('a nonce that another key of the scope has is refused and nothing changes', async () => {
  await store.saveEntry(entry(7))
  const second = entry(7, { key: 'renew/1' })
  await expect(store.saveEntry(second)).rejects.toMatchObject({ code: 'store.nonce-taken' })
  expect(await store.readOpenEntries(scope)).toEqual([entry(7)])
  await store.saveEntry({ ...second, scope: 'other' })
})

test.each<[string, Partial<OutboxEntry>]>([
  ['no attempt', { attempts: [] }],
  ['nine attempts', { attempts: Array(9).fill({ hash: hash(1), raw: '0x00' }) as [] }],
  [
    'an attempt above 131,072 bytes',
    { attempts: [{ hash: hash(1), raw: `0x${'00'.repeat(131_073)}` }] },
  ],
  ['half a byte', { attempts: [{ hash: hash(1), raw: '0x0' }] }],
  ['an empty key', { key: '' }],
  ['a key of 129 characters', { key: 'k'.repeat(129) }],
  ['a negative nonce', { nonce: -1 }],
  ['a short hash', { callHash: '0x12' }],
])('an entry with %s is refused', async (_, changes) => {
  await expect(store.saveEntry(entry(0, changes))).rejects.toMatchObject({ code: 'store.invalid' })
  expect(await store.readOpenEntries(scope)).toEqual([])
})

test('the largest attempt is taken', async () => {
  const attempts = [{ hash: hash(1), raw: `0x${'00'.repeat(131_072)}` as const }]
  await store.saveEntry(entry(0, { attempts }))
  expect((await store.readEntry(scope, 'settle/0'))?.attempts).toEqual(attempts)
})

test('a long reason of a failure is cut, not refused', async () => {
  const failure = { code: 'chain.refused', message: 'x'.repeat(100_000) }
  await store.saveEntry(entry(0, { state: 'failed', failure }))
  expect((await store.readEntry(scope, 'settle/0'))?.failure?.message).toHaveLength(4_096)
})

test('pruning keeps every open entry and the newest of the others', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 12 }),
      fc.array(fc.constantFrom('open', 'done', 'failed'), { minLength: 12, maxLength: 12 }),
      fc.nat({ max: 13 }),
      async (nonces, states, keep) => {
        const memory = openStore(':memory:')
        const entries = nonces.map((nonce, i) => entry(nonce, { state: states[i] ?? 'open' }))
        for (const one of entries) await memory.saveEntry(one)
        await memory.saveEntry(entry(0, { scope: 'other', state: 'done' }))
        await memory.pruneEntries(scope, keep)
        const ended = entries.filter(({ state }) => state !== 'open')
        const newest = ended.sort((a, b) => b.nonce - a.nonce).slice(0, keep)
        for (const one of entries) {
          const stays = one.state === 'open' || newest.includes(one)
          expect(await memory.readEntry(scope, one.key)).toEqual(stays ? one : undefined)
        }
        expect(await memory.readEntry('other', 'settle/0')).toBeDefined()
        memory.close()
      },
    ),
    { seed: 3, numRuns: 60 },
  )
})

test('a second daemon cannot open the same store until the first has closed it', () => {
  expect(() => openStore(file)).toThrow(
    expect.objectContaining({
      code: 'store.unreadable',
      message: `${file}: another process uses it; stop that one`,
    }),
  )
  reopen()
})

test('only its owner may read the file', async () => {
  await store.saveCursor('cloud/1', cursor(5n))
  for (const suffix of ['', '-wal']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600)
})

test('a file that is no database, one of a newer version and a missing folder are refused', () => {
  const refused = expect.objectContaining({ code: 'store.unreadable' }) as Error
  const other = join(folder, 'other.db')
  writeFileSync(other, 'not a database, but long enough to look at'.repeat(100))
  expect(() => openStore(other)).toThrow(refused)
  expect(() => openStore(join(folder, 'absent', 'chain.db'))).toThrow(refused)
  const newer = join(folder, 'newer.db')
  const database = new DatabaseSync(newer)
  database.exec('PRAGMA user_version = 2')
  database.close()
  expect(() => openStore(newer)).toThrow(refused)
})

test('a row that was changed by hand is refused, not believed', async () => {
  await store.saveEntry(entry(0))
  await store.saveCursor('cloud/1', cursor(5n))
  store.close()
  const database = new DatabaseSync(file)
  database.exec(`UPDATE outbox SET entry = json_set(entry, '$.nonce', 'x');
    UPDATE cursor SET block_number = '-1'`)
  database.close()
  store = openStore(file)
  const refused = { code: 'store.invalid' }
  await expect(store.readOpenEntries(scope)).rejects.toMatchObject(refused)
  await expect(store.readCursor('cloud/1')).rejects.toMatchObject(refused)
})
