// Of all functions of all contracts, those that a Substrate account can call.
import {
  encodeFunctionData,
  toFunctionSelector,
  zeroAddress,
  type Abi,
  type AbiFunction,
} from 'viem'
import { expect, test } from 'vitest'
import { abis } from '@wetee/sdk'
import { checkFits } from './fit-calls.ts'

const writes = (Object.entries(abis) as [string, Abi][]).flatMap(([contract, abi]) =>
  abi
    .filter((entry): entry is AbiFunction => entry.type === 'function')
    .filter(({ stateMutability }) => !['view', 'pure'].includes(stateMutability))
    .map((entry) => ({ name: `${contract}.${entry.name}`, data: toFunctionSelector(entry) })),
)
const fits = (data: `0x${string}`) => {
  try {
    checkFits({ to: zeroAddress, data, valueWei: 0n, doing: 'try' })
    return true
  } catch {
    return false
  }
}

test('each call that fits is one whose effect was looked at, and no other has its selector', () => {
  const fitting = writes.filter(({ data }) => fits(data)).map(({ name }) => name)
  expect([...new Set(fitting)].toSorted()).toEqual([
    'bridge.withdraw',
    'cloud.recharge',
    'cloud.scale',
    'cloud.settle',
    'cloud.terminate',
    'cloud.withdraw',
    'cloud.withdrawTo',
    'complaints.withdraw',
    'forwarder.withdraw',
    'subnet.bond',
    'subnet.cancelWithdrawal',
    'subnet.drain',
    'subnet.requestWithdrawal',
    'subnet.setPrices',
    'subnet.shutdown',
    'subnet.withdraw',
    'subnet.withdrawStake',
    'token.approve',
    'token.delegate',
  ])
})

test('a vote is state; its reason is in an event, which nobody would see', () => {
  const vote = (reason: string) =>
    encodeFunctionData({
      ...{ abi: abis.governor, functionName: 'castVoteWithReason' },
      args: [7n, 1, reason],
    })
  expect(fits(vote(''))).toBe(true)
  expect(fits(vote('agreed'))).toBe(false)
  expect(fits(`${vote('').slice(0, 74)}` as `0x${string}`)).toBe(false)
})

test.each(['cloud.create', 'cloud.update', 'apis.multicall', 'governor.propose'])(
  '%s is read from calldata or events, and has to be an Ethereum transaction',
  (wanted) => {
    const found = writes.filter(({ name }) => name === wanted)
    expect(found.length).toBeGreaterThan(0)
    for (const { data } of found) expect(fits(data)).toBe(false)
  },
)
