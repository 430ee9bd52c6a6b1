// Members are asked who they are until a quorum has said it, and no more often than they must be.
import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { Census, CENSUS_PATH } from './census.ts'
import { CommitteeBook } from './committee-book.ts'

function start(failures: number) {
  const book = new CommitteeBook(() => 0)
  const controller = new AbortController()
  const now = { ms: 0 }
  const asked: (readonly string[])[] = []
  const waits: number[] = []
  const key = new Uint8Array(32).fill(7)
  const census = new Census({
    book,
    log: createLog(
      () => undefined,
      () => 0,
    ),
    signal: controller.signal,
    monotonicMs: () => now.ms,
    random: () => 1,
    sleep: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
    source: {
      request: ({ keys }) => {
        asked.push(keys)
        if (asked.length <= failures) return Promise.reject(new Error('away'))
        const member = { index: 1, nodeId: 1n, statementKey: `0x${'0a'.repeat(20)}` } as const
        book.note({ epoch: 1n, threshold: 1, members: [member] })
        return Promise.resolve({ secrets: [], keys: [key] })
      },
    },
  })
  return { census, asked, waits, now, key, controller, book }
}

test('it asks until the book knows a quorum, less and less often, and throws the key away', async () => {
  const { census, asked, waits, key } = start(6)
  await census.learn()
  expect(asked).toEqual(Array.from({ length: 7 }, () => [CENSUS_PATH]))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  expect(key.every((byte) => byte === 0)).toBe(true)
})

test('a book that releases of secrets have filled is not asked for', async () => {
  const { census, asked, book } = start(0)
  const member = { index: 1, nodeId: 1n, statementKey: `0x${'0a'.repeat(20)}` } as const
  book.note({ epoch: 1n, threshold: 1, members: [member] })
  await census.learn()
  expect(asked).toEqual([])
})

test('it ends with the signal', async () => {
  const { census, controller, asked } = start(1)
  controller.abort()
  await census.learn()
  expect(asked).toEqual([])
})

test('rounds that are asked for are shared, and ten seconds apart', async () => {
  const { census, asked, now } = start(0)
  await Promise.all([census.refresh(), census.refresh()])
  expect(asked).toHaveLength(1)
  now.ms = 9_999
  await census.refresh()
  expect(asked).toHaveLength(1)
  now.ms = 10_000
  await census.refresh()
  expect(asked).toHaveLength(2)
})
