// A host that writes to the disk of a node: whatever it does to receipts is found, and the row is named.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { statementAccount } from '../keys/statement-account.ts'
import { testNetwork } from '../testing/memory-view.ts'
import { ReceiptChain } from './receipt-chain.ts'
import { openReceiptLog, type Batch, type NewReceipt, type ReceiptLog } from './receipt-log.ts'
import { ReceiptPoster } from './receipt-poster.ts'

const account = statementAccount(new Uint8Array(32).fill(0x11))
const place = { chainId: 31_337n, subnet: testNetwork.contracts.subnet, nodeId: 1n }
const chain = new ReceiptChain(place, account)
const receipt = (n: number): NewReceipt => ({
  ...{ at: 1_780_000_000 + n, block: '100', epoch: '4', appId: '7', version: 1, replica: 0 },
  instanceKey: `0x${'aa'.repeat(20)}`,
  requestId: `0x${n.toString(16).padStart(64, '0')}`,
  items: [{ kind: 'key', path: 'disk/data' }],
})
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }
function ignore(): void {}

let folder: string
let file: string
let log: ReceiptLog
const batches: Batch[] = []
let posted = 0n
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receipts-'))
  file = join(folder, 'receipts.db')
  log = openReceiptLog(file, chain)
  batches.length = 0
  posted = 0n
  for (let n = 1; n <= 6; n++) log.append(receipt(n))
})
afterEach(() => {
  log.close()
  rmSync(folder, { recursive: true })
})

/** What the host does to the file, while the node runs or between two runs. */
function host(...statements: string[]): void {
  const db = new DatabaseSync(file)
  for (const statement of statements) db.exec(statement)
  db.close()
}

const poster = () =>
  new ReceiptPoster({
    nodeId: 1n,
    view: {
      head: () => Promise.resolve({ number: 100n, hash: '0x', timestamp: 1n }),
      receiptsPosted: () => Promise.resolve(posted),
    },
    receipts: log,
    submit: (batch) => {
      batches.push(batch)
      posted = batch.first + BigInt(batch.count) - 1n
      return Promise.resolve()
    },
    clock: { now: () => 1_000, sleep: () => Promise.resolve() },
    log: silent,
    signal: new AbortController().signal,
  })
const changed = (text: string): unknown =>
  expect.objectContaining({
    code: 'receipt.log-changed',
    message: expect.stringContaining(text) as string,
  })
const open = () => openReceiptLog(file, chain)

const swap = [
  'UPDATE receipt SET number = 99 WHERE number = 2',
  'UPDATE receipt SET number = 2 WHERE number = 4',
  'UPDATE receipt SET number = 4 WHERE number = 99',
]
const attacks: [string, string[], string][] = [
  [
    'a text that was edited',
    [`UPDATE receipt SET text = replace(text, '"appId":"7"', '"appId":"8"') WHERE number = 3`],
    'receipt 3 was changed',
  ],
  [
    'the newest text, edited',
    [`UPDATE receipt SET text = replace(text, '"appId":"7"', '"appId":"8"') WHERE number = 6`],
    'receipt 6 was changed',
  ],
  [
    'a request id that was edited, so that it can be used again',
    [`UPDATE receipt SET request = '0xff' WHERE number = 2`],
    'receipt 2 was changed',
  ],
  ['a row that was deleted', ['DELETE FROM receipt WHERE number = 3'], 'between 2 and 4'],
  ['two rows that were swapped', swap, 'receipt 2 was changed'],
  ['the first rows deleted', ['DELETE FROM receipt WHERE number <= 2'], 'before 3 were removed'],
  [
    'a row of another place put there',
    [
      'DELETE FROM receipt WHERE number = 5',
      `INSERT INTO receipt SELECT 5, '0xee', text, previous, signature FROM receipt WHERE number = 4`,
    ],
    'receipt 5 was changed',
  ],
  [
    'a signature taken from another row',
    [
      'UPDATE receipt SET signature = (SELECT signature FROM receipt WHERE number = 1) WHERE number = 6',
    ],
    'receipt 6 was changed',
  ],
]

describe.each(attacks)('ATTACK %s', (_, statements, what) => {
  test('is found at the next start', () => {
    log.close()
    host(...statements)
    expect(open).toThrow(changed(what))
    rmSync(file)
    log = open()
  })
})

test.each([
  ['edited', attacks[0]![1], 'receipt 3 was changed'],
  ['deleted', ['DELETE FROM receipt WHERE number = 3'], 'receipt 3 was removed'],
  ['swapped', swap, 'was changed'],
  [
    'cut off at the end',
    ['DELETE FROM receipt WHERE number >= 5'],
    'receipts from 5 on were removed',
  ],
])('ATTACK rows that are %s while the node runs get no root', async (_, statements, what) => {
  host(...statements)
  const running = poster()
  await expect(running.post()).rejects.toEqual(changed(what))
  expect(batches).toEqual([])
})

test('ATTACK a root of its own, put beside the receipts, is not posted', async () => {
  const root = `0x${'66'.repeat(32)}`
  host(`INSERT INTO batch VALUES (1, 6, '${root}')`)
  await expect(poster().post()).rejects.toEqual(changed('is not that of the receipts'))
  host(`UPDATE batch SET count = 3`)
  await expect(poster().post()).rejects.toEqual(changed('is not that of the receipts'))
  host(`UPDATE batch SET count = 99999999`)
  await expect(poster().post()).rejects.toEqual(changed('the root of receipts from 1 on'))
  host('DELETE FROM batch')
  await poster().post()
  expect(batches).toMatchObject([{ first: 1n, count: 6 }])
})

test('ATTACK receipts that a root was made of cannot be cut off between two runs', async () => {
  const stopping = poster()
  log.saveBatch({ first: 1n, count: 6, root: `0x${'00'.repeat(32)}` })
  log.close()
  host('DELETE FROM receipt')
  log = open()
  await expect(stopping.post()).rejects.toMatchObject({ code: 'receipt.log-unusable' })
  await expect(poster().post()).rejects.toEqual(changed('receipts from 1 on were removed'))
})

test('ATTACK an edited row is not signed again for whoever asks for it', () => {
  host(...attacks[0]![1])
  expect(() => log.read(1n, 6)).toThrow(changed('receipt 3 was changed'))
  expect(log.read(1n, 2)).toHaveLength(2)
})

test('ATTACK a log of another node, or by another key, is not this one', () => {
  log.close()
  const other = new ReceiptChain({ ...place, nodeId: 2n }, account)
  expect(() => openReceiptLog(file, other)).toThrow(changed('receipt 1 was changed'))
  const key = statementAccount(new Uint8Array(32).fill(0x22))
  const theirs = new ReceiptChain(place, key)
  expect(() => openReceiptLog(file, theirs)).toThrow(changed('receipt 1 was changed'))
  log = open()
})

test('ATTACK a log in the form of before is not taken over, so that none can be brought in that way', () => {
  log.close()
  host('PRAGMA user_version = 0')
  expect(open).toThrow(expect.objectContaining({ code: 'receipt.log-format' }))
  host('PRAGMA user_version = 3')
  expect(open).toThrow(expect.objectContaining({ code: 'receipt.log-format' }))
  host('PRAGMA user_version = 2')
  log = open()
  expect(log.last()).toBe(6n)
})

test('numbers that the chain has seen are marked, and the mark cannot be moved', () => {
  log.raise(10n)
  log.append(receipt(11))
  log.raise(20n)
  log.close()
  log = open()
  expect(log.last()).toBe(20n)
  log.close()
  host(`UPDATE mark SET number = 1000 WHERE name = 'floor'`)
  expect(open).toThrow(changed('the mark "floor" was changed'))
  host(`UPDATE mark SET number = 20, name = 'pruned' WHERE name = 'floor'`)
  host('DELETE FROM receipt WHERE number <= 2')
  expect(open).toThrow(changed('the mark "pruned" was changed'))
  rmSync(file)
  log = open()
})

test('an older copy of the whole log opens: that the chain has seen more is found there', async () => {
  await poster().post()
  log.close()
  copyFileSync(file, `${file}.old`)
  log = open()
  log.append(receipt(7))
  await poster().post()
  log.close()
  copyFileSync(`${file}.old`, file)
  log = open()
  expect(log.last()).toBe(6n)
  await poster().post()
  expect(log.append(receipt(8))).toBe(8n)
  log.close()
  log = open()
  expect(log.last()).toBe(8n)
})
