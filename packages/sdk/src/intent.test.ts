// An intent is simulated, written out or sent: what each does, and what a refusal costs.
import { gasLimit, subnetAbi } from '@wetee/chain'
import { expect, test } from 'vitest'
import type { CallReceipt, CallSender } from './call-sender.ts'
import { callOf } from './contracts.ts'
import { carryOut, outcomeOf, simulate, unsignedTransactions, type Intent } from './intent.ts'
import { workerSignIn } from './owner-json.ts'
import { openOwnerSessions } from './owner/session.ts'
import { memoryNetwork, emptyWorld, testOwner } from './testing/memory-network.ts'
import {
  fundedWorld,
  signingNetwork,
  testGas,
  testLog,
  testTxHash,
} from './testing/memory-wallet.ts'

const dot = 10n ** 18n
const { profile } = memoryNetwork(emptyWorld())
const bond = callOf(profile, 'subnet', 'bond', [1, 3n], {
  doing: 'add to the stake',
  valueWei: dot,
})
const drain = callOf(profile, 'subnet', 'drain', [3n, true], { doing: 'drain worker 3' })
const intent: Intent = {
  id: 'worker.stake',
  title: 'Add to the stake',
  facts: [],
  calls: [bond],
  outcome: outcomeOf('subnet', 'StakeAdded'),
}

test('a simulation tells gas, fee and what is sent, and sends nothing', async () => {
  const { sent, opened } = signingNetwork(fundedWorld())
  expect(await simulate(opened, intent, testOwner)).toEqual({
    valueWei: dot,
    gas: 100_000n,
    feeWei: 100_000n * 10n ** 9n,
    complete: true,
  })
  expect(sent).toEqual([])
})

test('calls that rest on an earlier one are not priced, independent ones are', async () => {
  const { opened } = signingNetwork(fundedWorld())
  const two = { ...intent, calls: [bond, drain] }
  expect(await simulate(opened, two, testOwner)).toMatchObject({ gas: 100_000n, complete: false })
  const apart = { ...two, independent: true }
  expect(await simulate(opened, apart, testOwner)).toMatchObject({ gas: 200_000n, complete: true })
})

test('a simulation throws the refusal of the contract in words', async () => {
  const refuse = { abi: subnetAbi, errorName: 'NotOwner', args: [testOwner] }
  const { opened } = signingNetwork(fundedWorld(), { refuse })
  await expect(simulate(opened, intent, testOwner)).rejects.toMatchObject({
    code: 'contract.NotOwner',
    message: expect.stringContaining('could not add to the stake') as string,
  })
})

test('a simulation for an account that cannot pay names both amounts', async () => {
  const world = fundedWorld()
  world.balances.set(testOwner, dot - 1n)
  const { opened } = signingNetwork(world)
  await expect(simulate(opened, intent, testOwner)).rejects.toMatchObject({ code: 'account.funds' })
})

test('unsigned transactions say where they belong and what they do', () => {
  expect(
    unsignedTransactions(memoryNetwork(emptyWorld()), { ...intent, calls: [bond, drain] }),
  ).toEqual([
    {
      to: bond.to,
      data: bond.data,
      value: String(dot),
      chainId: 31337,
      description: 'Add to the stake',
    },
    { to: drain.to, data: drain.data, value: '0', chainId: 31337, description: 'Drain worker 3' },
  ])
})

test('every call is sent in its order, and the outcome is the event of the last', async () => {
  const { sent, opened } = signingNetwork(fundedWorld(), {
    logs: { bond: [testLog('subnet', 'StakeAdded', { role: 1, nodeId: 3n }, [dot])] },
  })
  const result = await carryOut(opened, { ...intent, calls: [drain, bond] })
  expect(sent.map((call) => call.functionName)).toEqual(['drain', 'bond'])
  expect(result).toEqual({
    txHash: testTxHash,
    txHashes: [testTxHash, testTxHash],
    outcome: { role: 1, nodeId: 3n, amountWei: dot },
  })
})

test('a transaction is given more gas than was estimated: the state may change until it is executed', async () => {
  const { gasGiven, opened } = signingNetwork(fundedWorld())
  await carryOut(opened, intent)
  expect(gasGiven).toEqual([gasLimit(testGas)])
})

test('nothing is sent after a refusal, nor without an account', async () => {
  const refuse = { abi: subnetAbi, errorName: 'NotOwner', args: [testOwner] }
  const { sent, opened } = signingNetwork(fundedWorld(), { refuse })
  await expect(carryOut(opened, intent)).rejects.toMatchObject({ code: 'contract.NotOwner' })
  expect(sent).toEqual([])
  await expect(carryOut(memoryNetwork(emptyWorld(), {}, false), intent)).rejects.toMatchObject({
    code: 'account.missing',
  })
})

test('a profile without the contract says which is missing', () => {
  const old = { ...profile, contracts: { ...profile.contracts, complaints: undefined } }
  expect(() => callOf(old, 'complaints', 'dismiss', [1n], { doing: 'dismiss' })).toThrowError(
    expect.objectContaining({ code: 'network.contract-missing' }) as Error,
  )
})

test('an account with a sender of its own signs no Ethereum transaction; the contract is still asked first', async () => {
  const { sent, opened } = signingNetwork(fundedWorld())
  const given: unknown[] = []
  const log = testLog('subnet', 'StakeAdded', { role: 1, nodeId: 3n }, [dot])
  const logs = [log] as unknown as CallReceipt['logs']
  const sender: CallSender = {
    feeWei: () => Promise.resolve(11n),
    send: (call, { onSent }) => {
      given.push(call)
      onSent?.(testTxHash, 5)
      return Promise.resolve({ transactionHash: testTxHash, blockNumber: 6n, logs })
    },
  }
  const other = { ...opened, sender }
  expect(await simulate(other, intent, testOwner)).toEqual({
    ...{ valueWei: dot, gas: 0n, feeWei: 11n, complete: true },
  })
  const told: unknown[] = []
  const result = await carryOut(other, intent, { onSent: (...one) => told.push(one) })
  expect(result).toMatchObject({ txHash: testTxHash, outcome: { nodeId: 3n } })
  expect([given, told, sent]).toEqual([[bond], [[testTxHash, 5]], []])

  const refuse = { abi: subnetAbi, errorName: 'NotOwner', args: [testOwner] }
  const refusing = { ...signingNetwork(fundedWorld(), { refuse }).opened, sender }
  await expect(simulate(refusing, intent, testOwner)).rejects.toMatchObject({
    code: 'contract.NotOwner',
  })
  await expect(carryOut(refusing, intent)).rejects.toMatchObject({ code: 'contract.NotOwner' })
  expect(given).toHaveLength(1)
})

test('an account with a sender of its own signs in nowhere: workers know owners by Ethereum signatures', async () => {
  const { opened } = signingNetwork(fundedWorld())
  const sender: CallSender = {
    feeWei: () => Promise.resolve(0n),
    send: () => Promise.reject(new Error('not asked for here')),
  }
  const refused = { code: 'account.not-ethereum' }
  const other = { ...opened, sender }
  await expect(workerSignIn(other, 'https://worker.example', 7n)).rejects.toMatchObject(refused)
  await expect(openOwnerSessions(other, 7n)).rejects.toMatchObject(refused)
})
