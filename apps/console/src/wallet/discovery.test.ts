// What announces itself as a wallet.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAnnouncement } from './discovery.ts'

const provider = { request: () => Promise.resolve([]) }
const info = { uuid: 'u', name: 'Good wallet', rdns: 'org.good', icon: 'data:image/svg+xml,<svg/>' }

test('a wallet has a name, an id and something to ask', () => {
  expect(parseAnnouncement({ info, provider })).toMatchObject({
    id: 'org.good',
    name: 'Good wallet',
    icon: 'data:image/svg+xml,<svg/>',
  })
})

test.each([
  ['nothing', undefined],
  ['no provider', { info }],
  ['nothing to ask', { info, provider: {} }],
  ['no name', { info: { ...info, name: '' }, provider }],
  ['no id', { info: { ...info, rdns: 7 }, provider }],
  ['an endless id', { info: { ...info, rdns: 'x'.repeat(201) }, provider }],
])('%s is no wallet', (_, detail) => {
  expect(parseAnnouncement(detail)).toBe(undefined)
})

test('ATTACK an icon that is an address is not shown: it would tell somebody that this page is open', () => {
  for (const icon of ['https://spy.example/i.png', 'javascript:alert(1)', 'data:text/html,x'])
    expect(parseAnnouncement({ info: { ...info, icon }, provider })).not.toHaveProperty('icon')
})

test('anything else is passed over without an error', () => {
  fc.assert(
    fc.property(fc.anything(), (detail) => {
      expect(parseAnnouncement(detail)).toBe(undefined)
      expect(parseAnnouncement({ info: detail, provider })).toBe(undefined)
    }),
    { seed: 1 },
  )
})
