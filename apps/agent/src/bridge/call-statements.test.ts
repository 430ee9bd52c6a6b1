// Questions of the same moment are asked together, again a few times, and end.
import { expect, test } from 'vitest'
import { bridgeCall, statementOf } from '@wetee/chain/testing/bridge-calls'
import { createLog } from '../log.ts'
import { CallStatements } from './call-statements.ts'
import type { StatedCall } from './collect-calls.ts'

const callOf = (callId: bigint): StatedCall => ({
  ...statementOf(bridgeCall(callId)),
  bridge: `0x${'b1'.repeat(20)}`,
})

/** `knows`: whether a call is stated in the round of that number. */
function start(knows: (callId: bigint, round: number) => boolean) {
  const rounds: (readonly bigint[])[] = []
  const statements = new CallStatements({
    collect: (calls, onStated) => {
      const callIds = calls.map(({ callId }) => callId)
      rounds.push(callIds)
      for (const callId of callIds) if (knows(callId, rounds.length)) onStated(callOf(callId))
      return Promise.resolve()
    },
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    log: createLog(
      () => undefined,
      () => 0,
    ),
  })
  return { statements, rounds }
}

test('calls of the same moment are asked for together, at most 64 at once', async () => {
  const { statements, rounds } = start(() => true)
  const ids = Array.from({ length: 100 }, (_, n) => BigInt(n + 1))
  const calls = await Promise.all(ids.map((callId) => statements.stated(bridgeCall(callId))))
  expect(calls.map(({ callId }) => callId)).toEqual(ids)
  expect(rounds.map(({ length }) => length)).toEqual([64, 36])
})

test('a call that is not final at enough nodes yet is asked for again', async () => {
  const { statements, rounds } = start((_, round) => round >= 3)
  expect(await statements.stated(bridgeCall(5n))).toEqual(callOf(5n))
  expect(rounds).toEqual([[5n], [5n], [5n]])
})

test('a call that nobody states ends as such after eight questions, and can be asked for anew', async () => {
  const { statements, rounds } = start((callId) => callId !== 5n)
  const refused = { code: 'call.not-stated', status: 409 }
  await expect(statements.stated(bridgeCall(5n))).rejects.toMatchObject(refused)
  expect(rounds).toHaveLength(8)
  await expect(statements.stated(bridgeCall(5n))).rejects.toMatchObject(refused)
})

test('more than 256 calls do not wait', async () => {
  const { statements } = start(() => true)
  const ids = Array.from({ length: 257 }, (_, n) => BigInt(n + 1))
  const ends = await Promise.allSettled(ids.map((callId) => statements.stated(bridgeCall(callId))))
  expect(ends.filter(({ status }) => status === 'rejected')).toMatchObject([
    { reason: { code: 'call.busy', status: 429 } },
  ])
})

test('a quorum that does not answer is asked again', async () => {
  let asked = 0
  const statements = new CallStatements({
    collect: (_, onStated) => {
      if (++asked === 1) return Promise.reject(new Error('away'))
      onStated(callOf(5n))
      return Promise.resolve()
    },
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    log: createLog(
      () => undefined,
      () => 0,
    ),
  })
  expect(await statements.stated(bridgeCall(5n))).toEqual(callOf(5n))
})
