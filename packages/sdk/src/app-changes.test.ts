// Changes of an application: what they cost, what they call, and what is refused before anything is signed.
import { sha256, stringToHex, zeroAddress, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { planConfigure, planDrop, planPause, planResume, planScale } from './app-changes.ts'
import {
  foreverSeconds,
  planCap,
  planFreeze,
  planGuardian,
  planTake,
  planTransfer,
} from './app-rules.ts'
import { planMigration } from './migrate.ts'
import type { AppRecord, WorkerRecord } from './reader.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testApp,
  testOperator,
  testOwner,
  testVersion,
  testWorker,
  zeroDigest,
} from './testing/memory-network.ts'
import { fundedWorld, signingNetwork } from './testing/memory-wallet.ts'

const dot = 10n ** 18n
/** 1 DOT per replica and hour. */
const rent = dot / 3600n
const terms = {
  replicas: 2,
  cpuMilli: 500,
  memoryMiB: 256,
  diskMiB: 100,
  gpu: 0,
  teeClasses: 1,
  level: 1,
  upgradeDelaySeconds: 0,
  graceSeconds: 3600,
}
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const now = genesisSeconds + 100n
const token: Hex = `0x${'99'.repeat(20)}`

function world(app: Partial<AppRecord> = {}, others: readonly WorkerRecord[] = []) {
  const made = fundedWorld()
  made.apps.set(
    7n,
    testApp(7n, { replicas: 2, escrowWei: 10n * dot, graceDepositWei: 2n * dot, ...app }),
  )
  made.versions.set('7/1', testVersion(1, { weiPerSecond: rent, terms }))
  made.workers = [testWorker(1n), ...others]
  for (const { workerId } of made.workers) {
    made.proofs.set(`1/${workerId}`, now + 500n)
    made.quotes.set(workerId, {
      weiPerSecond: rent * workerId,
      minimumDepositWei: rent * workerId * 2n * 3600n + 3n * dot,
      graceDepositWei: 3n * dot,
    })
  }
  made.assets.set(token, { address: token, symbol: 'USDT', decimals: 6 })
  made.views.set('cloud.rules(7)', { guardian: zeroAddress, frozenUntil: 0n, maxWeiPerSecond: 0n })
  made.views.set('cloud.configuration(7)', { revision: 3, createdBlock: 9n, digest: zeroDigest })
  return made
}
const network = (app?: Partial<AppRecord>, others?: readonly WorkerRecord[]) =>
  memoryNetwork(world(app, others))

test('more replicas need nothing while the escrow holds an hour of them', async () => {
  // 9 replicas: 9 DOT for an hour and 9 of grace; 10 and 2 are held.
  const intent = await planScale(network(), 7n, 3)
  expect(decodeCalls(intent)).toEqual([['cloud.scale', [7n, 3, 0n], 0n]])
})

test('what the escrow lacks for more replicas is added, and a wei less is refused', async () => {
  const missing = rent * 9n * 3600n + 9n * dot - 12n * dot
  const rounded = ((missing + 99_999_999n) / 100_000_000n) * 100_000_000n
  const intent = await planScale(network(), 7n, 9)
  expect(decodeCalls(intent)).toEqual([['cloud.scale', [7n, 9, rounded], rounded]])
  expect(await planScale(network(), 7n, 9, missing)).toBeDefined()
  await expect(planScale(network(), 7n, 9, missing - 1n)).rejects.toThrowError(
    code('deploy.deposit-too-low'),
  )
})

test('rent that is owed is not there for more replicas', async () => {
  const made = world()
  made.unsettledWei = 10n * dot
  const intent = await planScale(memoryNetwork(made), 7n, 3)
  expect(decodeCalls(intent)[0]?.[2]).toBeGreaterThan(3n * dot)
})

test('fewer replicas cost nothing', async () => {
  const intent = await planScale(network({ escrowWei: 0n }), 7n, 1)
  expect(decodeCalls(intent)).toEqual([['cloud.scale', [7n, 1, 0n], 0n]])
  expect(factsOf(intent)['Rent']).toContain(' -> ')
})

test.each<[string, Partial<AppRecord>, string]>([
  ['while a version is pending', { pendingVersion: 2 }, 'app.update-pending'],
  ['to what it has', { replicas: 3 }, 'app.unchanged'],
  ['while it is paused', { state: 'paused' }, 'app.state-wrong'],
  ['after its end', { state: 'ended' }, 'app.ended'],
])('scaling %s is refused', async (_, app, expected) => {
  await expect(planScale(network(app), 7n, 3)).rejects.toThrowError(code(expected))
})

test('an application that is paid in an ERC20 approves it before it is scaled', async () => {
  const { opened } = signingNetwork(world({ asset: token }))
  const intent = await planScale(opened, 7n, 3, 5_000_000n)
  expect(decodeCalls(intent).map(([name]) => name)).toEqual([token, 'cloud.scale'])
  expect(decodeCalls(intent)[1]).toEqual(['cloud.scale', [7n, 3, 5_000_000n], 0n])
  expect(factsOf(intent)['Added']).toBe('5 USDT')
})

test('a migration goes to the cheapest other worker and pays what its price lacks', async () => {
  const intent = await planMigration(network({}, [testWorker(9n), testWorker(8n)]), 7n)
  const missing = rent * 8n * 2n * 3600n + 3n * dot - 12n * dot
  const rounded = ((missing + 99_999_999n) / 100_000_000n) * 100_000_000n
  expect(decodeCalls(intent)).toEqual([
    ['cloud.migrate', [7n, 8n, rent * 8n * 2n, rounded], rounded],
  ])
  expect(factsOf(intent)['Until then']).toContain('version 1 runs on worker 1')
})

test('a migration to a named worker, of a paused application, starts there at once', async () => {
  const paused = network({ state: 'paused', escrowWei: 100n * dot }, [
    testWorker(2n),
    testWorker(3n),
  ])
  const intent = await planMigration(paused, 7n, { workerId: 3n })
  expect(decodeCalls(intent)[0]?.[1]).toEqual([7n, 3n, rent * 6n, 0n])
  expect(factsOf(intent)['Until then']).toContain('at once')
})

test('a migration to where it is, to nowhere, or beside a pending version is refused', async () => {
  await expect(planMigration(network(), 7n, { workerId: 1n })).rejects.toThrowError(
    code('app.unchanged'),
  )
  await expect(planMigration(network(), 7n)).rejects.toThrowError(code('worker.none-fits'))
  const draining = network({}, [testWorker(2n, { status: 'draining' })])
  await expect(planMigration(draining, 7n, { workerId: 2n })).rejects.toThrowError(/is draining/)
  await expect(planMigration(network({ pendingVersion: 2 }), 7n)).rejects.toThrowError(
    code('app.update-pending'),
  )
})

test('a configuration is sent in its canonical form and shown, as it is public', async () => {
  const intent = await planConfigure(network(), 7n, '{ "b": 1, "a": 2 }')
  expect(decodeCalls(intent)).toEqual([['cloud.configure', [7n, stringToHex('{"a":2,"b":1}')], 0n]])
  expect(factsOf(intent)).toMatchObject({ Revision: '3 -> 4', Public: '{"a":2,"b":1}' })
})

test('a configuration that is there already, and one with a credential, are refused', async () => {
  const made = world()
  const digest = sha256(stringToHex('{"a":2}'))
  made.views.set('cloud.configuration(7)', { revision: 3, createdBlock: 9n, digest })
  const opened = memoryNetwork(made)
  await expect(planConfigure(opened, 7n, '{"a":2}')).rejects.toThrowError(code('app.unchanged'))
  const secret = '{"token":"hunter2hunter2"}'
  await expect(planConfigure(opened, 7n, secret)).rejects.toThrowError(
    code('configuration.credentials'),
  )
  expect(await planConfigure(opened, 7n, secret, { allowCredentials: true })).toBeDefined()
  await expect(planConfigure(opened, 7n, '[]')).rejects.toMatchObject({
    code: 'configuration.not-object',
  })
})

test('pause and resume say what happens to money and disk', async () => {
  const pause = await planPause(network(), 7n)
  expect(decodeCalls(pause)).toEqual([['cloud.pause', [7n], 0n]])
  expect(factsOf(pause)['Disk']).toContain('kept for 1 h')
  const resume = await planResume(network({ state: 'paused', pausedAt: now }), 7n)
  expect(decodeCalls(resume)).toEqual([['cloud.resume', [7n], 0n]])
  await expect(planResume(network(), 7n)).rejects.toThrowError(code('app.state-wrong'))
  await expect(planPause(network({ state: 'paused' }), 7n)).rejects.toThrowError(
    code('app.state-wrong'),
  )
})

test('a pending version is dropped, none is not', async () => {
  const intent = await planDrop(network({ pendingVersion: 2 }), 7n)
  expect(decodeCalls(intent)).toEqual([['cloud.dropPending', [7n], 0n]])
  await expect(planDrop(network(), 7n)).rejects.toThrowError(code('app.no-pending'))
})

test('a freeze can begin and be put off, not shortened', async () => {
  const made = world()
  made.views.set('cloud.rules(7)', {
    guardian: zeroAddress,
    frozenUntil: now + 50n,
    maxWeiPerSecond: 0n,
  })
  const frozen = memoryNetwork(made)
  expect(decodeCalls(await planFreeze(frozen, 7n, now + 51n))[0]?.[1]).toEqual([7n, now + 51n])
  await expect(planFreeze(frozen, 7n, now + 50n)).rejects.toThrowError(code('app.frozen-longer'))
  await expect(planFreeze(network(), 7n, now)).rejects.toThrowError(code('app.frozen-longer'))
  expect(factsOf(await planFreeze(network(), 7n, foreverSeconds))['Until']).toBe('for good')
})

test('a guardian is named and removed, the same twice is nothing to do', async () => {
  const intent = await planGuardian(network(), 7n, testOperator.toLowerCase())
  expect(decodeCalls(intent)).toEqual([['cloud.setGuardian', [7n, testOperator], 0n]])
  await expect(planGuardian(network(), 7n, undefined)).rejects.toThrowError(code('app.unchanged'))
  await expect(planGuardian(network(), 7n, '0x12')).rejects.toThrowError(code('address.invalid'))
})

test('a cap of the present rent is taken, below it is refused', async () => {
  const perDay = rent * 2n * 86_400n
  expect(decodeCalls(await planCap(network(), 7n, perDay))[0]?.[1]).toEqual([7n, rent * 2n])
  await expect(planCap(network(), 7n, perDay - 1n)).rejects.toThrowError(code('app.cap-below-rent'))
  expect(decodeCalls(await planCap(network(), 7n, 0n))[0]?.[1]).toEqual([7n, 0n])
})

test('an application is offered with what it holds, taken, and kept', async () => {
  const offer = await planTransfer(network(), 7n, testOperator)
  expect(decodeCalls(offer)).toEqual([['cloud.offerOwnership', [7n, testOperator], 0n]])
  expect(factsOf(offer)['Comes with it']).toContain('12 DOT')
  expect(decodeCalls(await planTransfer(network(), 7n, undefined))[0]?.[1]).toEqual([
    7n,
    zeroAddress,
  ])
  const take = await planTake(network({ owner: testOperator }), 7n)
  expect(factsOf(take)['Owner']).toBe(`${testOperator} -> ${testOwner}`)
})

test('an unknown application is not found, whatever is asked of it', async () => {
  const nothing = memoryNetwork(emptyWorld())
  for (const plan of [planPause, planResume, planDrop, planTake])
    await expect(plan(nothing, 7n)).rejects.toThrowError(code('app.not-found'))
})
