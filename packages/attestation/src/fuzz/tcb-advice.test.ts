// TCB advice under mutated, but well-formed TCB info: whatever SVNs and statuses a vendor signs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '../bytes.ts'
import { PLATFORM_STATUSES } from '../endorsement/intel/tcb-info.ts'
import { AttestationError } from '../error.ts'
import { tcbAdviceSeeds, tcbAdviceTargets } from './tcb-advice.ts'

const target = tcbAdviceTargets['tcb-advice']

test('whatever levels a vendor signs, advice comes of them', () => {
  const seeds = (tcbAdviceSeeds['tcb-advice'] ?? []).map((seed) => new TextDecoder().decode(seed))
  let read = 0
  const change = fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 12 }))
  const input = fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(change, { maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(12), fc.constantFrom(...PLATFORM_STATUSES)), { maxLength: 4 }),
    fc.nat(9),
  )
  fc.assert(
    fc.property(input, ([seed, svns, statuses, kept]) => {
      let text = seed
      for (const [at, svn] of svns) text = nth(text, /"svn":\d+/g, at, `"svn":${svn}`)
      for (const [at, status] of statuses)
        text = nth(text, /"tcbStatus":"\w+"(?=[^[]*"tcb":\{"sgx)/g, at, `"tcbStatus":"${status}"`)
      const value = JSON.parse(text) as { tcbLevels: object[] }
      value.tcbLevels = value.tcbLevels.slice(0, kept)
      try {
        target?.(utf8(JSON.stringify(value)))
        read++
      } catch (error) {
        if (!(error instanceof AttestationError)) throw error
      }
    }),
    { numRuns: 400 },
  )
  expect(read).toBeGreaterThan(200)
})

function nth(text: string, pattern: RegExp, at: number, replacement: string): string {
  let count = 0
  return text.replace(pattern, (found) => (count++ === at ? replacement : found))
}
