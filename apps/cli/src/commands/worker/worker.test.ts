// `wetee worker ...` and `wetee dsecret ...`: arguments to calls, and what is refused.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  emptyWorld,
  memoryNetwork,
  testOperator,
  testOwner,
  testWorker,
  zeroDigest,
} from '@wetee/sdk/testing/memory-network'
import { fundedWorld, signingNetwork } from '@wetee/sdk/testing/memory-wallet'
import { expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'

const dot = 10n ** 18n
const json = (text: string) => JSON.parse(text) as Record<string, unknown>
const stake = {
  bondedWei: 25n * dot,
  unbondingWei: 2n * dot,
  lockedBondedWei: 0n,
  lockedUnbondingWei: 0n,
  availableAt: 1_800_000_000n,
}

function world() {
  const made = fundedWorld()
  made.workers = [testWorker(3n), testWorker(4n, { status: 'shutdown', region: 'x\u001b[2J' })]
  made.nodes = [
    {
      nodeId: 3n,
      owner: testOwner,
      operator: testOperator,
      status: 'active',
      stakeWei: 10n * dot,
      endpoint: 'd.example:7790',
      statementKey: testOwner,
      tlsKeyHash: zeroDigest,
    },
  ]
  for (const role of [1, 2]) {
    made.views.set(`subnet.stake(${role},3)`, stake)
    made.views.set(`subnet.requiredStakeWei(${role},3)`, 10n * dot)
  }
  made.views.set('subnet.stakeRules()', {
    workerBaseWei: 5n * dot,
    workerPerLevelWei: 0n,
    nodeWei: dot,
  })
  made.views.set('subnet.unbondingSeconds()', 1_209_600n)
  made.views.set('quorum.isSeated(3)', true)
  made.views.set('cloud.appsOn(3,0,100)', [])
  made.views.set('cloud.appsOnCount(3)', 0n)
  return made
}

const register = [
  'worker',
  'register',
  '--operator',
  testOperator,
  '--endpoint',
  'https://w.example',
  '--cpus',
  '1.5',
  '--memory',
  '64GiB',
  '--disk',
  '1TiB',
  '--per-cpu',
  '0.0864',
]
const home = mkdtempSync(join(tmpdir(), 'wetee-keys-'))
writeFileSync(
  join(home, 'keys.json'),
  JSON.stringify({
    statementKey: testOperator,
    tlsKeyHash: zeroDigest,
    encryptionKey: `0x02${'0c'.repeat(32)}`,
    possession: `0x${'0d'.repeat(65)}`,
  }),
)
const node = [
  'dsecret',
  'register',
  '--operator',
  testOperator,
  '--keys',
  'keys.json',
  '--endpoint',
  'd:1',
]

test.each<[string[], string, readonly unknown[], bigint]>([
  [
    register,
    'registerWorker',
    [
      testOperator,
      expect.objectContaining({ teeClasses: 1, level: 1 }),
      { cpuMilli: 1_000_000_000n, memoryMiB: 0n, diskMiB: 0n, gpu: 0n },
      { cpuMilli: 1500, memoryMiB: 65_536, diskMiB: 1_048_576, gpu: 0 },
    ],
    5n * dot,
  ],
  [
    ['worker', 'update', '3', '--gpus', '2'],
    'updateWorker',
    [3n, true, expect.anything(), expect.anything(), expect.objectContaining({ gpu: 2 })],
    0n,
  ],
  [
    ['worker', 'price', '3', '--per-gpu', '86.4'],
    'updateWorker',
    [
      3n,
      true,
      expect.anything(),
      expect.objectContaining({ cpuMilli: 1n, gpu: 10n ** 15n }),
      expect.anything(),
    ],
    0n,
  ],
  [['worker', 'drain', '3'], 'drain', [3n, true], 0n],
  [['worker', 'drain', '3', '--undo'], 'drain', [3n, false], 0n],
  [['worker', 'shutdown', '3'], 'shutdown', [3n], 0n],
  [['worker', 'unstake', '3'], 'requestWithdrawal', [1, 3n, 15n * dot], 0n],
  [['worker', 'unstake', '3', '2.5'], 'requestWithdrawal', [1, 3n, (5n * dot) / 2n], 0n],
  [['worker', 'unstake', '3', '--cancel'], 'cancelWithdrawal', [1, 3n], 0n],
  [['worker', 'withdraw', '3', '--to', testOperator], 'withdrawStake', [1, 3n, testOperator], 0n],
  [
    node,
    'registerNode',
    [testOperator, expect.objectContaining({ statementKey: testOperator }), 'd:1'],
    dot,
  ],
  [
    ['dsecret', 'keys', '3', '--keys', 'keys.json'],
    'setNodeKeys',
    [3n, expect.anything(), 'd.example:7790'],
    0n,
  ],
  [['dsecret', 'stake', '3', '1'], 'bond', [2, 3n], dot],
  [['dsecret', 'unstake', '3'], 'requestWithdrawal', [2, 3n, 15n * dot], 0n],
  [['dsecret', 'withdraw', '3'], 'withdrawStake', [2, 3n, testOwner], 0n],
  [['dsecret', 'terminate', '3'], 'leaveNode', [3n], 0n],
])('%j signs %s', async (args, functionName, expected, value) => {
  const { sent, opened } = signingNetwork(world())
  const { code, stderr } = await run([...args, '--yes'], { network: opened, home, cwd: home })
  expect(stderr).not.toContain('error')
  expect(code).toBe(0)
  expect(sent).toEqual([{ contract: 'subnet', functionName, args: expected, value }])
})

test.each<[string, string[], number]>([
  ['an amount that is none', ['worker', 'stake', '3', 'x'], 2],
  ['a worker that is no number', ['worker', 'drain', 'mine'], 2],
  ['worker 0', ['worker', 'drain', '0'], 2],
  ['memory without a unit', [...register.slice(0, 8), '64', ...register.slice(9)], 2],
  ['a TEE class that is none', [...register, '--tee', 'nitro'], 2],
  ['no CPUs', [...register.slice(0, 6), '--cpus', '0', ...register.slice(8)], 2],
  ['no operator', ['worker', 'register', '--endpoint', 'https://w'], 2],
  ['an amount with --cancel', ['worker', 'unstake', '3', '1', '--cancel'], 2],
  ['open and closed', ['worker', 'update', '3', '--open', '--closed'], 2],
  ['no price', ['worker', 'price', '3'], 2],
  ['no price and --none without an asset', ['worker', 'price', '3', '--none'], 2],
  ['a receiver that is no address', ['worker', 'withdraw', '3', '--to', '0x12'], 2],
  ['more stake than is free', ['worker', 'unstake', '3', '16'], 4],
  ['an unknown worker', ['worker', 'shutdown', '9'], 5],
  ['an unknown node', ['dsecret', 'terminate', '9'], 5],
  ['a file that is not there', ['dsecret', 'keys', '3', '--keys', 'none.json'], 5],
])('%s is refused and nothing is sent', async (_, args, exit) => {
  const { sent, opened } = signingNetwork(world())
  const { code, stderr } = await run([...args, '--yes'], { network: opened, home, cwd: home })
  expect(stderr).toMatch(/^error: /m)
  expect(code).toBe(exit)
  expect(sent).toEqual([])
})

test('lists leave out what has shut down, and no text of others reaches the terminal', async () => {
  const network = memoryNetwork(world())
  const some = await run(['worker', 'list'], { network })
  expect(some.stdout).toContain('http://worker-3.test')
  expect(some.stdout).not.toContain('worker-4')
  expect((await run(['worker', 'list', '--all'], { network })).stdout).not.toContain('\u001b')
  expect(json((await run(['worker', 'list', '--json'], { network })).stdout)).toMatchObject({
    workers: [{ workerId: '3', stakeWei: String(5n * dot) }],
  })
  expect((await run(['dsecret', 'list'], { network })).stdout).toContain('d.example:7790')
  expect(
    (await run(['worker', 'list'], { network: memoryNetwork(emptyWorld()) })).stdout,
  ).toContain('wetee worker register')
})

test('a worker and a node are shown with their stake', async () => {
  const network = memoryNetwork(world())
  const worker = await run(['worker', 'show', '3'], { network })
  expect(worker.stdout).toMatch(/Leaving +2 DOT, payable from 2027-01-15T08:00:00Z/)
  expect((await run(['dsecret', 'show', '3'], { network })).stdout).toMatch(/in a committee/)
  expect(json((await run(['worker', 'show', '3', '--json'], { network })).stdout)).toMatchObject({
    stake: { freeWei: String(15n * dot) },
  })
})
