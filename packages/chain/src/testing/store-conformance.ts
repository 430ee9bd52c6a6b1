// For tests: what every CursorStore and OutboxStore must do. Registers tests; does no I/O of its own.
import { keccak256, toHex, type Hex } from 'viem'
import { expect, test } from 'vitest'
import type { CursorStore } from '../ports/cursor-store.ts'
import type { OutboxEntry, OutboxStore } from '../ports/outbox-store.ts'

const hash = (text: string): Hex => keccak256(toHex(text))
const entryOf = (nonce: number, fields: Partial<OutboxEntry> = {}): OutboxEntry => ({
  scope: 'scope',
  key: `key ${nonce}`,
  nonce,
  callHash: hash('call'),
  attempts: [{ hash: hash('attempt'), raw: '0x02f8' }],
  state: 'open',
  minedHash: undefined,
  failure: undefined,
  ...fields,
})

/** Tests of the ports; `open` gives an empty store each time. */
export function storeConformance(name: string, open: () => CursorStore & OutboxStore): void {
  test(`${name}: a cursor is what was saved last under its name`, async () => {
    const store = open()
    expect(await store.readCursor('a')).toBeUndefined()
    const cursor = { genesisHash: hash('0'), blockNumber: 2n ** 63n, blockHash: hash('1') }
    await store.saveCursor('a', { ...cursor, blockNumber: 1n })
    await store.saveCursor('a', cursor)
    expect(await store.readCursor('a')).toEqual(cursor)
    expect(await store.readCursor('b')).toBeUndefined()
  })

  test(`${name}: an entry is read as it was saved last, by scope and key`, async () => {
    const store = open()
    const attempts = [1, 2].map((n) => ({ hash: hash(`attempt ${n}`), raw: toHex(n, { size: 1 }) }))
    const failure = { code: 'contract.TooEarly', message: 'too early' }
    for (const entry of [
      entryOf(0),
      entryOf(0, { attempts }),
      entryOf(0, { attempts, state: 'done', minedHash: hash('attempt 2') }),
      entryOf(0, { attempts, state: 'failed', minedHash: hash('attempt 1'), failure }),
    ]) {
      await store.saveEntry(entry)
      expect(await store.readEntry('scope', 'key 0')).toEqual(entry)
    }
    expect(await store.readEntry('other', 'key 0')).toBeUndefined()
    expect(await store.readEntry('scope', 'key 1')).toBeUndefined()
  })

  test(`${name}: open entries of a scope come with the lowest nonce first`, async () => {
    const store = open()
    for (const nonce of [10, 9, 2]) await store.saveEntry(entryOf(nonce))
    await store.saveEntry(entryOf(3, { state: 'done', minedHash: hash('attempt') }))
    await store.saveEntry(entryOf(1, { scope: 'other' }))
    const found = await store.readOpenEntries('scope')
    expect(found.map(({ nonce }) => nonce)).toEqual([2, 9, 10])
  })

  test(`${name}: a nonce belongs to one key of its scope`, async () => {
    const store = open()
    await store.saveEntry(entryOf(1))
    await expect(store.saveEntry(entryOf(1, { key: 'another' }))).rejects.toThrow('nonce 1')
    await store.saveEntry(entryOf(1, { key: 'another', scope: 'other' }))
    expect(await store.readEntry('scope', 'another')).toBeUndefined()
  })

  test(`${name}: pruning keeps what is open and the newest of what is not`, async () => {
    const store = open()
    await store.saveEntry(entryOf(0))
    for (const nonce of [1, 2, 3, 10])
      await store.saveEntry(entryOf(nonce, { state: nonce === 2 ? 'failed' : 'done' }))
    await store.saveEntry(entryOf(1, { scope: 'other', state: 'done' }))
    await store.pruneEntries('scope', 2)
    const kept = []
    for (const nonce of [0, 1, 2, 3, 10])
      if ((await store.readEntry('scope', `key ${nonce}`)) !== undefined) kept.push(nonce)
    expect(kept).toEqual([0, 3, 10])
    expect(await store.readEntry('other', 'key 1')).toBeDefined()
  })
}
