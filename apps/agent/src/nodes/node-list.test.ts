// Whom an instance asks: follows what the worker names, and keeps the last where it names none.
import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { NodeList, type AskedNodes } from './node-list.ts'

const member = (nodeId: bigint) => ({
  nodeId,
  host: `10.0.0.${nodeId}:7700`,
  tlsKeyHash: `0x${'11'.repeat(32)}` as const,
})
const launched: AskedNodes = { nodes: [1n, 2n, 3n].map(member), threshold: 2 }
const changed: AskedNodes = { nodes: [2n, 3n, 4n, 5n].map(member), threshold: 3 }

function start(answers: (AskedNodes | Error)[]) {
  const now = { ms: 0 }
  let asked = 0
  const lines: string[] = []
  const list = new NodeList(
    {
      worker: {
        committee: () => {
          const answer = answers[Math.min(asked++, answers.length - 1)]!
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
        },
      },
      monotonicMs: () => now.ms,
      log: createLog(
        (line) => lines.push(line),
        () => 0,
      ),
      signal: new AbortController().signal,
    },
    launched,
  )
  return { list, now, lines, asked: () => asked }
}

test('a committee that changed after the launch is asked five seconds later, and said once', async () => {
  const { list, now, lines } = start([launched, changed])
  expect(await list.latest()).toEqual(launched)
  now.ms = 4_999
  expect(await list.latest()).toEqual(launched)
  now.ms = 5_000
  expect(await list.latest()).toEqual(changed)
  now.ms = 10_000
  expect(await list.latest()).toEqual(changed)
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { nodes: '2,3,4,5', threshold: 3, msg: 'another committee is asked' },
  ])
})

test('a worker that names none leaves the last ones, first of all those of the launch', async () => {
  const { list, now } = start([new Error('away'), changed, new Error('away')])
  expect(await list.latest()).toEqual(launched)
  now.ms += 5_000
  expect(await list.latest()).toEqual(changed)
  now.ms += 5_000
  expect(await list.latest()).toEqual(changed)
})

test('those who ask together share one question', async () => {
  const { list, asked } = start([changed])
  expect(await Promise.all([list.latest(), list.latest()])).toEqual([changed, changed])
  expect(asked()).toBe(1)
})
