// Build records as a builder answers them: read strictly, and sent as they were signed.
import { expect, test } from 'vitest'
import { parseBuildRecord, planRecordBuild } from './index.ts'
import type { Network } from './network.ts'

const word = (digits: string) => `0x${digits.repeat(32)}`
const answer = {
  builderAppId: '7',
  record: {
    imageDigest: word('a1'),
    statementDigest: word('a2'),
    repositoryHash: word('00'),
    commit: `0x${'cc'.repeat(20)}${'00'.repeat(12)}`,
    manifestDigest: word('00'),
  },
  signature: `0x${'0f'.repeat(65)}`,
}
const refusal: unknown = expect.objectContaining({ code: 'build.record-invalid' })

test('a record is sent as it was signed, and said in words', () => {
  const signed = parseBuildRecord(JSON.stringify(answer))
  expect(signed).toEqual({ ...answer, builderAppId: 7n })
  const profile = { contracts: { cloud: `0x${'c1'.repeat(20)}` } }
  const { calls, facts } = planRecordBuild({ profile } as unknown as Network, signed)
  expect(calls).toHaveLength(1)
  expect(Object.fromEntries(facts)).toMatchObject({
    ...{ Image: `sha256:${'a1'.repeat(32)}`, Commit: 'cc'.repeat(20) },
    ...{ Repository: 'not seen by the builder', Manifest: 'none' },
  })
})

test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['nothing', null],
  ['a list', [answer]],
  ['one field more', { ...answer, more: 1 }],
  ['one field less', { ...answer, signature: undefined }],
  ['a short word', { ...answer, record: { ...answer.record, commit: '0xcc' } }],
  ['other words', { ...answer, record: { ...answer.record, more: word('00') } }],
  ['upper-case digits', { ...answer, signature: answer.signature.toUpperCase() }],
  ['an application that is no number', { ...answer, builderAppId: '0x7' }],
  ['too much', { ...answer, builderAppId: '7'.repeat(5_000) }],
])('ATTACK %s is no build record', (_, value) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  expect(() => parseBuildRecord(text)).toThrow(refusal)
})
