// TCB versions of SEV-SNP: eight bytes, of which each product leaves others alone.
import { expect, test } from 'vitest'
import { AttestationError } from '../../error.ts'
import { equalTcb, readTcbVersion } from './tcb-version.ts'

const codeOf = (read: () => unknown) => {
  try {
    read()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return error.code
  }
}

test('a TCB version has eight bytes', () => {
  for (const product of ['Milan', 'Genoa', 'Turin'] as const) {
    for (const size of [0, 7, 9])
      expect(codeOf(() => readTcbVersion(new Uint8Array(size), product))).toBe(
        'snp-report.malformed',
      )
    expect(codeOf(() => readTcbVersion(new Uint8Array(8), product))).toBe('accepted')
  }
})

test('two are the same when every component is, one that is absent included', () => {
  const tcb = { fmc: 1, bootloader: 2, tee: 3, snp: 4, microcode: 5 }
  expect(equalTcb(tcb, { ...tcb })).toBe(true)
  for (const component of ['fmc', 'bootloader', 'tee', 'snp', 'microcode'] as const)
    expect(equalTcb(tcb, { ...tcb, [component]: 0 }), component).toBe(false)
  const { fmc: _, ...withoutFmc } = tcb
  expect(equalTcb({ ...tcb, fmc: 0 }, withoutFmc)).toBe(false)
})
