// A policy is what it says itself: nothing counts that it only inherits.
import { expect, test } from 'vitest'
import { evaluate, strictPolicy, type Claims, type Policy } from '../index.ts'

const claims = {} as Claims
const problemOf = (policy: Policy) => {
  const verdict = evaluate(claims, policy, Date.UTC(2026, 5, 1))
  return verdict.accepted ? 'accepted' : `${verdict.code} ${verdict.message}`
}
/** The policy with one of its fields moved to its prototype. */
const inheriting = (field: keyof Policy): Policy => {
  const { [field]: moved, ...own } = strictPolicy()
  return Object.assign(Object.create({ [field]: moved }) as object, own) as Policy
}

test('the whole policy is right, and then it is about the claims', () => {
  expect(problemOf(strictPolicy())).toMatch(/^policy\.claims /)
})

test.each(Object.keys(strictPolicy()) as (keyof Policy)[])('%s', (field) => {
  expect(problemOf(inheriting(field))).toMatch(new RegExp(`^policy\\.invalid .*${field}`))
})
