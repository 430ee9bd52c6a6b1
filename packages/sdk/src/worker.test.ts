// Workers: what is registered and changed, at which price, and what is refused before anything is signed.
import { stringToHex } from 'viem'
import { expect, test } from 'vitest'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testOperator,
  testOwner,
  testWorker,
  type World,
} from './testing/memory-network.ts'
import {
  listWorkers,
  planAssetPrices,
  planDrain,
  planNotice,
  planShutdown,
  planWorkerRegistration,
  planWorkerUpdate,
  showWorker,
} from './worker.ts'

const dot = 10n ** 18n
const prices = { cpuMilli: 1_000_000n, memoryMiB: 1_000n, diskMiB: 10n, gpu: 0n }
const capacity = { cpuMilli: 16_000, memoryMiB: 65_536, diskMiB: 512_000, gpu: 0 }
const offer = {
  operator: testOperator,
  level: 2,
  teeClasses: 1,
  region: 'eu-1',
  endpoint: 'https://w.example',
  prices,
  capacity,
}
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

function world(apps: readonly bigint[] = []): World {
  const made = emptyWorld()
  made.workers = [testWorker(3n, { operator: testOperator })]
  made.proofs.set('1/3', genesisSeconds + 500n)
  made.views.set('subnet.stakeRules()', { workerBaseWei: 10n * dot, workerPerLevelWei: 5n * dot })
  made.views.set('subnet.stake(1,3)', {
    bondedWei: 5n * dot,
    unbondingWei: 0n,
    lockedBondedWei: 0n,
    lockedUnbondingWei: 0n,
    availableAt: 0n,
  })
  made.views.set('subnet.requiredStakeWei(1,3)', dot)
  made.views.set('cloud.appsOn(3,0,100)', apps)
  made.views.set('cloud.appsOn(3,0,64)', apps)
  made.views.set('cloud.appsOnCount(3)', BigInt(apps.length))
  made.views.set('cloud.parameters()', { noticeSeconds: 86_400n })
  return made
}
const network = (apps?: readonly bigint[]) => memoryNetwork(world(apps))

test('a registration sends the minimum stake of its level', async () => {
  const intent = await planWorkerRegistration(network(), offer)
  expect(decodeCalls(intent)).toEqual([
    [
      'subnet.registerWorker',
      [
        testOperator,
        {
          level: 2,
          teeClasses: 1,
          region: stringToHex('eu-1', { size: 32 }),
          endpoint: 'https://w.example',
        },
        prices,
        capacity,
      ],
      20n * dot,
    ],
  ])
  expect(factsOf(intent)).toMatchObject({ 'Per CPU': '0.0000864 DOT per day' })
})

test('a stake of the minimum is taken, a wei less is refused', async () => {
  expect(await planWorkerRegistration(network(), offer, 20n * dot)).toBeDefined()
  await expect(planWorkerRegistration(network(), offer, 20n * dot - 1n)).rejects.toThrowError(
    code('stake.too-low'),
  )
})

test.each([
  ['an endpoint without a scheme', { endpoint: 'w.example' }, 'worker.endpoint-invalid'],
  [
    'an endpoint of 129 bytes',
    { endpoint: `https://${'w'.repeat(121)}` },
    'worker.endpoint-invalid',
  ],
  ['a region of 33 bytes', { region: 'r'.repeat(33) }, 'worker.region-invalid'],
  ['no region', { region: '' }, 'worker.region-invalid'],
  [
    'an operator with a wrong checksum',
    { operator: testOperator.replace('C', 'c') as never },
    'address.invalid',
  ],
])('a registration with %s is refused', async (_, wrong, expected) => {
  await expect(planWorkerRegistration(network(), { ...offer, ...wrong })).rejects.toThrowError(
    code(expected),
  )
})

test('an update keeps what it does not name and shows what differs', async () => {
  const intent = await planWorkerUpdate(network(), 3n, { endpoint: 'https://new.example' })
  const [name, args] = decodeCalls(intent)[0] ?? []
  const { prices: kept, capacity: same } = testWorker(3n)
  expect(name).toBe('subnet.updateWorker')
  expect(args).toEqual([
    3n,
    true,
    expect.objectContaining({ endpoint: 'https://new.example' }),
    kept,
    same,
  ])
  expect(Object.keys(factsOf(intent))).toEqual(['Endpoint'])
})

test('a new operator is a call of its own and tells that proofs lapse', async () => {
  const intent = await planWorkerUpdate(network(), 3n, { operator: testOwner, open: false })
  expect(decodeCalls(intent).map(([name]) => name)).toEqual([
    'subnet.updateWorker',
    'subnet.setOperator',
  ])
  expect(factsOf(intent)).toMatchObject({ 'New applications': 'not taken any more' })
  expect(factsOf(intent)['Machines']).toContain('lapse')
})

test('an update of nothing and one of an unknown worker are refused', async () => {
  await expect(planWorkerUpdate(network(), 3n, {})).rejects.toThrowError(code('worker.unchanged'))
  await expect(planWorkerUpdate(network(), 9n, { open: true })).rejects.toThrowError(
    code('worker.unknown'),
  )
})

test('prices in an asset are shown with its symbol', async () => {
  const made = world()
  const token = `0x${'99'.repeat(20)}` as const
  made.assets.set(token, { address: token, symbol: 'USDT', decimals: 6 })
  const intent = await planAssetPrices(memoryNetwork(made), 3n, token, {
    ...prices,
    cpuMilli: 1_000_000_000n,
  })
  expect(decodeCalls(intent)[0]?.[0]).toBe('subnet.setPrices')
  expect(factsOf(intent)['Per CPU']).toBe('86.4 USDT per day')
})

test('draining and its end say what happens to applications', async () => {
  const drain = await planDrain(network([7n]), 3n, true)
  expect(decodeCalls(drain)).toEqual([['subnet.drain', [3n, true], 0n]])
  expect(factsOf(drain)['Applications']).toContain('1 run')
  expect(decodeCalls(await planDrain(network(), 3n, false))[0]?.[1]).toEqual([3n, false])
})

test('a shutdown waits until no application is there', async () => {
  expect(decodeCalls(await planShutdown(network(), 3n))).toEqual([['subnet.shutdown', [3n], 0n]])
  await expect(planShutdown(network([7n]), 3n)).rejects.toMatchObject({
    code: 'worker.in-use',
    retryable: true,
    message: expect.stringContaining('(7)') as string,
  })
})

test('notice goes to all applications or to those that are named', async () => {
  expect(decodeCalls(await planNotice(network([7n, 8n]), 3n))[0]?.[1]).toEqual([[7n, 8n]])
  expect(decodeCalls(await planNotice(network([7n, 8n]), 3n, [8n]))[0]?.[1]).toEqual([[8n]])
  await expect(planNotice(network(), 3n)).rejects.toThrowError(code('worker.no-apps'))
})

test('a list and a worker tell whether its machine is proven', async () => {
  expect(await listWorkers(network())).toMatchObject([
    { workerId: 3n, provenUntil: genesisSeconds + 500n },
  ])
  expect(await showWorker(network([7n]), 3n)).toMatchObject({
    apps: [7n],
    stake: { bondedWei: 5n * dot, freeWei: 4n * dot },
  })
  await expect(showWorker(network(), 4n)).rejects.toThrowError(code('worker.unknown'))
})
