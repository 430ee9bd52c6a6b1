// Manifests that are held say what those say that are read now, and only so many are held.
import { manifestDigest, ManifestError, parseManifest, termsDigest } from '@wetee/manifest'
import { expect, test } from 'vitest'
import { manifestOf } from '../testing/test-manifest.ts'
import { KnownManifests } from './known-manifests.ts'

test('a manifest that is known is the same as one that is not', () => {
  const manifests = new KnownManifests()
  const text = manifestOf('one')
  const document = parseManifest(text)
  const expected = {
    digest: manifestDigest(text),
    document,
    termsDigest: termsDigest(document.terms),
  }
  for (let time = 0; time < 2; time++) {
    expect(manifests.digestOf(text)).toBe(expected.digest)
    expect(manifests.read(text)).toEqual(expected)
    expect(manifests.size).toBe(1)
  }
  const other = manifestOf('two')
  expect(manifests.digestOf(other)).toBe(manifestDigest(other))
  expect(manifests.read(other).document.name).toBe('two')
})

test('what is no manifest is refused each time and not held', () => {
  const manifests = new KnownManifests()
  for (let time = 0; time < 2; time++)
    expect(() => manifests.read(`${manifestOf('one')} `)).toThrow(ManifestError)
  expect(manifests.size).toBe(0)
})

test('64 are held, and the one that was used longest ago goes first', () => {
  const manifests = new KnownManifests()
  const first = manifests.read(manifestOf('app-0'))
  for (let n = 1; n < 64; n++) manifests.read(manifestOf(`app-${n}`))
  expect(manifests.read(manifestOf('app-0'))).toBe(first)
  const second = manifests.read(manifestOf('app-1'))
  manifests.read(manifestOf('app-64'))
  expect(manifests.size).toBe(64)
  // app-2 had to go.
  expect(manifests.read(manifestOf('app-1'))).toBe(second)
  expect(manifests.read(manifestOf('app-0'))).toBe(first)
})
