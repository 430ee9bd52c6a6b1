// How many RPCs a network needs, and which do not count.
import { expect, test } from 'vitest'
import { codeOf } from '@wetee/daemon'
import { chooseRpcs } from './rpc-choice.ts'

const url = (n: number) => `https://rpc${n}.example/key`
const network = (kind: 'development' | 'test' | 'live', count: number) => ({
  ...{ name: 'n', kind },
  rpcUrls: Array.from({ length: count }, (_, index) => url(index)),
})
const refusal = (...args: Parameters<typeof chooseRpcs>) => {
  try {
    return chooseRpcs(...args)
  } catch (error) {
    return codeOf(error)
  }
}

test('a development network may have one; two or more have to agree there as well', () => {
  const local = ['http://127.0.0.1:1', 'http://127.0.0.1:2']
  expect(chooseRpcs(network('development', 1), undefined)).toEqual([url(0)])
  expect(chooseRpcs(network('development', 1), local)).toEqual(local)
})

test('a test network needs two hosts, of the file or of the profile', () => {
  expect(refusal(network('test', 1), undefined)).toBe('network.rpc-too-few')
  expect(chooseRpcs(network('test', 2), undefined)).toEqual([url(0), url(1)])
  expect(refusal(network('test', 2), [url(7)])).toBe('network.rpc-too-few')
  expect(chooseRpcs(network('test', 1), [url(7), url(8)])).toEqual([url(7), url(8)])
})

test('the first five count', () => {
  expect(chooseRpcs(network('test', 8), undefined)).toHaveLength(5)
})

test.each([
  ['another path', 'https://rpc0.example/other'],
  ['another port', 'https://rpc0.example:8443/key'],
  ['another user', 'https://user@rpc0.example/key'],
  ['capital letters', 'https://RPC0.example/key'],
  ['a last dot', 'https://rpc0.example./key'],
])('the same host with %s is no second one', (_, again) => {
  expect(refusal(network('test', 1), [url(0), again])).toBe('network.rpc-too-few')
  expect(refusal(network('test', 1), [url(0), again, url(1)])).toBe('network.rpc-repeated')
})

test('without TLS the host of the machine could answer', () => {
  const open = 'http://rpc1.example/'
  expect(refusal(network('test', 1), [url(0), open])).toBe('network.rpc-not-https')
})

test('a live network is refused whatever its RPCs', () => {
  expect(refusal(network('live', 5), undefined)).toBe('network.view-unchecked')
})
