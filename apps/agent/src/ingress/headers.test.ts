// Which header fields pass the agent.
import { expect, test } from 'vitest'
import { requestHeaders, responseHeaders, trailers } from './headers.ts'

test('fields of one hop end at the agent, those that Connection names included', () => {
  const raw = ['Connection', 'close, X-Secret', 'Keep-Alive', 'timeout=5', 'TE', 'trailers']
  raw.push('Transfer-Encoding', 'chunked', 'Upgrade', 'h2c', 'Proxy-Authorization', 'a')
  raw.push('X-Secret', '1', 'X-Kept', '2')
  expect(responseHeaders(raw)).toEqual([['X-Kept', '2']])
})

test('repeated fields and their order stay', () => {
  const raw = ['Set-Cookie', 'a=1', 'X', 'y', 'Set-Cookie', 'b=2']
  expect(responseHeaders(raw)).toEqual([
    ['Set-Cookie', 'a=1'],
    ['X', 'y'],
    ['Set-Cookie', 'b=2'],
  ])
})

test('a client cannot claim an address, a host or a protocol', () => {
  const raw = ['Host', 'app.test', 'X-Forwarded-For', '10.0.0.1', 'x_forwarded_proto', 'http']
  raw.push('Forwarded', 'for=1', 'X-Real-IP', '1', 'X-Forwarded-Host', 'evil', 'Expect', 'x')
  expect(requestHeaders(raw, 'app.test')).toEqual([
    ['Host', 'app.test'],
    ['Via', '1.1 wetee'],
    ['X-Forwarded-Host', 'app.test'],
    ['X-Forwarded-Proto', 'https'],
  ])
})

test('trailers cannot carry framing, cookies or authorization', () => {
  const raw = ['X-Sum', '1', 'Content-Length', '5', 'Set-Cookie', 'a', 'Authorization', 'b']
  expect(trailers(raw)).toEqual([['X-Sum', '1']])
})
