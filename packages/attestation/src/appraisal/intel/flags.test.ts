// Flags of TD reports, bit by bit.
import { expect, test } from 'vitest'
import { readFlags } from './flags.ts'

const attributes = (...bits: number[]) => {
  const bytes = new Uint8Array(8)
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7))
  return bytes
}
const zero = new Uint8Array(48)
const some = zero.with(47, 1)
const SEPT = 28
const MIGRATABLE = 29

test.each([
  ['a plain TD', attributes(SEPT), undefined, []],
  ['a TD 1.5 without a service TD', attributes(SEPT), zero, []],
  ['the debug bit', attributes(0, SEPT), undefined, ['TD_DEBUG']],
  ['any other bit of the debug group', attributes(5, SEPT), undefined, ['TD_DEBUG']],
  ['SEPT_VE_DISABLE clear', attributes(), undefined, ['NO_SEPT_VE_DISABLE']],
  ['a service TD', attributes(SEPT), some, ['SERVICE_TD']],
  [
    'a migratable TD whose body cannot show its service TD',
    attributes(SEPT, MIGRATABLE),
    undefined,
    ['SERVICE_TD'],
  ],
  ['a migratable TD that is bound to none', attributes(SEPT, MIGRATABLE), zero, []],
  ['PKS and performance monitoring', attributes(SEPT, 30, 63), undefined, []],
  [
    'everything at once',
    attributes(0, MIGRATABLE),
    some,
    ['TD_DEBUG', 'NO_SEPT_VE_DISABLE', 'SERVICE_TD'],
  ],
])('%s', (_what, tdAttributes, mrServiceTd, flags) => {
  expect(readFlags({ tdAttributes, mrServiceTd })).toEqual(flags)
})
