// `wetee secret ...`: values from files and pipes to calls, copies and nodes; what is refused.
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import {
  jsonAnswer,
  testApp,
  testOperator,
  testOwner,
  testVersion,
  zeroDigest,
  type Answers,
} from '@wetee/sdk/testing/memory-network'
import { fundedWorld, signingNetwork } from '@wetee/sdk/testing/memory-wallet'
import { expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'

const zero = `0x${'00'.repeat(20)}`
const password = 'correct horse battery staple'
const files = mkdtempSync(join(tmpdir(), 'wetee-secret-'))
writeFileSync(join(files, 'password.txt'), password)
writeFileSync(join(files, 'large.bin'), Buffer.alloc(65_537))
/** A point on the curve whose logarithm nobody needs: nothing is opened here. */
const point = `0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798` as const

function world() {
  const made = fundedWorld()
  const terms = {
    replicas: 1,
    cpuMilli: 250,
    memoryMiB: 128,
    diskMiB: 0,
    gpu: 0,
    teeClasses: 3,
    level: 1,
    upgradeDelaySeconds: 0,
    graceSeconds: 3600,
  }
  made.networkKey = { Y: point, S: point }
  made.apps.set(7n, testApp(7n))
  made.apps.set(9n, testApp(9n))
  made.versions.set('7/1', testVersion(1, { terms }))
  made.versions.set('9/1', testVersion(1, { terms, manifestDigest: `0x${'99'.repeat(32)}` }))
  const unset = {
    ciphertextDigest: zeroDigest,
    policyDigest: zeroDigest,
    owner: zero,
    setAt: 0n,
    key: 1,
  }
  const version = { ...unset, ciphertextDigest: `0x${'aa'.repeat(32)}`, setAt: 1_800_000_000n }
  made.views.set('secrets.secret(7,db)', { name: '', current: 0, latest: 0, version: unset })
  made.views.set('secrets.secret(7,api)', { name: 'api', current: 2, latest: 2, version })
  made.views.set('secrets.secrets(7)', [{ name: 'api', current: 2, latest: 2, version }])
  made.views.set('secrets.readers(7,api)', [
    { appId: 0n, manifestDigest: zeroDigest, owner: testOperator },
  ])
  made.views.set('secrets.version(7,api,1)', version)
  made.nodes = [1n, 2n].map((nodeId) => ({
    nodeId,
    owner: testOwner,
    operator: testOperator,
    status: 'active',
    stakeWei: 1n,
    endpoint: `https://node-${nodeId}.test`,
    statementKey: testOperator,
    tlsKeyHash: zeroDigest,
  }))
  made.committee = { epoch: 1n, members: [1n, 2n], threshold: 2 }
  return made
}

/** Runs a command against nodes that keep whatever the chain has just been told. */
async function secret(args: readonly string[], keeps = true) {
  const made = world()
  const answers: Answers = new Proxy({}, { get: () => (keeps ? jsonAnswer({}) : undefined) })
  const { sent, opened } = signingNetwork(made, { answers })
  const reader = {
    ...opened.reader,
    view: async (contract: string, name: string, given: readonly unknown[], at: bigint) => {
      if (name === 'secretOf') return [sent.length === 0 ? 0n : 7n, 'db', 1]
      return opened.reader.view(contract as never, name as never, given, at)
    },
  }
  const home = mkdtempSync(join(tmpdir(), 'wetee-home-'))
  const network = { ...opened, reader } as typeof opened
  const result = await run(['secret', ...args], { network, home, cwd: files })
  return { ...result, sent, home }
}

test('a secret is sealed, copied, put on chain and given to every node; its value is shown nowhere', async () => {
  const args = ['set', '7', 'db', '--file', 'password.txt', '--yes', '--json']
  const { code, stdout, stderr, sent, home } = await secret(args)
  expect(stderr).not.toContain('error')
  expect(code).toBe(0)
  expect(sent).toMatchObject([{ contract: 'secrets', functionName: 'setSecret' }])
  const printed = JSON.parse(stdout) as { copy: string; nodes: string[] }
  expect(printed.nodes).toEqual(['1', '2'])
  expect(dirname(printed.copy)).toBe(join(home, 'secrets'))
  expect(basename(printed.copy)).toMatch(/^31337-7-db-v1-[0-9a-f]{8}\.sealed$/)
  const copy = readFileSync(printed.copy)
  for (const text of [stdout, stderr, copy.toString('latin1'), JSON.stringify(sent[0]?.args, big)])
    expect(text).not.toContain(password)
})

test('nodes that are away leave the copy, and the command says how to go on', async () => {
  const { code, stderr, sent, home } = await secret(
    ['set', '7', 'db', '--file', 'password.txt', '--yes'],
    false,
  )
  expect(code).not.toBe(0)
  expect(stderr).toContain('secret.too-few-nodes')
  expect(stderr).toContain('wetee secret upload')
  expect(sent).toHaveLength(1)
  expect(readdirSync(join(home, 'secrets'))).toHaveLength(1)
})

test('a copy is not written over another file', async () => {
  const file = join(files, 'only-copy.sealed')
  writeFileSync(file, 'of another secret')
  const { code, stderr, sent } = await secret([
    ...['set', '7', 'db', '--file', 'password.txt', '--yes', '--copy', file],
  ])
  expect(code).not.toBe(0)
  expect(stderr).toContain('EEXIST')
  expect(sent).toEqual([])
  expect(readFileSync(file, 'utf8')).toBe('of another secret')
})

test('a dry run keeps and sends nothing', async () => {
  const { code, sent, home } = await secret([
    'set',
    '7',
    'db',
    '--file',
    'password.txt',
    '--dry-run',
  ])
  expect(code).toBe(0)
  expect(sent).toEqual([])
  expect(readdirSync(home)).toEqual([])
})

test.each<[string[], string, readonly unknown[]]>([
  [['rotate', '7', 'api', '--file', 'password.txt'], 'setSecret', [7n, 'api', 3]],
  [['rollback', '7', 'api', '1'], 'rollBack', [7n, 'api', 1]],
  [['rm', '7', 'api'], 'removeSecret', [7n, 'api']],
  [
    ['grant', '7', 'api', '--to', '9'],
    'grant',
    [7n, 'api', { appId: 9n, manifestDigest: `0x${'99'.repeat(32)}`, owner: zero }],
  ],
  [
    ['revoke', '7', 'api', '--owner', testOperator],
    'revoke',
    [7n, 'api', { appId: 0n, manifestDigest: zeroDigest, owner: testOperator }],
  ],
])('%j signs %s', async (args, functionName, expected) => {
  const { code, stderr, sent } = await secret([...args, '--yes'])
  expect(stderr).not.toContain('error')
  expect(code).toBe(0)
  expect(sent).toMatchObject([{ contract: 'secrets', functionName }])
  expect(sent[0]?.args.slice(0, expected.length)).toEqual(expected)
})

test('the list names versions and readers, and an empty one says how to begin', async () => {
  const { stdout } = await secret(['list', '7'])
  expect(stdout).toMatch(/api +2 of 2 /)
  expect(stdout).toContain(`api is also read by every application of ${testOperator}`)
})

test.each<[string, string[], number]>([
  ['a value that nobody can be asked for', ['set', '7', 'db'], 2],
  ['a file that is not there', ['set', '7', 'db', '--file', 'none.txt'], 5],
  ['a value that is too large', ['set', '7', 'db', '--file', 'large.bin'], 7],
  ['setting what is set', ['set', '7', 'api', '--file', 'password.txt'], 4],
  ['rotating what is not', ['rotate', '7', 'db', '--file', 'password.txt'], 5],
  ['hardware that is none', ['set', '7', 'db', '--file', 'password.txt', '--tee', 'vax'], 2],
  ['a level that is none', ['set', '7', 'db', '--file', 'password.txt', '--level', '256'], 2],
  [
    'a measurement that is none',
    ['set', '7', 'db', '--file', 'password.txt', '--measurement', '1'],
    2,
  ],
  ['a grant to nobody', ['grant', '7', 'api'], 2],
  ['a grant to two', ['grant', '7', 'api', '--to', '9', '--owner', testOperator], 2],
  ['a grant to an unknown application', ['grant', '7', 'api', '--to', '8'], 5],
  ['a version that is none', ['rollback', '7', 'api', '0'], 2],
])('%s is refused and nothing is sent', async (_, args, exit) => {
  const { code, stderr, sent } = await secret([...args, '--yes'])
  expect(stderr).toMatch(/^error: /m)
  expect(code).toBe(exit)
  expect(sent).toEqual([])
})

const big = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
