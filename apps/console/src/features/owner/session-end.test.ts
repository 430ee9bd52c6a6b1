// Which failures end a session.
import { expect, test } from 'vitest'
import { SdkError } from '@wetee/sdk'
import { endsSession } from './session-end.ts'

const failure = (code: string, more: ConstructorParameters<typeof SdkError>[2] = {}) =>
  new SdkError(code, 'it failed', more)

test('a worker that no longer knows the session ends it; one that is busy or away does not', () => {
  expect(endsSession(failure('worker.refused'))).toBe(true)
  expect(endsSession(failure('worker.refused', { retryable: true }))).toBe(false)
  expect(endsSession(failure('worker.unreachable', { retryable: true }))).toBe(false)
})

test('ATTACK an answer that was changed on the way ends no session: it is shown as what it is', () => {
  expect(endsSession(failure('agent.not-verified'))).toBe(false)
})

test('an agent that wants another sign-in, or has other keys now, ends it; one that is out of reach does not', () => {
  const code = (of: string) => failure('agent.refused', { details: { code: of } })
  const status = (of: string) => failure('agent.unreachable', { details: { status: of } })
  expect([endsSession(code('sign-in.needed')), endsSession(code('request.too-many'))]).toEqual([
    true,
    false,
  ])
  expect([endsSession(status('400')), endsSession(status('503'))]).toEqual([true, false])
  expect(endsSession(failure('agent.unreachable'))).toBe(false)
})

test('what is no error of the sdk ends nothing', () => {
  expect(endsSession(new Error('no'))).toBe(false)
  expect(endsSession(undefined)).toBe(false)
})
