// Which servers may be asked, and where redirects may lead.
import { expect, test } from 'vitest'
import { parseServerUrl, redirectTarget } from './server-url.ts'

test.each([
  ['https://api.trustedservices.intel.com/', 'https://api.trustedservices.intel.com'],
  ['https://pccs.example:8081/mirror//', 'https://pccs.example:8081/mirror'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['http://localhost', 'http://localhost'],
])('%s is asked', (url, expected) => {
  expect(parseServerUrl(url)).toBe(expected)
})

test.each([
  'http://pccs.example',
  'http://127.0.0.1.example',
  'http://localhost.example',
  'ftp://127.0.0.1',
  'file:///etc/passwd',
  'https://user:secret@pccs.example',
  'https://pccs.example?key=secret',
  'https://pccs.example#part',
  'pccs.example',
  '',
  `https://pccs.example/${'a'.repeat(600)}`,
])('%s is refused', (url) => {
  expect(() => parseServerUrl(url)).toThrow(expect.objectContaining({ code: 'options.invalid' }))
})

test.each([
  ['https://a.example/x', '/y', 'https://a.example/y'],
  ['https://a.example/x', 'https://a.example/z?q=1', 'https://a.example/z?q=1'],
  ['https://a.example/x', 'http://a.example/y', undefined],
  ['https://a.example/x', 'https://a.example:444/y', undefined],
  ['https://a.example/x', 'https://b.example/y', undefined],
  ['https://a.example/x', '//b.example/y', undefined],
  ['https://a.example/x', 'https://u:p@a.example/y', undefined],
  ['https://a.example/x', undefined, undefined],
])('a redirect from %s to %s leads to %s', (from, location, expected) => {
  expect(redirectTarget(new URL(from), location)?.href).toBe(expected)
})
