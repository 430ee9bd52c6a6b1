// What is said of a connection that fails.
import { expect, test } from 'vitest'
import { reasonOf, transportError } from './transport.ts'

test('what the socket said is at the bottom of what was thrown', () => {
  const socket = new Error('connect ECONNREFUSED 127.0.0.1:9')
  expect(reasonOf(new TypeError('fetch failed', { cause: socket }))).toBe(socket.message)
})

test.each([
  ['Chromium', new TypeError('Failed to fetch')],
  ['Chromium, in the middle of an answer', new TypeError('network error')],
  ['Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
  ['Safari', new TypeError('Load failed')],
])('%s says nothing, and that is what is said', (_browser, thrown) => {
  const { code, retryable, message } = transportError('http://worker.test/v1/worker', thrown)
  expect({ code, retryable }).toEqual({ code: 'transport.failed', retryable: true })
  expect(message).toBe(
    'no answer from http://worker.test/v1/worker: the connection failed, and the browser does not say why',
  )
})
