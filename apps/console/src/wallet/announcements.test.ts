// What announces itself as a wallet.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWallet } from './announcements.ts'

const provider = { request: () => Promise.resolve([]), on: () => undefined }
const info = { uuid: 'u', name: 'Good wallet', rdns: 'org.good', icon: 'data:image/svg+xml,<svg/>' }

test('a wallet has a name, an id and something to ask and to listen to', () => {
  expect(isWallet({ info, provider })).toBe(true)
})

test.each([
  ['nothing', undefined],
  ['no provider', { info }],
  ['nothing to ask', { info, provider: { on: provider.on } }],
  ['nothing to listen to', { info, provider: { request: provider.request } }],
  ['no name', { info: { ...info, name: '' }, provider }],
  ['a name that is no text', { info: { ...info, name: {} }, provider }],
  ['no id', { info: { ...info, rdns: 7 }, provider }],
  ['an endless id', { info: { ...info, rdns: 'x'.repeat(201) }, provider }],
  ['no uuid', { info: { ...info, uuid: undefined }, provider }],
])('%s is no wallet', (_, detail) => {
  expect(isWallet(detail)).toBe(false)
})

test('anything else is passed over without an error', () => {
  fc.assert(
    fc.property(fc.anything(), (detail) => {
      expect(isWallet(detail)).toBe(false)
      expect(isWallet({ info: detail, provider })).toBe(false)
      expect(isWallet({ info, provider: detail })).toBe(false)
    }),
    { seed: 1 },
  )
})
