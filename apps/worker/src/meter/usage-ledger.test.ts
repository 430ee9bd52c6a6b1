import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { followUsage, USAGE_START } from '@wetee/attestation'
import { MAX_SAMPLES, UsageLedger, type UsageEntry } from './usage-ledger.ts'

const scope = { chainId: 31_337, subnet: `0x${'51'.repeat(20)}`, workerId: 1n } as const
const entry = (at: number): UsageEntry => ({
  fromMs: at * 1_000,
  toMs: at * 1_000 + 1_000,
  cpuMicros: at,
  memoryByteSeconds: 2,
  diskBytes: 3,
  receivedBytes: 4,
  sentBytes: 5,
  restarts: 0,
})

const add = (ledger: UsageLedger, appId: bigint, at: number) => {
  ledger.append(new Map([[appId, entry(at)]]))
  return ledger.head(appId)
}

describe('the ledger of usage', () => {
  let folder = ''
  let ledger: UsageLedger
  const open = () => new UsageLedger(join(folder, 'usage.db'), scope)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wetee-'))
    ledger = open()
  })
  afterEach(() => {
    ledger.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is a chain for each application, which goes on in the next process', () => {
    for (let i = 0; i < 3; i++) add(ledger, 7n, i)
    add(ledger, 8n, 0)
    ledger.close()
    ledger = open()
    add(ledger, 7n, 3)
    const { before, samples } = ledger.page(7n, 0)
    expect(before).toEqual({ sequence: 0, digest: USAGE_START })
    expect(samples.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
    expect(followUsage(ledger.scope(7n), before, samples)).toBe(undefined)
    expect(ledger.head(8n)?.sequence).toBe(1)
    expect(ledger.head(9n)).toBe(undefined)
  })

  test('takes samples of many applications at once, all or none', () => {
    const broken = { ...entry(1), cpuMicros: -1 }
    expect(() =>
      ledger.append(
        new Map([
          [7n, entry(1)],
          [8n, broken],
        ]),
      ),
    ).toThrow()
    expect(ledger.head(7n)).toBe(undefined)
    ledger.append(
      new Map([
        [7n, entry(1)],
        [8n, entry(1)],
      ]),
    )
    expect([ledger.head(7n)?.sequence, ledger.head(8n)?.sequence]).toEqual([1, 1])
    // The same usage of two applications is two digests.
    expect(ledger.head(7n)?.digest).not.toBe(ledger.head(8n)?.digest)
  })

  test('counts no time twice after a clock was set back', () => {
    add(ledger, 7n, 100)
    const next = add(ledger, 7n, 5)
    expect([next?.fromMs, next?.toMs]).toEqual([101_000, 101_000])
    const { before, samples } = ledger.page(7n, 0)
    expect(followUsage(ledger.scope(7n), before, samples)).toBe(undefined)
  })

  test('is read from any sample on, and says what that follows on', () => {
    for (let i = 0; i < 5; i++) add(ledger, 7n, i)
    const whole = ledger.page(7n, 0)
    const end = ledger.page(7n, 3)
    expect(end.before).toEqual({ sequence: 3, digest: whole.samples[2]?.digest })
    expect(end.samples).toEqual(whole.samples.slice(3))
    expect(ledger.page(7n, 99_999).samples).toEqual([])
  })

  test('keeps its newest samples, and the digest that they follow on', () => {
    // On a disk each would be waited for.
    ledger.close()
    ledger = new UsageLedger(':memory:', scope)
    for (let i = 0; i < MAX_SAMPLES + 5; i++) add(ledger, 7n, i)
    const { before, samples } = ledger.page(7n, 0)
    expect([before.sequence, samples.length]).toEqual([5, MAX_SAMPLES])
    expect(followUsage(ledger.scope(7n), before, samples)).toBe(undefined)
  })

  test('gives what was signed with the samples that it belongs to', () => {
    const samples = [0, 1, 2].flatMap((i) => add(ledger, 7n, i) ?? [])
    const signature = `0x${'ab'.repeat(65)}` as const
    for (const { sequence, digest } of samples.slice(0, 2))
      ledger.sign(7n, { sequence, digest, signature, atMs: 9 })
    expect(ledger.page(7n, 0).signed.map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(ledger.page(7n, 1).signed.map(({ sequence }) => sequence)).toEqual([2])
    expect(ledger.page(8n, 0).signed).toEqual([])
  })

  test.each([
    ['changed', 'UPDATE sample SET cpuMicros = 99 WHERE sequence = 3', 3],
    ['dropped', 'DELETE FROM sample WHERE sequence = 3', 4],
    [
      'exchanged',
      `UPDATE sample SET sequence = 99 WHERE sequence = 3; UPDATE sample SET sequence = 3 WHERE sequence = 4;
       UPDATE sample SET sequence = 4 WHERE sequence = 99`,
      3,
    ],
  ])('a sample that was %s in the file is found', (_, sql, sequence) => {
    for (let i = 0; i < 6; i++) add(ledger, 7n, i)
    const file = new DatabaseSync(join(folder, 'usage.db'))
    file.exec(sql)
    file.close()
    const { before, samples } = ledger.page(7n, 0)
    expect(followUsage(ledger.scope(7n), before, samples)).toMatchObject({ sequence })
  })
})
