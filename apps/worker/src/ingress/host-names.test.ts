import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownerRoute } from './port-choice.ts'
import { hostNameOf, parseHostName } from './host-names.ts'
import { publishedUrls } from './published-urls.ts'

test('every port of every application has a name of its own, and a name leads back to it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 65_535 }),
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      (target, appId) => {
        const name = hostNameOf({ appId, service: 'web', target }, 'cloud.example')
        expect(parseHostName(name, 'cloud.example')).toEqual({ appId, target })
        expect(name.split('.')[0]!.length).toBeLessThanOrEqual(63)
      },
    ),
  )
})

test('every owner API has a name of its own, and a name leads back to it', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      fc.constantFrom('current', 'pending'),
      fc.integer({ min: 0, max: 999 }),
      (appId, role, replica) => {
        const route = ownerRoute(appId, role, replica)
        const name = hostNameOf(route, 'cloud.example')
        expect(parseHostName(name, 'cloud.example')).toEqual(route)
        expect(name.split('.')[0]!.length).toBeLessThanOrEqual(63)
      },
    ),
  )
})

test.each([
  'owner-7.cloud.example',
  'owner-current-00-7.cloud.example',
  'owner-current-0-0.cloud.example',
  'owner-other-0-7.cloud.example',
  'owner-current-10000-7.cloud.example',
  '65536-7.cloud.example',
  '0-7.cloud.example',
  '80-0.cloud.example',
  '80-18446744073709551616.cloud.example',
  '80-7.cloud.example.',
  '80-7.other.example',
  '80-7',
  '80-7.xcloud.example',
  '80-07.cloud.example',
  '80-7-1.cloud.example',
])('leads nowhere: %s', (name) => {
  expect(parseHostName(name, 'cloud.example')).toBeUndefined()
})

const listening = [{ appId: 7n, service: 'web', target: 80, port: 20_001, isHttp: true }]

test('names are shown first, with the port only where it is not 443', () => {
  const at = { host: '::1', domain: 'cloud.example', namePort: 443, proven: () => [] }
  expect(publishedUrls(listening, at).map(({ url }) => url)).toEqual([
    'https://80-7.cloud.example',
    'https://[::1]:20001',
  ])
  const other = publishedUrls(listening, { ...at, namePort: 8443 })
  expect(other[0]?.url).toBe('https://80-7.cloud.example:8443')
})

test('an owner API is shown by its name', () => {
  const at = { host: '::1', domain: 'cloud.example', namePort: 443, proven: () => [] }
  const [first] = publishedUrls(
    [{ ...ownerRoute(7n, 'current', 0), port: 20_002, isHttp: true }],
    at,
  )
  expect(first?.url).toBe('https://owner-current-0-7.cloud.example')
})

test('a port that passes bytes on is shown as such, by name and by port', () => {
  const at = { host: '127.0.0.1', domain: 'cloud.example', namePort: 443, proven: () => [] }
  const ports = listening.map((key) => ({ ...key, isHttp: false }))
  expect(publishedUrls(ports, at).map(({ url }) => url)).toEqual([
    'tcp://80-7.cloud.example',
    'tcp://127.0.0.1:20001',
  ])
})

test('without a domain there are only ports', () => {
  const at = { host: '127.0.0.1', domain: undefined, namePort: 443, proven: () => [] }
  expect(publishedUrls(listening, at)).toEqual([
    { service: 'web', target: 80, url: 'https://127.0.0.1:20001' },
  ])
})

test('proven domains come before everything else, each with the port that it leads to', () => {
  const domains = [
    { name: 'shop.example', target: 80 },
    { name: 'api.example', target: 81 },
  ]
  const at = { host: '127.0.0.1', domain: 'cloud.example', namePort: 443, proven: () => domains }
  expect(publishedUrls(listening, at).map(({ url }) => url)).toEqual([
    'https://shop.example',
    'https://80-7.cloud.example',
    'https://127.0.0.1:20001',
  ])
})
