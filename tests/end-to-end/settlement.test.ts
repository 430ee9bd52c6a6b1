// Whoever settles is not alone on the chain: a real one, and what others send between a transaction's check and its execution.
import { custom, type EIP1193RequestFn } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseNetworkProfile, type NetworkProfile } from '@wetee/chain'
import { LocalNetwork } from '@wetee/contracts/local-network'
import { openNetwork, settle } from '@wetee/sdk'
import { anvilAccount, startAnvil, type LocalAnvil } from './testing/local-anvil.ts'

const LEASE_SECONDS = 3_600n

let anvil: LocalAnvil
let network: LocalNetwork
let profile: NetworkProfile

beforeAll(async () => {
  anvil = await startAnvil(1)
  const clients = { publicClient: anvil.client, walletClient: anvil.client } as never
  network = await LocalNetwork.deploy(clients, LEASE_SECONDS)
  await network.populate()
  await network.create('settled')
  await network.renew(1n, 1)
  await anvil.client.increaseTime({ seconds: 60 })
  await anvil.client.mine({ blocks: 1 })
  await anvil.client.setAutomine(false)
  await anvil.client.setIntervalMining({ interval: 1 })
  profile = parseNetworkProfile(
    JSON.stringify({
      ...{ name: 'settled', kind: 'development', simulated: true, chainId: 31_337 },
      ...{ rpcUrls: [anvil.rpcUrl], deployBlock: '0', trustRoots: [], finalityBlocks: 2 },
      contracts: network.addresses,
    }),
  )
})
afterAll(() => anvil.close())

test('a lease that is renewed after a settlement was estimated leaves it gas enough', async () => {
  const request: EIP1193RequestFn = async (asked) => {
    // Nothing was to be settled when it was estimated.
    if (asked.method === 'eth_sendRawTransaction') await network.renew(1n, 1)
    return anvil.client.request(asked as never)
  }
  const sdk = await openNetwork(profile, {
    account: anvilAccount(5),
    walletTransport: custom({ request }, { retryCount: 0 }),
  })
  const { attestedSeconds } = await settle(sdk, 1n)
  expect(attestedSeconds).toBeGreaterThan(0n)
})
