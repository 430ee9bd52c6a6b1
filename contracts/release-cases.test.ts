// The cases of the Solidity tests are those that this code makes, and a reader judges them as the contract does. Reads a file.
import { readFileSync } from 'node:fs'
import { checkDerivedRelease, checkRelease } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { describe, expect, it } from 'vitest'
import {
  allCases,
  casesPath,
  holderOf,
  renderCases,
  reportOf,
  sharings,
  type Case,
} from './release-cases.ts'

const group = openNativeGroup()

/** Whether a reader takes the release. */
function isTaken({ sharing, index, kind, asked, bytes }: Case): boolean {
  const publicShare = sharings[sharing]?.publicShares[index - 1]
  if (publicShare === undefined) return false
  const member = { index, publicShare, holder: holderOf(index) }
  try {
    if (kind === 'secrets') checkRelease(group, member, asked, bytes)
    else checkDerivedRelease(group, member, asked, bytes)
    return true
  } catch {
    return false
  }
}

describe('cases of releases', () => {
  it('are those of the file: node contracts/release-cases.ts writes it', () => {
    expect(renderCases()).toBe(readFileSync(casesPath, 'utf8'))
  })

  it.each(allCases().map((one) => [one.name, one] as const))('%s', (name, one) => {
    expect(isTaken(one)).toBe(name.startsWith('right'))
    expect(reportOf(one).wrong).toBe(!name.startsWith('right'))
  })
})
