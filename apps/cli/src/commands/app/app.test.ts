// `wetee app ...` and `wetee withdraw`: arguments to calls, and what is refused.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  genesisSeconds,
  testApp,
  testOperator,
  testOwner,
  testVersion,
  testWorker,
  zeroDigest,
} from '@wetee/sdk/testing/memory-network'
import { fundedWorld, signingNetwork } from '@wetee/sdk/testing/memory-wallet'
import { expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'

const dot = 10n ** 18n
const zero = `0x${'00'.repeat(20)}`
const home = mkdtempSync(join(tmpdir(), 'wetee-app-'))
writeFileSync(join(home, 'settings.json'), '{ "alerts": { "mail": "a@b.example" } }')
writeFileSync(join(home, 'secret.json'), '{ "token": "hunter2hunter2" }')
writeFileSync(join(home, 'list.json'), '[]')
writeFileSync(
  join(home, 'compose.yaml'),
  'services: { web: { image: "registry.test/hello:1.0", environment: { GREETING: hi } } }\n',
)

const keyLimits = {
  maxWeiPerSecond: 100_000_000n,
  minIntervalSeconds: 60n,
  expiresAt: 4_102_444_800n,
  builderAppId: 0n,
  repositoryHash: zeroDigest,
}
const robot = `0x${'99'.repeat(20)}`

function world(fields: Parameters<typeof testApp>[1] = {}) {
  const made = fundedWorld()
  made.apps.set(7n, testApp(7n, { escrowWei: 10n * dot, ...fields }))
  const terms = {
    replicas: 1,
    cpuMilli: 250,
    memoryMiB: 128,
    diskMiB: 0,
    gpu: 0,
    teeClasses: 1,
    level: 1,
    upgradeDelaySeconds: 0,
    graceSeconds: 3600,
  }
  const weiPerSecond = 100_000_000n
  for (const version of [1, 2])
    made.versions.set(`7/${version}`, testVersion(version, { terms, weiPerSecond }))
  made.workers = [testWorker(1n), testWorker(2n)]
  for (const id of [1n, 2n]) {
    made.proofs.set(`1/${id}`, genesisSeconds + 500n)
    made.quotes.set(id, { weiPerSecond: 200_000_000n, minimumDepositWei: dot, graceDepositWei: 0n })
  }
  made.views.set('cloud.rules(7)', { guardian: zero, frozenUntil: 0n, maxWeiPerSecond: 0n })
  made.views.set('cloud.deployKeys(7)', [{ key: testOperator, limits: keyLimits }])
  made.views.set('cloud.configuration(7)', { revision: 0, createdBlock: 0n, digest: zeroDigest })
  made.credits.set(testOwner, dot)
  made.views.set(`subnet.credit(${testOwner})`, 0n)
  made.views.set(`complaints.credit(${testOwner})`, dot)
  made.views.set(`bridge.credit(${testOwner})`, 0n)
  made.views.set(`forwarder.credit(${testOwner})`, 0n)
  return made
}

const configuration = `0x${Buffer.from('{"alerts":{"mail":"a@b.example"}}').toString('hex')}`
test.each<[string[], string, readonly unknown[], Parameters<typeof testApp>[1]?]>([
  [['app', 'scale', '7', '3'], 'scale', [7n, 3, 0n]],
  [['app', 'migrate', 'hello'], 'migrate', [7n, 2n, 200_000_000n, 0n]],
  [
    ['app', 'migrate', '7', '--worker', '2', '--deposit', '1'],
    'migrate',
    [7n, 2n, 200_000_000n, dot],
  ],
  [['app', 'configure', '7', 'settings.json'], 'configure', [7n, configuration]],
  [['app', 'pause', '7'], 'pause', [7n]],
  [['app', 'resume', '7'], 'resume', [7n], { state: 'paused' }],
  [['app', 'drop', '7'], 'dropPending', [7n], { pendingVersion: 2 }],
  [['app', 'freeze', '7', '2100-01-01'], 'freeze', [7n, 4_102_444_800n]],
  [['app', 'freeze', '7', 'forever'], 'freeze', [7n, 2n ** 64n - 1n]],
  [['app', 'guardian', '7', testOperator], 'setGuardian', [7n, testOperator]],
  [['app', 'cap', '7', '86.4'], 'setSpendingCap', [7n, 10n ** 15n]],
  [['app', 'cap', '7', 'none'], 'setSpendingCap', [7n, 0n]],
  [
    ['app', 'deploy-key', 'add', '7', robot, '--until', '2100-01-01'],
    'setDeployKey',
    [7n, robot, keyLimits],
  ],
  [
    [
      ...['app', 'deploy-key', 'add', '7', robot, '--until', '2100-01-01', '--max-rent', '86.4'],
      ...['--min-interval', '300', '--builder', '4', '--repository', 'git@git.example:you/app'],
    ],
    'setDeployKey',
    [
      7n,
      robot,
      {
        ...keyLimits,
        maxWeiPerSecond: 10n ** 15n,
        minIntervalSeconds: 300n,
        builderAppId: 4n,
        repositoryHash: '0xafb8e2eeee12dd8092238263300eb6c3a58e7a79c825cc4befbcbdf7ff6c6644',
      },
    ],
  ],
  [['app', 'deploy-key', 'revoke', '7', testOperator], 'revokeDeployKey', [7n, testOperator]],
  [['app', 'transfer', '7', testOperator], 'offerOwnership', [7n, testOperator]],
  [['app', 'transfer', '7', '--cancel'], 'offerOwnership', [7n, zero]],
  [['app', 'transfer', '7', '--take'], 'takeOwnership', [7n]],
  [
    ['app', 'update', '7', 'compose.yaml', '--security'],
    'update',
    [
      7n,
      expect.objectContaining({ replicas: 1 }),
      expect.stringMatching(/^0x7b/),
      200_000_000n,
      0n,
      true,
    ],
  ],
])('%j signs %s', async (args, functionName, expected, fields) => {
  const { sent, opened } = signingNetwork(world(fields))
  const sdk = { resolveImageFromRegistry: () => Promise.resolve(`sha256:${'cd'.repeat(32)}`) }
  const { code, stderr } = await run([...args, '--yes'], { network: opened, home, cwd: home, sdk })
  expect(stderr).not.toContain('error')
  expect(code).toBe(0)
  expect(sent).toMatchObject([{ contract: 'cloud', functionName, args: expected }])
})

test.each<[string, readonly string[], string]>([
  ['that has no key of this address', ['revoke', '7', robot], 'app.key-unknown'],
  ['whose owner it is', ['add', '7', testOwner], 'app.key-limit'],
  ['for less rent than it costs', ['add', '7', robot, '--max-rent', '0.000001'], 'app.key-limit'],
  ['for a time that has passed', ['add', '7', robot, '--until', '2001-01-01'], 'app.key-limit'],
  [
    'for no repository',
    ['add', '7', robot, '--builder', '4', '--repository', 'x'],
    'app.key-limit',
  ],
  ['for a builder without a repository', ['add', '7', robot, '--builder', '4'], 'usage'],
])('a deploy key of an application %s is refused', async (_, args, expected) => {
  const { sent, opened } = signingNetwork(world())
  const words = ['app', 'deploy-key', ...args, '--yes', '--json']
  const { stdout } = await run(words, { network: opened, home, cwd: home })
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: expected } })
  expect(sent).toEqual([])
})

test('deploy keys are listed with what they may', async () => {
  const { opened } = signingNetwork(world())
  const list = ['app', 'deploy-key', 'list', '7']
  const { stdout } = await run(list, { network: opened, home, cwd: home })
  expect(stdout).toContain(testOperator)
  expect(stdout).toContain('0.00000864 DOT a day')
  const { stdout: json } = await run([...list, '--json'], { network: opened, home, cwd: home })
  expect(JSON.parse(json)).toMatchObject({
    keys: [{ key: testOperator, minIntervalSeconds: '60' }],
  })
})

test('an update shows what changes, what becomes public and what it costs, before it is signed', async () => {
  const made = world()
  const { opened } = signingNetwork(made)
  const sdk = { resolveImageFromRegistry: () => Promise.resolve(`sha256:${'cd'.repeat(32)}`) }
  const args = ['app', 'update', '7', 'compose.yaml', '--dry-run']
  const { stderr, code } = await run(args, { network: opened, home, cwd: home, sdk })
  expect(code).toBe(0)
  expect(stderr).toContain('GREETING=hi')
  expect(stderr).toMatch(/Rent +0.00001728 DOT per day \(now 0.00000864 DOT\)/)
})

test('a budget is shown, funded and capped, and taken back', async () => {
  const made = world()
  const day = genesisSeconds / 86_400n
  const amounts = { balanceWei: dot, dayCapWei: dot / 10n, spentWei: dot / 100n, day }
  made.views.set('forwarder.budget(7)', amounts)
  const { sent, opened } = signingNetwork(made)
  const budget = async (...args: string[]) =>
    run(['app', 'budget', '7', ...args], { network: opened })
  expect((await budget()).stdout).toContain('A day may cost 0.1 DOT, today 0.01 DOT.')
  expect(JSON.parse((await budget('--json')).stdout)).toMatchObject({ balanceWei: String(dot) })
  expect((await budget('--fund', '2', '--day-cap', 'none', '--yes')).code).toBe(0)
  expect((await budget('--take', '1', '--yes')).code).toBe(0)
  expect(sent).toMatchObject([
    { contract: 'forwarder', functionName: 'fund', args: [7n] },
    { contract: 'forwarder', functionName: 'setDayCap', args: [7n, 0n] },
    { contract: 'forwarder', functionName: 'release', args: [7n, dot] },
  ])
})

test('credits of all contracts are withdrawn, each by its call', async () => {
  const { sent, opened } = signingNetwork(world())
  expect((await run(['withdraw', '--yes'], { network: opened })).code).toBe(0)
  expect(sent.map(({ contract, functionName }) => `${contract}.${functionName}`)).toEqual([
    'cloud.withdrawTo',
    'complaints.withdraw',
  ])
})

test.each<[string, string[], number, Parameters<typeof testApp>[1]?]>([
  ['an unknown application', ['app', 'pause', '9'], 5],
  ['no replicas', ['app', 'scale', '7', '0'], 2],
  ['a pending version', ['app', 'scale', '7', '2'], 4, { pendingVersion: 2 }],
  ['a list as configuration', ['app', 'configure', '7', 'list.json'], 7],
  ['a credential in a configuration', ['app', 'configure', '7', 'secret.json'], 7],
  ['a configuration that is not there', ['app', 'configure', '7', 'none.json'], 5],
  ['a day that is none', ['app', 'freeze', '7', 'tomorrow'], 2],
  ['a day that has passed', ['app', 'freeze', '7', '2020-01-01'], 4],
  ['a guardian that is no address', ['app', 'guardian', '7', 'me'], 2],
  ['a cap below the rent', ['app', 'cap', '7', '0.000001'], 4],
  ['a transfer to nobody', ['app', 'transfer', '7'], 2],
  ['a transfer to somebody that is taken too', ['app', 'transfer', '7', testOperator, '--take'], 2],
  ['a worker that is no number', ['app', 'migrate', '7', '--worker', 'x'], 2],
  ['an update of what has ended', ['app', 'update', '7', 'compose.yaml'], 4, { state: 'ended' }],
  ['an asset that is no address', ['withdraw', '--asset', 'USDT'], 2],
])('%s is refused and nothing is sent', async (_, args, exit, fields) => {
  const { sent, opened } = signingNetwork(world(fields))
  const { code, stderr } = await run([...args, '--yes'], { network: opened, home, cwd: home })
  expect(stderr).toMatch(/^error: /m)
  expect(code).toBe(exit)
  expect(sent).toEqual([])
})
