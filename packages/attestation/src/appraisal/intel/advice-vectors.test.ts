// Advice on real platforms: that it agrees with the appraisal of each, and what it says of some.
import { describe, expect, test } from 'vitest'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import { openVectors, type VectorCase } from '../../testing/vectors-folder.ts'
import { adviseTcb } from './advice.ts'

const { present, cases, read, readText } = openVectors(test)
const intel = cases.filter(({ platform }) => platform === 'intel-dcap')
/** Authentic, whatever the TCB. */
const authentic = intel.filter(
  ({ expect: { evidence, reason = '' } }) =>
    evidence === 'valid' || ['TCB_NOT_SUPPORTED', 'TCB_REVOKED'].includes(reason),
)
const BELOW: Readonly<Record<string, string>> = {
  TCB_NOT_SUPPORTED: 'Unsupported',
  TCB_REVOKED: 'Revoked',
}

function advise(vector: VectorCase) {
  const quote = read(vector.evidence)
  const { pck_certificate_chain: _, ...endorsements } = JSON.parse(
    readText(vector.collateral),
  ) as IntelEndorsements & { pck_certificate_chain?: string }
  const simulated = vector.kind === 'synthetic'
  const root = { name: 'vector', der: read(vector.root), simulated }
  return adviseTcb(
    { platform: quote[0] === 3 ? 'sgx' : 'tdx', quote },
    endorsements,
    { roots: [root] },
    Date.parse(vector.verifyAt ?? ''),
  )
}

describe.runIf(present)('advice on the platforms of the vectors', () => {
  test.each(authentic)('$id', async (vector) => {
    const { tcbStatus, reason = '', advisoryIDs } = vector.expect
    const advice = await advise(vector)
    expect(advice.status).toBe(BELOW[reason] ?? tcbStatus)
    expect(JSON.parse(JSON.stringify(advice))).toStrictEqual(advice)
    const short = advice.parts.flatMap((part) => part.short)
    for (const { have, need, shortBy } of short) expect(have + shortBy).toBe(need)
    if (advice.status === 'UpToDate') expect([short, advice.steps]).toEqual([[], []])
    else expect(advice.steps.length).toBeGreaterThan(0)
    if (advisoryIDs !== undefined && BELOW[reason] === undefined) {
      const current = advice.parts.flatMap(({ current }) => current?.advisoryIds ?? [])
      expect(new Set(current)).toEqual(new Set(advisoryIDs))
    }
  })

  const idOf = (id: string) => {
    const vector = intel.find((candidate) => candidate.id === id)
    if (vector === undefined) throw new Error(`no case ${id}`)
    return vector
  }
  const linesOf = async (id: string) => {
    const { parts, steps } = await advise(idOf(id))
    const lines = parts.flatMap(({ short }) =>
      short.map(({ of, index, type, have, need }) => `${of} ${index} (${type}): ${have} < ${need}`),
    )
    return [lines, steps.map(({ code }) => code)]
  }

  test('a TDX platform two years behind its vendor', async () => {
    expect(await linesOf('tdx4-debug-outofdate-2026')).toEqual([
      [
        'sgx 0 (Early Microcode Update): 5 < 8',
        'sgx 1 (SGX Late Microcode Update): 5 < 8',
        'sgx 4 (null): 3 < 4',
        'sgx 7 (SEAMLDR ACM): 3 < 6',
        'tdx 0 (TDX Module): 3 < 5',
        'tdx 2 (TDX Late Microcode Update): 5 < 8',
      ],
      ['bios-microcode', 'os-microcode', 'bios', 'seam-loader', 'tdx-module', 'pck-certificate'],
    ])
  })

  test('an SGX platform whose best level still needs hardening', async () => {
    expect(await linesOf('sgx3-debug-outofdate')).toEqual([
      [
        'sgx 0 (Early Microcode Update): 4 < 14',
        'sgx 1 (SGX Late Microcode Update): 4 < 14',
        'sgx 6 (null): 0 < 1',
        'pce 0 (null): 11 < 13',
      ],
      [
        'bios-microcode',
        'os-microcode',
        'bios-setting',
        'pce',
        'pck-certificate',
        'software-hardening',
      ],
    ])
  })

  test('a TDX platform below every level for its SEAM loader alone', async () => {
    const { parts } = await advise(idOf('tdx4-tcb-not-supported'))
    expect(parts[0]).toMatchObject({
      status: 'Unsupported',
      current: null,
      target: { status: 'UpToDate' },
      short: [{ of: 'sgx', index: 7, type: 'SEAMLDR ACM', have: 3, need: 5, shortBy: 2 }],
      lowest: { status: 'OutOfDate', short: [{ index: 7, need: 5 }] },
    })
  })
})
