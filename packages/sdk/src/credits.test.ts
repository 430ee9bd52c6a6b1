// What is owed is paid out, one call for each contract and asset, and nothing that is not there.
import { expect, test } from 'vitest'
import { planWithdrawal, readCredits } from './credits.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import { emptyWorld, memoryNetwork, testOperator, testOwner } from './testing/memory-network.ts'

const dot = 10n ** 18n
const token = `0x${'99'.repeat(20)}` as const
const zero = `0x${'00'.repeat(20)}`

function network(owed: {
  native?: bigint
  token?: bigint
  subnet?: bigint
  complaints?: bigint
  bridge?: bigint
  forwarder?: bigint
}) {
  const world = emptyWorld()
  world.assets.set(token, { address: token, symbol: 'USDT', decimals: 6 })
  world.credits.set(testOwner, owed.native ?? 0n)
  world.credits.set(`${testOwner}/${token}`, owed.token ?? 0n)
  world.views.set(`subnet.credit(${testOwner})`, owed.subnet ?? 0n)
  world.views.set(`complaints.credit(${testOwner})`, owed.complaints ?? 0n)
  world.views.set(`bridge.credit(${testOwner})`, owed.bridge ?? 0n)
  world.views.set(`forwarder.credit(${testOwner})`, owed.forwarder ?? 0n)
  return memoryNetwork(world)
}

test('every credit is paid out, to the account or to whom it names', async () => {
  const opened = network({
    native: 2n * dot,
    token: 5n,
    subnet: dot,
    complaints: dot,
    bridge: dot,
    forwarder: dot,
  })
  const intent = await planWithdrawal(opened, { assets: [token] })
  expect(decodeCalls(intent)).toEqual([
    ['cloud.withdrawTo', [zero, testOwner], 0n],
    ['cloud.withdrawTo', [token, testOwner], 0n],
    ['subnet.withdraw', [testOwner], 0n],
    ['complaints.withdraw', [testOwner], 0n],
    ['bridge.withdraw', [testOwner], 0n],
    ['forwarder.withdraw', [testOwner], 0n],
  ])
  expect(intent.independent).toBe(true)
  const away = await planWithdrawal(opened, { to: testOperator })
  expect(decodeCalls(away)[0]?.[1]).toEqual([zero, testOperator])
})

test('an amount that DOT can hold is paid, a wei less waits', async () => {
  const paid = await planWithdrawal(network({ native: 100_000_001n }))
  expect(factsOf(paid)['Rents and refunds']).toBe('0.0000000001 DOT')
  await expect(planWithdrawal(network({ native: 99_999_999n }))).rejects.toMatchObject({
    code: 'credit.none',
  })
})

test('an ERC20 is looked for only when it is named', async () => {
  await expect(planWithdrawal(network({ token: 5n }))).rejects.toThrowError(/--asset/)
  expect(await readCredits(network({ token: 5n }), testOwner, [token])).toMatchObject({
    cloud: [{ amount: 0n }, { amount: 5n, asset: { symbol: 'USDT' } }],
  })
})
