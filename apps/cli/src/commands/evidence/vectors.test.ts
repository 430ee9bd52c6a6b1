// Every case of the attestation vectors through the command: each printed field as the manifest has it.
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openVectors, type VectorCase } from '@wetee/attestation/testing/vectors-folder'
import { run } from '../../testing/fake-context.ts'
import type { AppraiseResult } from './appraise-result.ts'

type Case = VectorCase & { readonly verifyAt: string }

const { present, folder, cases } = openVectors<Case>(test)

/** Names of `measurements` that the manifest has too. */
const measured = [
  ...['mrtd', 'rtmr0', 'rtmr1', 'rtmr2', 'rtmr3', 'mr_config_id'],
  ...['mrenclave', 'mrsigner', 'isvProdId', 'isvSvn', 'attributes'],
  ...['measurement', 'host_data', 'id_key_digest', 'pcr0', 'pcr1', 'pcr2'],
]

async function appraiseCase(vector: Case, ...more: string[]) {
  const files = (['evidence', 'collateral', 'leaf', 'ask', 'crl', 'root'] as const).flatMap(
    (name) => {
      const path = vector[name]
      return path === undefined ? [] : [`--${name}`, join(folder, path)]
    },
  )
  const args = ['evidence', 'appraise', ...files, '--at', vector.verifyAt, '--json', ...more]
  const { code, stdout, stderr } = await run(args)
  expect(stderr).toBe('')
  return { code, result: JSON.parse(stdout) as AppraiseResult }
}

describe.runIf(present)('wetee evidence appraise', () => {
  const evidence = cases.filter(({ platform }) => platform !== 'intel-eventlog')
  const logs = cases.filter(({ platform }) => platform === 'intel-eventlog')
  const right = new Map<string, number>()

  test.each(evidence)('$id', async (vector) => {
    const { expect: expected, fields = {} } = vector
    const { code, result } = await appraiseCase(vector)
    expect(Object.keys(result).slice(0, 9)).toEqual([
      'verdict',
      'code',
      'tcbStatus',
      'advisoryIds',
      'tcbDate',
      'flags',
      'measurements',
      'reportData',
      'strictPolicy',
    ])
    expect(result.verdict).toBe(expected.evidence)
    expect(result.strictPolicy).toBe(expected.strictPolicy)
    expect(code).toBe(expected.evidence === 'valid' ? 0 : 1)
    if (expected.evidence === 'invalid') {
      expect(result).toMatchObject({
        code: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/) as string,
        tcbStatus: null,
        advisoryIds: null,
        tcbDate: null,
        flags: null,
        measurements: null,
        reportData: null,
      })
    } else {
      const known = measured.filter((name) => fields[name] !== undefined)
      expect(result).toMatchObject({
        code: null,
        tcbStatus: expected.tcbStatus ?? null,
        advisoryIds: expected.advisoryIDs ?? null,
        tcbDate: expected.tcbDate ?? null,
        flags: expected.flags,
        measurements: Object.fromEntries(known.map((name) => [name, fields[name]])),
        simulated: vector.kind === 'synthetic',
      })
      expect(known.length).toBeGreaterThan(2)
      if (vector.platform !== 'aws-nitro') expect(result.reportData).toBe(fields['report_data'])
    }
    right.set(vector.platform, (right.get(vector.platform) ?? 0) + 1)
  })

  test.each(logs)('$id', async (log) => {
    const vector = evidence.find((each) => each.evidence === log.quote && each.kind === 'real')
    if (vector === undefined) throw new Error('no case has the quote of this log')
    const { code, result } = await appraiseCase(vector, '--event-log', join(folder, log.evidence))
    expect(code).toBe(0)
    const { events, rtmr, rtmr3Events = [] } = log.expect
    expect(result.eventLog).toMatchObject({ events, named: rtmr3Events })
    if (rtmr !== undefined)
      expect([0, 1, 2, 3].map((index) => result.measurements?.[`rtmr${index}`])).toEqual(rtmr)
    const other = evidence.find(({ id }) => id === 'tdx4-uptodate')
    if (other === undefined) throw new Error('no such case')
    const wrong = await appraiseCase(other, '--event-log', join(folder, log.evidence))
    expect([wrong.code, wrong.result.code]).toEqual([1, 'event-log.differs'])
    right.set(log.platform, (right.get(log.platform) ?? 0) + 1)
  })

  test('no simulated case holds under the roots of the vendors', async () => {
    for (const { root, ...vector } of evidence.filter(({ kind }) => kind === 'synthetic')) {
      const { code, result } = await appraiseCase(vector)
      expect([root === undefined, code, result.verdict]).toEqual([false, 1, 'invalid'])
    }
  })

  test('the real cases hold under the roots of the vendors', async () => {
    const real = evidence.filter((each) => each.kind === 'real' && each.expect.evidence === 'valid')
    for (const { root, ...vector } of real) {
      const { code, result } = await appraiseCase(vector)
      expect([root === undefined, code, result.simulated]).toEqual([false, 0, false])
    }
  })

  afterAll(() => {
    const lines = [...right].map(([name, count]) => `${name.padEnd(16)} ${count}`)
    const sum = [...right.values()].reduce((all, count) => all + count, 0)
    console.log(
      [
        'wetee evidence appraise, cases as the manifest has them',
        ...lines,
        `${'all'.padEnd(16)} ${sum}`,
      ].join('\n'),
    )
  })
})
