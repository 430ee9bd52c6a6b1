// Lists of a network, as pages of the Lens give them.
import { custom, stringToHex, zeroAddress } from 'viem'
import { expect, test } from 'vitest'
import { openChain } from '@wetee/chain'
import { chainReader } from './chain-reader.ts'
import { emptyWorld, memoryNetwork, testOwner } from './testing/memory-network.ts'
import { listAppRows, listNodeRows, listWorkerRows, readOverview } from './explore.ts'

const name = (text: string) => stringToHex(text, { size: 32 })
const row = (appId: bigint, more: object = {}) => ({
  appId,
  owner: testOwner,
  state: 1,
  name: name(`app-${appId}`),
  asset: zeroAddress,
  replicas: 2,
  currentVersion: 1,
  pendingVersion: 0,
  createdAt: 5n,
  escrowWei: 1_100n,
  paidWei: 7n,
  workerId: 3n,
  weiPerSecond: 10n,
  unsettledWei: 100n,
  ...more,
})
const network = (views: Record<string, unknown>) => {
  const world = emptyWorld()
  for (const [key, value] of Object.entries(views)) world.views.set(key, value)
  return memoryNetwork(world)
}

test('applications come newest first, with rent for all replicas and how long the escrow lasts after what is owed', async () => {
  const rows = await listAppRows(
    network({ 'cloud.appCount()': 2n, 'lens.appRows(1,200)': [row(1n), row(2n)] }),
  )
  expect(rows.map(({ appId }) => appId)).toEqual([2n, 1n])
  expect(rows[0]).toMatchObject({
    ...{ name: 'app-2', state: 'active', workerId: 3n, escrowWei: 1_100n, unsettledWei: 100n },
    weiPerDay: 10n * 2n * 86_400n,
    lastsSeconds: 50,
  })
})

test('an application that has ended lasts no time', async () => {
  const [running, ended] = await listAppRows(
    network({ [`lens.appRowsOf(${testOwner},0,100)`]: [row(2n), row(1n, { state: 3 })] }),
    testOwner,
  )
  expect(running).toMatchObject({ lastsSeconds: 50 })
  expect(ended).toMatchObject({ state: 'ended' })
  expect(ended).not.toHaveProperty('lastsSeconds')
})

test('pages are read until one is short, and of very many the newest thousand', async () => {
  const page = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => row(BigInt(first + index)))
  const views: Record<string, unknown> = { 'cloud.appCount()': 1_060n }
  for (let first = 61; first <= 1_060; first += 200)
    views[`lens.appRows(${first},200)`] = page(first, 200)
  const rows = await listAppRows(network(views))
  expect([rows.length, rows[0]?.appId, rows.at(-1)?.appId]).toEqual([1_000, 1_060n, 61n])
})

test('workers and nodes have their proofs, and what the network counts', async () => {
  const seen = network({
    [`lens.workers(${zeroAddress},1,100)`]: [
      { workerId: 1n, worker: { status: 2, region: name('eu') }, apps: 4n, machineUntil: 9n },
    ],
    'lens.nodes(1,100)': [
      {
        ...{ nodeId: 1n, machineUntil: 9n, vendor: 2, seated: true },
        node: { owner: testOwner, stakeWei: 1n, endpoint: 'https://n', status: 2 },
      },
    ],
    'lens.network()': {
      ...{ kind: 1, simulated: false, workerCount: 1n, nodeCount: 1n, appCount: 0n },
      activeEpoch: 0n,
    },
  })
  expect(await listWorkerRows(seen)).toMatchObject([
    { workerId: 1n, status: 'draining', region: 'eu', apps: 4, provenUntil: 9n },
  ])
  expect(await listNodeRows(seen)).toMatchObject([
    { nodeId: 1n, status: 'leaving', vendor: 'AMD', seated: true, provenUntil: 9n },
  ])
  expect(await readOverview(seen)).toMatchObject({
    ...{ kind: 'test', simulated: false, workerCount: 1, members: [], hasNetworkKey: false },
  })
})

test('lists that are asked for at once read the newest block once, and later ones read it anew', async () => {
  const asked: string[] = []
  const request = ({ method }: { method: string }) => {
    asked.push(method)
    if (method === 'eth_getBlockByNumber')
      return Promise.resolve({ number: '0x5', timestamp: '0x1' })
    return Promise.reject(new Error('nothing else is answered here'))
  }
  let nowMs = 0
  const known = network({})
  const chain = openChain(known.profile, {
    transport: custom({ request }, { retryCount: 0 }),
    monotonicMs: () => nowMs,
  })
  const opened = { ...known, chain, reader: chainReader(chain) }
  const heads = async () => {
    asked.length = 0
    await Promise.allSettled([readOverview(opened), listWorkerRows(opened), listNodeRows(opened)])
    return asked.filter((method) => method === 'eth_getBlockByNumber').length
  }
  expect(await heads()).toBe(1)
  nowMs = 100
  expect(await heads()).toBe(1)
})
