// Receipts on disk and on chain: numbered without gaps, posted once, provable, and not given away twice after a setback.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { merkleRoot, receiptLeaf, verifyMerkleProof, type Hex } from '@wetee/secrets'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { statementAccount } from '../keys/statement-account.ts'
import { testNetwork } from '../testing/memory-view.ts'
import { ReceiptChain } from './receipt-chain.ts'
import { ReceiptDesk } from './receipt-desk.ts'
import { openReceiptLog, type Batch, type NewReceipt, type ReceiptLog } from './receipt-log.ts'
import { ReceiptPoster } from './receipt-poster.ts'

const receipt = (n: number): NewReceipt => ({
  at: 1_780_000_000 + n,
  block: '100',
  epoch: '4',
  appId: '7',
  version: 1,
  replica: 0,
  instanceKey: `0x${'aa'.repeat(20)}`,
  requestId: `0x${n.toString(16).padStart(64, '0')}`,
  items: [{ kind: 'key', path: 'disk/data' }],
})
const account = statementAccount(new Uint8Array(32).fill(0x11))
const place = { chainId: 31_337n, subnet: testNetwork.contracts.subnet, nodeId: 1n }
const chain = new ReceiptChain(place, account)
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }
function ignore(): void {}

let folder: string
let log: ReceiptLog
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receipts-'))
  log = openReceiptLog(join(folder, 'receipts.db'), chain)
})
afterEach(() => {
  log.close()
  rmSync(folder, { recursive: true })
})

function reopen(): void {
  log.close()
  log = openReceiptLog(join(folder, 'receipts.db'), chain)
}

describe('the log', () => {
  test('numbers go on after a restart, texts are read by number', () => {
    expect([1, 2, 3].map((n) => log.append(receipt(n)))).toEqual([1n, 2n, 3n])
    reopen()
    expect(log.append(receipt(4))).toBe(4n)
    expect(log.last()).toBe(4n)
    const numbers = log.read(2n, 2).map((text) => (JSON.parse(text) as { number: string }).number)
    expect(numbers).toEqual(['2', '3'])
    expect(log.read(5n, 10)).toEqual([])
  })

  test('a request id has one receipt, also after a restart, and one that failed took no number', () => {
    log.append(receipt(1))
    reopen()
    expect(log.has(receipt(1).requestId)).toBe(true)
    expect(() => log.append(receipt(1))).toThrow(
      expect.objectContaining({ code: 'release.replayed' }),
    )
    expect(log.append(receipt(2))).toBe(2n)
  })

  test('a receipt that is none is not written', () => {
    expect(() => log.append({ ...receipt(1), items: [] })).toThrow()
    expect(log.last()).toBe(0n)
    expect(log.has(receipt(1).requestId)).toBe(false)
  })

  test('a log that cannot be written releases nothing', () => {
    log.close()
    expect(() => log.append(receipt(1))).toThrow(
      expect.objectContaining({ code: 'receipt.log-unusable', status: 503 }),
    )
    log = openReceiptLog(join(folder, 'other.db'), chain)
  })

  test('numbers that the chain has seen are not given away again', () => {
    log.append(receipt(1))
    log.raise(10n)
    expect(log.append(receipt(2))).toBe(11n)
    reopen()
    expect(log.last()).toBe(11n)
    log.raise(5n)
    expect(log.append(receipt(3))).toBe(12n)
  })
})

describe('the poster', () => {
  const batches: Batch[] = []
  let posted = 0n
  let failing = false
  let maxBatch: number | undefined
  let nowMs = 1_000
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
        if (failing) return Promise.reject(new Error('no money'))
        posted = batch.first + BigInt(batch.count) - 1n
        return Promise.resolve()
      },
      clock: { now: () => nowMs, sleep: () => Promise.resolve() },
      ...(maxBatch === undefined ? {} : { maxBatch }),
      log: silent,
      signal: new AbortController().signal,
    })
  beforeEach(() => {
    batches.length = 0
    posted = 0n
    failing = false
    maxBatch = undefined
    nowMs = 1_000
  })

  test('posts nothing by a view that is more than 5 minutes old', async () => {
    log.append(receipt(1))
    nowMs = 1_000 + 300_001
    await expect(poster().post()).rejects.toMatchObject({ code: 'view.stale' })
    expect(batches).toEqual([])
    nowMs = 1_000 + 300_000
    await poster().post()
    expect(batches).toHaveLength(1)
  })

  test('posts nothing without receipts, then each of them under one root', async () => {
    await poster().post()
    expect(batches).toEqual([])
    for (const n of [1, 2, 3]) log.append(receipt(n))
    await poster().post()
    await poster().post()
    log.append(receipt(4))
    await poster().post()
    const rootOf = (first: bigint, count: number) =>
      merkleRoot(log.read(first, count).map(receiptLeaf))
    expect(batches).toEqual([
      { first: 1n, count: 3, root: rootOf(1n, 3) },
      { first: 4n, count: 1, root: rootOf(4n, 1) },
    ])
  })

  test('sends the same root again after it failed, whatever came in between', async () => {
    log.append(receipt(1))
    failing = true
    await expect(poster().post()).rejects.toThrow('no money')
    log.append(receipt(2))
    reopen()
    failing = false
    await poster().post()
    expect(batches[1]).toEqual(batches[0])
    await poster().post()
    expect(batches[2]).toMatchObject({ first: 2n, count: 1 })
  })

  test('more receipts than one root has leaves are under several, at once', async () => {
    for (const n of [1, 2, 3, 4, 5]) log.append(receipt(n))
    maxBatch = 2
    await poster().post()
    expect(batches.map(({ first, count }) => [first, count])).toEqual([
      [1n, 2],
      [3n, 2],
      [5n, 1],
    ])
  })

  test('a node whose disk was set back goes on behind what the chain has', async () => {
    log.append(receipt(1))
    posted = 9n
    await poster().post()
    expect(batches).toEqual([])
    expect(log.append(receipt(2))).toBe(10n)
    await poster().post()
    expect(batches).toMatchObject([{ first: 10n, count: 1 }])
  })

  test('the desk proves each receipt under its root, and none that is not posted', async () => {
    for (const n of [1, 2, 3]) log.append(receipt(n))
    await poster().post()
    log.append(receipt(4))
    const desk = new ReceiptDesk({ nodeId: 1n, network: testNetwork, log, account })
    for (const number of [1n, 2n, 3n]) {
      const { root, count, position, proof } = JSON.parse(await desk.proof(number)) as {
        root: Hex
        count: number
        position: number
        proof: Hex[]
      }
      expect(root).toBe(batches[0]?.root)
      const leaf = receiptLeaf(log.read(number, 1)[0]!)
      expect(verifyMerkleProof({ leaf, position, count, proof, root })).toBe(true)
    }
    await expect(desk.proof(4n)).rejects.toThrow(
      expect.objectContaining({ code: 'receipt.not-posted' }),
    )
    await expect(desk.proof(5n)).rejects.toThrow(
      expect.objectContaining({ code: 'receipt.unknown' }),
    )
  })
})
