import { beforeEach, describe, expect, test } from 'vitest'
import { followUsage, usageStatement } from '@wetee/attestation'
import { verifyMessage } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { ConditionBoard } from '../condition/condition.ts'
import type { AppUsage } from '../monitor/usage-counter.ts'
import { keepLog } from '../testing/silent-log.ts'
import { UsageLedger } from './usage-ledger.ts'
import { UsageMeter } from './usage-meter.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const used = (more: Partial<AppUsage> = {}): ReadonlyMap<bigint, AppUsage> =>
  new Map([
    [
      7n,
      {
        ...{ seconds: 10, cpuMicros: 1_000, receivedBytes: 3, sentBytes: 4 },
        ...{ memoryBytes: 100, diskBytes: 5 },
        ...more,
      },
    ],
  ])
const none = new Map<bigint, number>()

describe('a usage meter', () => {
  let nowMs: number
  let ledger: UsageLedger
  let board: ConditionBoard
  let meter: UsageMeter
  beforeEach(() => {
    nowMs = 1_000_000
    ledger = new UsageLedger(':memory:', {
      chainId: 1,
      subnet: `0x${'51'.repeat(20)}`,
      workerId: 1n,
    })
    board = new ConditionBoard()
    meter = new UsageMeter({
      ...{ ledger, account, board, sampleMs: 30_000, log: keepLog(), now: () => nowMs },
      endpoint: 'http://127.0.0.1:1/',
    })
  })
  const note = (usage = used(), restarts: ReadonlyMap<bigint, number> = none) => {
    meter.note(usage, restarts)
    nowMs += 10_000
  }

  test('writes a sample when its time is over, with everything since the one before', () => {
    for (let i = 0; i < 3; i++) note(used(), new Map([[7n, i]]))
    expect(ledger.page(7n, 0).samples).toMatchObject([
      {
        ...{ sequence: 1, fromMs: 990_000, toMs: 1_020_000, cpuMicros: 3_000, restarts: 3 },
        ...{ memoryByteSeconds: 3_000, diskBytes: 5, receivedBytes: 9, sentBytes: 12 },
      },
    ])
    for (let i = 0; i < 3; i++) note()
    expect(ledger.page(7n, 0).samples.map(({ fromMs }) => fromMs)).toEqual([990_000, 1_020_000])
  })

  test('writes what is open of an application that is gone', () => {
    note()
    note(new Map())
    expect(ledger.head(7n)).toMatchObject({ sequence: 1, cpuMicros: 1_000 })
  })

  test('writes what is open when the process ends', () => {
    note()
    meter.flush()
    meter.flush()
    expect(ledger.page(7n, 0).samples).toMatchObject([{ sequence: 1, cpuMicros: 1_000 }])
  })

  test('proves the chain up to now, signed by the operator, and says where it can be read', async () => {
    note()
    const proof = await meter.prove(7n)
    const page = ledger.page(7n, 0)
    const [signed] = page.signed
    expect(proof).toEqual({
      digest: ledger.head(7n)?.digest,
      uri: 'http://127.0.0.1:1/v1/apps/7/usage',
    })
    expect(signed?.digest).toBe(proof?.digest)
    const message = usageStatement(ledger.scope(7n), signed?.sequence ?? 0, proof?.digest ?? '0x')
    const signature = signed?.signature ?? '0x'
    expect(await verifyMessage({ address: account.address, message, signature })).toBe(true)
    expect(followUsage(ledger.scope(7n), page.before, page.samples)).toBe(undefined)
  })

  test('has nothing to prove where nothing was counted', async () => {
    expect(await meter.prove(7n)).toBe(undefined)
  })

  test('loses nothing while the disk is full, and says so', () => {
    const append = ledger.append.bind(ledger)
    ledger.append = () => {
      throw new Error('database or disk is full')
    }
    for (let i = 0; i < 5; i++) note()
    expect(board.list('worker').map(({ code }) => code)).toEqual(['usage.not-written'])
    ledger.append = append
    note()
    expect(board.list('worker')).toEqual([])
    expect(ledger.page(7n, 0).samples).toMatchObject([{ sequence: 1, cpuMicros: 6_000 }])
  })

  test('goes on when the clock was set back', () => {
    note()
    nowMs -= 3_600_000
    for (let i = 0; i < 4; i++) note()
    const { before, samples } = ledger.page(7n, 0)
    expect(samples.length).toBeGreaterThan(0)
    expect(followUsage(ledger.scope(7n), before, samples)).toBe(undefined)
  })
})
