// Flags of reports, bit by bit.
import { expect, test } from 'vitest'
import { readEnclaveFlags, readGuestFlags } from './flags.ts'

const attributes = (...bits: number[]) => attributesOf(8, bits)
function attributesOf(size: number, bits: readonly number[]) {
  const bytes = new Uint8Array(size)
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7))
  return bytes
}
const zero = new Uint8Array(48)
const some = zero.with(47, 1)
const SEPT = 28
const MIGRATABLE = 29

type GuestCase = [string, Uint8Array, Uint8Array | undefined, string[]]

test.each<GuestCase>([
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
  ['every other attribute that is understood', attributes(16, 27, SEPT, 31), undefined, []],
  ...[8, 15, 17, 23, 24, 26, 32, 47, 61, 62].map((bit): GuestCase => [
    `attribute ${bit}, which nobody here knows`,
    attributes(bit, SEPT),
    undefined,
    ['UNKNOWN_ATTRIBUTES'],
  ]),
  [
    'everything at once',
    attributes(0, MIGRATABLE),
    some,
    ['TD_DEBUG', 'NO_SEPT_VE_DISABLE', 'SERVICE_TD'],
  ],
])('%s', (_what, tdAttributes, mrServiceTd, flags) => {
  expect(readGuestFlags({ tdAttributes, mrServiceTd })).toEqual(flags)
})

test.each([
  ['a plain enclave', [0, 2, 64, 65], []],
  ['key separation, AEX notify and CET', [0, 2, 6, 7, 10], []],
  ['the debug bit', [0, 1, 2], ['SGX_DEBUG']],
  ['the key of provisioning enclaves', [0, 2, 4], ['SGX_PROVISION_KEY']],
  ['the key of launch enclaves', [0, 2, 5], ['SGX_LAUNCH_KEY']],
  ['a reserved bit', [0, 2, 3], ['UNKNOWN_ATTRIBUTES']],
  ['another reserved bit', [0, 2, 63], ['UNKNOWN_ATTRIBUTES']],
  ['any feature of the processor', [0, 2, 64, 65, 127], []],
  ['all of them', [0, 1, 4, 5], ['SGX_DEBUG', 'SGX_PROVISION_KEY', 'SGX_LAUNCH_KEY']],
])('an enclave with %s', (_what, bits, flags) => {
  expect(readEnclaveFlags({ attributes: attributesOf(16, bits) })).toEqual(flags)
})
