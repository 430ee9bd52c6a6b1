// Configurations: canonical, bounded, and searched for what must not be public.
import { expect, test } from 'vitest'
import { maxConfigurationBytes, parseConfiguration } from './configuration.ts'
import { ManifestError } from './error.ts'

const codeOf = (json: string) => {
  try {
    parseConfiguration(json)
  } catch (error) {
    return error instanceof ManifestError ? error.problems[0]?.code : error
  }
  return 'nothing thrown'
}

test('the same settings have the same digest, whatever their order and spaces', () => {
  const one = parseConfiguration('{ "b": 1, "a": { "d": [], "c": null } }')
  expect(one.text).toBe('{"a":{"c":null,"d":[]},"b":1}')
  expect(parseConfiguration('{"a":{"c":null,"d":[]},"b":1}').digest).toBe(one.digest)
  expect(parseConfiguration('{"b":2}').digest).not.toBe(one.digest)
})

test.each([
  ['no JSON', '{', 'configuration.not-json'],
  ['a list', '[]', 'configuration.not-object'],
  ['a text', '"x"', 'configuration.not-object'],
  ['null', 'null', 'configuration.not-object'],
  ['seventeen levels', `${'{"a":'.repeat(18)}1${'}'.repeat(18)}`, 'configuration.too-deep'],
])('%s is refused', (_, json, code) => {
  expect(codeOf(json)).toBe(code)
})

test('16,384 bytes are taken, one more is refused', () => {
  const of = (size: number) => JSON.stringify({ a: 'x'.repeat(size - 8) })
  expect(parseConfiguration(of(maxConfigurationBytes)).text).toHaveLength(maxConfigurationBytes)
  expect(codeOf(of(maxConfigurationBytes + 1))).toBe('configuration.too-large')
})

test('a value that looks like a credential is named by its path, the digest of a secret is not', () => {
  const key = 'ab'.repeat(32)
  const { suspected } = parseConfiguration(
    JSON.stringify({
      alerts: { token: 'hunter2hunter2' },
      secrets: [{ digest: `0x${key}` }],
      raw: key,
    }),
  )
  expect(suspected.map(({ path }) => path)).toEqual(['alerts.token', 'raw'])
})
