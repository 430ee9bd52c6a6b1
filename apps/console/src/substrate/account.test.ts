// Accounts and their addresses for contracts, by the development accounts that everybody knows; planck and wei.
import fc from 'fast-check'
import { hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import { accountIdOf, beganAsEthereum, evmAddressOf, planckOf, weiOf } from './account.ts'

test.each([
  [
    '//Alice',
    '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY',
    '0x9621dde636de098b43efb0fa9b61facfe328f99d',
  ],
  [
    '//Bob',
    '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
    '0x41dccbd49b26c50d34355ed86ff0fa9e489d1e01',
  ],
])('%s is known to contracts by the hash of its account', (_, address, evmAddress) => {
  expect(evmAddressOf(accountIdOf(address)).toLowerCase()).toBe(evmAddress)
})

test('the prefix of a network changes nothing: the account is the same', () => {
  // //Alice with the prefixes of Polkadot and Kusama.
  for (const address of [
    '15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5',
    'HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F',
  ])
    expect(accountIdOf(address)).toEqual(
      accountIdOf('5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY'),
    )
})

test('an account that began as an Ethereum address keeps it; one byte of padding less makes it another', () => {
  const address = '11'.repeat(20)
  const padded = hexToBytes(`0x${address}${'ee'.repeat(12)}`)
  expect(beganAsEthereum(padded)).toBe(true)
  expect(evmAddressOf(padded).toLowerCase()).toBe(`0x${address}`)
  const other = hexToBytes(`0x${address}${'ee'.repeat(11)}ef`)
  expect(beganAsEthereum(other)).toBe(false)
  expect(evmAddressOf(other).toLowerCase()).not.toBe(`0x${address}`)
})

test.each([
  ['nothing', ''],
  ['an Ethereum address', `0x${'11'.repeat(20)}`],
  ['a wrong checksum', '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ'],
])('%s is no account', (_, text) => {
  expect(() => accountIdOf(text)).toThrow()
})

const perPlanck = 10n ** 8n

test('planck and wei are the same amount, and an amount between two planck is refused', () => {
  expect(planckOf(10n ** 18n, perPlanck)).toBe(10n ** 10n)
  expect(planckOf(0n, perPlanck)).toBe(0n)
  expect(planckOf(perPlanck, perPlanck)).toBe(1n)
  for (const wei of [1n, perPlanck - 1n, perPlanck + 1n, -perPlanck])
    expect(() => planckOf(wei, perPlanck)).toThrow('whole number of planck')
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 30n), (planck) => {
      expect(planckOf(weiOf(planck, perPlanck), perPlanck)).toBe(planck)
    }),
    { seed: 1 },
  )
})
