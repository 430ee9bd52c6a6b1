// Stakes: what may leave, when, and what is refused before anything is signed.
import { expect, test } from 'vitest'
import { dsecretRole, workerRole } from './reader.ts'
import {
  planBond,
  planStakeWithdrawal,
  planWithdrawalCancel,
  planWithdrawalRequest,
  readStake,
} from './stake.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testOwner,
  testOperator,
} from './testing/memory-network.ts'

const dot = 10n ** 18n
const worker = { role: workerRole, id: 3n } as const
const now = genesisSeconds + 100n
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

function network(
  stake: Partial<{
    bondedWei: bigint
    unbondingWei: bigint
    lockedBondedWei: bigint
    lockedUnbondingWei: bigint
    availableAt: bigint
  }> = {},
  requiredWei = 10n * dot,
) {
  const world = emptyWorld()
  const all = {
    bondedWei: 25n * dot,
    unbondingWei: 0n,
    lockedBondedWei: 0n,
    lockedUnbondingWei: 0n,
    availableAt: 0n,
    delayed: false,
    ...stake,
  }
  world.views.set('subnet.stake(1,3)', all)
  world.views.set('subnet.requiredStakeWei(1,3)', requiredWei)
  world.views.set('subnet.stake(2,3)', all)
  world.views.set('subnet.requiredStakeWei(2,3)', requiredWei)
  world.views.set('subnet.unbondingSeconds()', 1_209_600n)
  return memoryNetwork(world)
}

test('what is neither required nor locked may leave', async () => {
  const opened = network({ lockedBondedWei: 4n * dot, lockedUnbondingWei: dot, unbondingWei: dot })
  expect(await readStake(opened, worker, 100n)).toMatchObject({
    bondedWei: 25n * dot,
    lockedWei: 5n * dot,
    freeWei: 11n * dot,
  })
})

test('a stake below what is required has nothing free', async () => {
  expect(await readStake(network({}, 26n * dot), worker, 100n)).toMatchObject({ freeWei: 0n })
})

test('more stake is sent with the call and shown before and after', async () => {
  const intent = await planBond(network(), worker, 5n * dot)
  expect(decodeCalls(intent)).toEqual([['subnet.bond', [1, 3n], 5n * dot]])
  expect(factsOf(intent)['Stake']).toBe('25 DOT -> 30 DOT')
})

test('all that may leave is asked for, or exactly as much as was said', async () => {
  const all = await planWithdrawalRequest(network(), worker, 'all')
  expect(decodeCalls(all)).toEqual([['subnet.requestWithdrawal', [1, 3n, 15n * dot], 0n]])
  expect(factsOf(all)['Stays']).toBe('10 DOT, 10 DOT required')
  const exactly = await planWithdrawalRequest(network(), worker, 15n * dot)
  expect(decodeCalls(exactly)[0]?.[1]).toEqual([1, 3n, 15n * dot])
})

test('one wei more than may leave is refused with what may', async () => {
  await expect(planWithdrawalRequest(network(), worker, 15n * dot + 1n)).rejects.toMatchObject({
    code: 'stake.not-free',
    details: { freeWei: String(15n * dot) },
  })
})

test('where nothing may leave, what frees it is named for each role', async () => {
  const bound = network({}, 25n * dot)
  await expect(planWithdrawalRequest(bound, worker, 'all')).rejects.toThrowError(
    /wetee worker shutdown/,
  )
  const node = { role: dsecretRole, id: 3n } as const
  await expect(planWithdrawalRequest(bound, node, 'all')).rejects.toThrowError(
    /wetee dsecret terminate/,
  )
})

test('a second request tells that the first starts its time again', async () => {
  const intent = await planWithdrawalRequest(network({ unbondingWei: 2n * dot }), worker, dot)
  expect(factsOf(intent)['Earlier']).toContain('2 DOT')
})

test('a request can be taken back, none cannot', async () => {
  const intent = await planWithdrawalCancel(network({ unbondingWei: 2n * dot }), worker)
  expect(decodeCalls(intent)).toEqual([['subnet.cancelWithdrawal', [1, 3n], 0n]])
  await expect(planWithdrawalCancel(network(), worker)).rejects.toThrowError(
    code('stake.no-request'),
  )
})

test('a withdrawal is paid from its time on, not a second before', async () => {
  const due = { unbondingWei: 2n * dot, availableAt: now }
  const intent = await planStakeWithdrawal(network(due), worker)
  expect(decodeCalls(intent)).toEqual([['subnet.withdrawStake', [1, 3n, testOwner], 0n]])
  const early = network({ ...due, availableAt: now + 1n })
  await expect(planStakeWithdrawal(early, worker)).rejects.toMatchObject({
    code: 'stake.too-early',
    retryable: true,
  })
  await expect(planStakeWithdrawal(network(), worker)).rejects.toThrowError(
    code('stake.no-request'),
  )
})

test('a withdrawal goes to the account or to whom it names, without what DOT cannot hold', async () => {
  const due = network({ unbondingWei: 2n * dot + 1n, availableAt: now })
  const intent = await planStakeWithdrawal(due, worker, testOperator)
  expect(decodeCalls(intent)[0]?.[1]).toEqual([1, 3n, testOperator])
  expect(factsOf(intent)['Amount']).toBe('2 DOT')
})
