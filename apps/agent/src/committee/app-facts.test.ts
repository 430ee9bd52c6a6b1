// Facts are shared between callers, kept for seconds, never go back and never grow old unsaid.
import { expect, test } from 'vitest'
import { FactsSource, MAX_FACTS_AGE_SECONDS, type AppFacts } from './app-facts.ts'

const facts: AppFacts = {
  appId: 7n,
  owner: `0x${'0e'.repeat(20)}`,
  state: 'active',
  currentVersion: 1,
  pendingVersion: 0,
  olderKey: '0x',
  blockNumber: 90n,
  blockTime: 1_000n,
}

function start(answers: (AppFacts | Error)[], now = { seconds: 1_010 }) {
  let asked = 0
  const source = new FactsSource({
    collect: () => {
      const answer = answers[Math.min(asked++, answers.length - 1)]!
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    nowSeconds: () => now.seconds,
  })
  return { source, now, asked: () => asked }
}

test('callers at the same time, and soon after, share one question', async () => {
  const { source, asked, now } = start([facts])
  expect(await Promise.all([source.latest(), source.latest()])).toEqual([facts, facts])
  now.seconds += 9
  await source.latest()
  expect(asked()).toBe(1)
  now.seconds += 1
  await source.latest()
  expect(asked()).toBe(2)
})

test('facts of an older block do not replace newer ones: nobody is led back to an owner of before', async () => {
  const before = { ...facts, owner: `0x${'0d'.repeat(20)}`, blockNumber: 89n } as const
  const { source, now } = start([facts, before])
  await source.latest()
  now.seconds += 60
  expect(await source.latest()).toEqual(facts)
})

test('a block of five minutes ago counts, one second more does not', async () => {
  const { source } = start([facts], { seconds: 1_000 + MAX_FACTS_AGE_SECONDS })
  expect(await source.latest()).toEqual(facts)
  const later = start([facts], { seconds: 1_001 + MAX_FACTS_AGE_SECONDS })
  await expect(later.source.latest()).rejects.toMatchObject({ code: 'facts.stale' })
})

test('a failure is not kept: the next caller asks again', async () => {
  const { source } = start([new Error('away'), facts])
  await expect(source.latest()).rejects.toThrow('away')
  expect(await source.latest()).toEqual(facts)
})

test('a caller that gives up leaves the others their answer', async () => {
  const { source } = start([facts])
  const gone = new AbortController()
  const [given, kept] = [source.latest(gone.signal), source.latest()]
  gone.abort(new Error('gone'))
  await expect(given).rejects.toThrow('gone')
  expect(await kept).toEqual(facts)
})
