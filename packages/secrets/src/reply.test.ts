// Answers: what is sealed for one reader, read back strictly; base64 as everybody else writes it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeBase64 } from './base64.ts'
import {
  encodeAnswer,
  fromBase64,
  MAX_SEALED_SECRET_BYTES,
  parseAnswer,
  replyInfo,
  toBase64,
  type ReleaseAnswer,
} from './index.ts'

const digest = 'ab'.repeat(32)
const statementKey = `0x${'5a'.repeat(20)}` as const
const key = `"statementKey":"${statementKey}"`
const malformed: unknown = expect.objectContaining({ code: 'release.answer-malformed' })
const parse = (text: string) => parseAnswer(new TextEncoder().encode(text))

test('base64 is that of everybody else, in one spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const expected = Buffer.from(bytes).toString('base64')
      expect(toBase64(bytes)).toBe(expected)
      const written = new Uint8Array(expected.length + 2)
      expect(writeBase64(written, 1, bytes)).toBe(expected.length + 1)
      expect(Buffer.from(written.subarray(1, -1)).toString('latin1')).toBe(expected)
      expect(fromBase64(expected)).toEqual(new Uint8Array(bytes))
    }),
  )
  for (const text of [
    'A',
    'AA',
    'AAA',
    'AB==',
    'AAB=',
    'A===',
    'AA=A',
    'AA==AAAA',
    'A-==',
    ' AA=',
    'AAAA\n',
  ])
    expect(fromBase64(text), text).toBeUndefined()
})

test('megabytes go there and back', () => {
  const bytes = new Uint8Array(3_000_001).map((_, at) => at * 7)
  expect(Buffer.from(fromBase64(toBase64(bytes)) ?? []).equals(bytes)).toBe(true)
})

test('an answer is read as it was written, and is JSON', () => {
  const answers = fc.record({
    statementKey: fc.constant(statementKey),
    secrets: fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined }),
    keys: fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined }),
    ciphertexts: fc
      .dictionary(
        fc.nat().map((n) => n.toString(16).padStart(64, '0')),
        fc.uint8Array(),
      )
      .map((them) => new Map(Object.entries(them).slice(0, 64))),
  })
  fc.assert(
    fc.property(answers, (answer: ReleaseAnswer) => {
      const bytes = encodeAnswer(answer)
      const plain = (them: ReleaseAnswer) =>
        JSON.stringify([
          them.statementKey,
          them.secrets && [...them.secrets],
          them.keys && [...them.keys],
          [...them.ciphertexts].map(([name, it]) => [name, [...it]]),
        ])
      expect(plain(parseAnswer(bytes))).toBe(plain(answer))
      expect(JSON.parse(new TextDecoder().decode(bytes))).toHaveProperty('ciphertexts')
    }),
    { numRuns: 50 },
  )
})

test('the largest answer is read', () => {
  const ciphertexts = new Map(
    Array.from({ length: 64 }, (_, n) => [
      n.toString(16).padStart(64, '0'),
      new Uint8Array(MAX_SEALED_SECRET_BYTES),
    ]),
  )
  const bytes = encodeAnswer({
    statementKey,
    secrets: new Uint8Array(8_526),
    keys: undefined,
    ciphertexts,
  })
  expect(parseAnswer(bytes).ciphertexts.size).toBe(64)
})

describe('refused', () => {
  test.each([
    ['no JSON', '{'],
    ['bytes after it', `{${key},"secrets":null,"keys":null,"ciphertexts":{}}x`],
    ['a missing field', `{${key},"secrets":null,"ciphertexts":{}}`],
    ['an unknown field', `{${key},"secrets":null,"keys":null,"ciphertexts":{},"more":1}`],
    ['other base64', `{${key},"secrets":"AB==","keys":null,"ciphertexts":{}}`],
    ['a long release', `{${key},"secrets":"${'A'.repeat(20_000)}","keys":null,"ciphertexts":{}}`],
    ['a name that is no digest', `{${key},"secrets":null,"keys":null,"ciphertexts":{"ab":""}}`],
    ['a list', '[]'],
    ['no statement key', '{"secrets":null,"keys":null,"ciphertexts":{}}'],
    [
      'a statement key in upper case',
      `{"statementKey":"${statementKey.toUpperCase().replace('0X', '0x')}","secrets":null,"keys":null,"ciphertexts":{}}`,
    ],
  ])('%s', (_, text) => {
    expect(() => parse(text)).toThrow(malformed)
  })

  test('65 ciphertexts', () => {
    const entries = Array.from({ length: 65 }, (_, n) => `"${String(n).padStart(64, '0')}":""`)
    expect(() =>
      parse(`{${key},"secrets":null,"keys":null,"ciphertexts":{${entries.join()}}}`),
    ).toThrow(malformed)
  })

  test('what was sealed is in no message', () => {
    try {
      parse('{"secrets":"c2VjcmV0')
      expect.unreachable()
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain('c2Vj')
      expect((error as Error).cause).toBeUndefined()
    }
  })
})

test('info names chain, contract, node and request', () => {
  const context = {
    chainId: 420_420_421n,
    cloud: `0x${'c1'.repeat(20)}`,
    nodeId: 3n,
    requestId: `0x${digest}`,
  } as const
  expect(Buffer.from(replyInfo(context)).toString('hex')).toBe(
    [
      '00000016' + Buffer.from('wetee/release-reply/v1').toString('hex'),
      '00000020' + (420_420_421).toString(16).padStart(64, '0'),
      '00000014' + 'c1'.repeat(20),
      '00000008' + '0000000000000003',
      '00000020' + digest,
    ].join(''),
  )
})
