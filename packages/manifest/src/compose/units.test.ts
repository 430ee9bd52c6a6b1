import { expect, test } from 'vitest'
import { suspectedCredential } from './credentials.ts'
import { interpolate } from './interpolation.ts'
import { parseBytes, parseCpuMilli, parseDurationMs } from './units.ts'
import { splitWords } from './words.ts'

test('sizes are read with their units, nothing else is', () => {
  const sizes = ['0', '1024', '64k', '64m', '64M', '64MB', '64MiB', '1.5g', '1gb'].map(parseBytes)
  expect(sizes).toEqual([
    0,
    1024,
    65_536,
    ...Array<number>(4).fill(64 * 2 ** 20),
    1.5 * 2 ** 30,
    2 ** 30,
  ])
  for (const text of ['', 'm', '-1m', '1x', '1e3', '0x10', '1 2', '999999999999999t'])
    expect(parseBytes(text)).toBeUndefined()
})

test('durations are read with their units, nothing else is', () => {
  expect(['0', '500ms', '30s', '1m30s', '72h', '1.5s', '1us'].map(parseDurationMs)).toEqual([
    0, 500, 30_000, 90_000, 259_200_000, 1500, 1,
  ])
  for (const text of ['', '5', 's', '1d', '-1s', '1s ', '1e3s'])
    expect(parseDurationMs(text)).toBeUndefined()
})

test('CPU shares are read in thousandths, rounded up', () => {
  expect(['0.25', '1', '2.5', '0.0001', '0.0011'].map(parseCpuMilli)).toEqual([
    250, 1000, 2500, 1, 2,
  ])
  for (const text of ['', '.5', '-1', '1e3', '1,5']) expect(parseCpuMilli(text)).toBeUndefined()
})

test('a command line is split like a shell would, without expansion', () => {
  expect(splitWords(`a "b c" 'd "e' f\\ g "" "\\$x\\n"`)).toEqual([
    'a',
    'b c',
    'd "e',
    'f g',
    '',
    '$x\\n',
  ])
  expect(splitWords('  ')).toEqual([])
  for (const text of ['"a', "'a", 'a\\']) expect(splitWords(text)).toBeUndefined()
})

test.each([
  ['plain', 'plain'],
  ['$$HOME', '$HOME'],
  ['${A:-b}', 'b'],
  ['${A-b}c', 'bc'],
  ['${A:-${B:-c}}', 'c'],
  ['${A:-}', ''],
  ['${A:+x}', ''],
  ['$${A}', '${A}'],
])('%s becomes %s', (text, expected) => {
  const refused: string[] = []
  expect(interpolate(text, (code) => refused.push(code))).toBe(expected)
  expect(refused).toEqual([])
})

test.each(['$A', '${A}', '${A?x}', '${', '${1}', '$', '${A:-${B}}'])('%s is refused', (text) => {
  const refused: string[] = []
  interpolate(text, (code) => refused.push(code))
  expect(refused).toHaveLength(1)
})

test.each([
  ['hunter2x', 'DB_PASSWORD'],
  ['abc', 'API_TOKEN'],
  ['abc', 'apiKey_SECRET'],
  ['AKIAABCDEFGHIJKLMNOP', undefined],
  ['-----BEGIN EC PRIVATE KEY-----', undefined],
  [`ghp_${'aB3'.repeat(12)}`, undefined],
  ['postgres://user:pass@db/x', 'URL'],
  [`0x${'1f'.repeat(32)}`, 'X'],
  ['q8Zt2LmV0xRk7PnYc4Wd9Hs1', 'VALUE'],
  ['--key=q8Zt2LmV0xRk7PnYc4Wd9Hs1', undefined],
  ['5fbdb2315678afecb367f032d93f642f64180aa3', 'VALUE'],
  ['legal winner thank year wave sausage worth useful legal winner thank yellow', 'WORDS'],
])('%j looks like a credential', (value, name) => {
  expect(suspectedCredential(value, name)).toBeDefined()
})

test.each([
  ['production', 'NODE_ENV'],
  ['/run/secrets/password', 'DB_PASSWORD_FILE'],
  ['3600', 'TOKEN_TTL'],
  ['', 'PASSWORD'],
  ['https://example.test/a/long/path/to/something', 'URL'],
  ['postgres://db/x', 'DATABASE_URL'],
  ['0x5FbDB2315678afecb367f032d93F642f64180aa3', 'CONTRACT'],
  ['3fa85f64-5717-4562-b3fc-2c963f66afa6', 'TENANT'],
  ['Hello from a confidential computer, version 12', 'GREETING'],
  ['/usr/local/lib/python3.12/site-packages', 'PYTHONPATH'],
])('%j does not', (value, name) => {
  expect(suspectedCredential(value, name)).toBeUndefined()
})
