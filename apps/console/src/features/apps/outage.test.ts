// What the chain says of an application whose worker does not answer.
import { expect, test } from 'vitest'
import { attestedUntil, hasAnswered, lastRenewal, otherConditions, outageOf } from './outage.ts'

const condition = (code: string) => ({ code, severity: 'error', text: code, remedy: '' })
const lease = (workerId: bigint, notBefore: bigint, notAfter: bigint, live = true) => ({
  ...{ workerId, notBefore, notAfter, live },
})

test('a worker that is away, or whose place something else has taken, is an outage; other conditions are none', () => {
  for (const code of ['worker.unreachable', 'worker.answer-invalid'])
    expect(outageOf({ conditions: [condition('image.slow'), condition(code)] })?.code).toBe(code)
  const conditions = [condition('image.slow'), condition('worker.app-unknown')]
  expect(outageOf({ conditions })).toBe(undefined)
})

test('the outage is said once: what else there is to say stays', () => {
  const conditions = [condition('worker.unreachable'), condition('funds.low')]
  expect(otherConditions({ conditions }).map(({ code }) => code)).toEqual(['funds.low'])
})

test('a worker that does not know the application yet has answered; one that was not asked has not', () => {
  expect(hasAnswered({ conditions: [], instances: [] })).toBe(true)
  expect(hasAnswered({ conditions: [condition('worker.app-unknown')] })).toBe(true)
  expect(hasAnswered({ conditions: [] })).toBe(false)
  expect(hasAnswered({ conditions: [condition('worker.unreachable')] })).toBe(false)
})

test('the last sign on chain is the newest renewal by this worker, not by the one that it moves to', () => {
  const leases = [lease(1n, 100n, 400n), lease(1n, 130n, 430n, false), lease(2n, 500n, 800n)]
  expect(lastRenewal({ workerId: 1n, leases })).toBe(130n)
  expect(lastRenewal({ workerId: 3n, leases })).toBe(undefined)
})

test('rent can be owed until the last live lease ends, and not at all without one', () => {
  const leases = [lease(1n, 100n, 400n), lease(1n, 90n, 390n), lease(1n, 130n, 430n, false)]
  expect(attestedUntil({ leases })).toBe(400n)
  expect(attestedUntil({ leases: [lease(1n, 130n, 430n, false)] })).toBe(undefined)
})
