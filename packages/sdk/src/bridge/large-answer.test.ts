// Bytes of a worker count only when they fit the digest on chain.
import { sha256 } from 'viem'
import { expect, test } from 'vitest'
import {
  emptyWorld,
  memoryNetwork,
  testApp,
  testVersion,
  testWorker,
  type Answers,
} from '../testing/memory-network.ts'
import { readLargeAnswer } from './large-answer.ts'

const body = new TextEncoder().encode('a long answer')
const digest = sha256(body)
const url = `http://worker-1.test/v1/answers/${digest.slice(2)}`

function network(answer: Answers[string]) {
  const world = emptyWorld()
  world.workers.push(testWorker(1n))
  world.apps.set(7n, testApp(7n))
  const terms = { replicas: 1, cpuMilli: 1, memoryMiB: 1, diskMiB: 0, gpu: 0 }
  const more = { teeClasses: 1, level: 0, upgradeDelaySeconds: 0, graceSeconds: 0 }
  world.versions.set('7/1', testVersion(1, { terms: { ...terms, ...more } }))
  return memoryNetwork(world, { [url]: answer })
}
const code = (text: string): unknown => expect.objectContaining({ code: text })

test('the bytes of a digest come from the worker', async () => {
  expect(await readLargeAnswer(network({ status: 200, body }), 7n, digest)).toEqual(body)
})

test('bytes that a worker has changed are not used', async () => {
  const changed = network({ status: 200, body: body.with(0, 0) })
  await expect(readLargeAnswer(changed, 7n, digest)).rejects.toThrow(code('call.answer-differs'))
})

test('an answer that the worker has dropped is gone', async () => {
  const dropped = network({ status: 404, body: new Uint8Array() })
  await expect(readLargeAnswer(dropped, 7n, digest)).rejects.toThrow(code('call.answer-gone'))
})
