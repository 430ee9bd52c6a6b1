import { expect, test } from 'vitest'
import { formatImageReference, parseImageReference, pinnedReference } from './image-reference.ts'

const digest = `sha256:${'0a'.repeat(32)}` as const

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['user/app', 'docker.io/user/app:latest'],
  ['ghcr.io/user/app:v1', 'ghcr.io/user/app:v1'],
  ['localhost/app', 'localhost/app:latest'],
  ['127.0.0.1:5780/wetee/hello:1', '127.0.0.1:5780/wetee/hello:1'],
  ['[::1]:5000/app', '[::1]:5000/app:latest'],
  [`ghcr.io/a@${digest}`, `ghcr.io/a@${digest}`],
  [`ghcr.io/a:1@${digest}`, `ghcr.io/a:1@${digest}`],
])('%s is %s', (text, full) => {
  const reference = parseImageReference(text)
  expect(reference && formatImageReference(reference)).toBe(full)
})

test('a pinned reference has no tag and names itself', () => {
  const reference = parseImageReference('ghcr.io/a:1')
  const pinned = reference && pinnedReference(reference, digest)
  expect(pinned).toBe(`ghcr.io/a@${digest}`)
  expect(parseImageReference(pinned ?? '')).toEqual({
    registry: 'ghcr.io',
    repository: 'a',
    digest,
  })
})

test.each([
  '',
  ' nginx',
  'Nginx',
  'a//b',
  'a/../b',
  '/a',
  'a/',
  'a:',
  'a:b:c',
  'a@sha256:12',
  `a@sha512:${'0a'.repeat(32)}`,
  `a@${digest.toUpperCase()}`,
  'http://a.b/c',
  'user@host.test/a',
  'host.test:99999/a',
  'host.test:/a',
  'a b',
  `a.b/${'x'.repeat(600)}`,
])('%j is no reference', (text) => {
  expect(parseImageReference(text)).toBeUndefined()
})
