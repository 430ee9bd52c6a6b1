// Calls in words before they are signed.
import { encodeFunctionData } from 'viem'
import { expect, test } from 'vitest'
import { cloudAbi } from '@wetee/chain'
import { describeCall } from './describe-call.ts'

const to = `0x${'11'.repeat(20)}` as const

test('contract, function, arguments and what is sent are named', () => {
  const data = encodeFunctionData({ abi: cloudAbi, functionName: 'recharge', args: [7n, 5n] })
  const text = describeCall({ to, data, valueWei: 25n * 10n ** 17n, doing: 'top up application 7' })
  expect(text).toBe(
    `Top up application 7\nto     ${to}\ncalls  cloud.recharge(7, 5)\nsends  2.5 DOT`,
  )
})

test('bytes that nobody reads are cut, and what is unknown is shown as it is', () => {
  const text = describeCall({ to, data: `0x${'ff'.repeat(500)}`, valueWei: 0n, doing: 'x' })
  expect(text).toContain('data   0xffff')
  expect(text).toContain('… (500 bytes)')
  expect(text).not.toContain('sends')
})
