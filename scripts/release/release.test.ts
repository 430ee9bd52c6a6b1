// A release is refused before anything is built, and says why; what is made of a deployment's file.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { genuineTrustStores, trustStoreDigest } from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Deployment } from '@wetee/contracts/deploy/journal'
import { networks } from '@wetee/contracts/deploy/networks'
import { runRelease } from '../release.ts'
import { root } from '../run.ts'
import { connectSources } from './archive.ts'
import { profileOf } from './profile.ts'
import { commitOf } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-release-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const [intel, , both] = genuineTrustStores.map(({ roots }) =>
  trustStoreDigest(roots.map(({ der }) => der)),
)
const stranger = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const contract = { contract: 'Some', address: stranger, codeHash: '0x00' } as const
const names = [
  'subnet',
  'quorum',
  'cloud',
  'keys',
  'registry',
  'applications',
  'moves',
  'deliveries',
]
const deployed: Deployment = {
  network: 'paseo',
  chainId: networks.paseo.chainId,
  deployer: stranger,
  deployBlock: '77',
  complete: true,
  parameters: {
    ...{ kind: 'test', simulated: false, trustStoreDigest: both },
    ...{ tokenHolder: stranger, firstMembers: [stranger], guardian: stranger },
  },
  contracts: Object.fromEntries(names.map((name) => [name, contract])),
  calls: [],
  total: { gasUsed: '0', costWei: '0' },
}
const withRoots = (simulated: boolean, digest: string | undefined): Deployment => ({
  ...deployed,
  parameters: { ...deployed.parameters, simulated, trustStoreDigest: digest },
})

/** What a command line says; it must not come to a build. */
async function refused(line: string) {
  let said = ''
  const exitCode = await runRelease(`${line} --out ${join(folder, 'out')} --json`.split(' '), {
    out: (text) => (said += text),
    progress: () => undefined,
    build: () => Promise.reject(new Error('was built')),
  })
  expect(existsSync(join(folder, 'out'))).toBe(false)
  const { error } = JSON.parse(said) as { error: { code: string; message: string } }
  return { exitCode, ...error }
}

function written(name: string, value: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(value))
  return path
}

describe('a release is refused', () => {
  const waiting = (['paseo', 'westend', 'polkadot'] as const).filter(
    (name) => !existsSync(join(root, `contracts/addresses/${name}.json`)),
  )
  test.each(waiting)('for %s, where no contracts are committed', async (network) => {
    expect(await refused(`--network ${network}`)).toEqual({
      exitCode: 1,
      code: 'release.not-deployed',
      message: expect.stringContaining(
        `contracts/addresses/${network}.json is not there`,
      ) as string,
    })
  })

  test.each([
    ['--network local', 'got local'],
    ['--network kusama', 'got kusama'],
    ['--chain paseo', 'Unknown option'],
    ['--network paseo --rpc ftp://a', 'got ftp://a'],
    ['--network paseo --connect *', 'got *'],
    ['--network paseo --walletconnect-relay wss://a', 'expected --walletconnect beside'],
  ])('for a command line like %s', async (line, words) => {
    expect(await refused(line)).toMatchObject({
      exitCode: 2,
      code: 'release.arguments',
      message: expect.stringContaining(words) as string,
    })
  })

  test.each([
    ['12', '32 hexadecimal digits'],
    ['12'.repeat(16), 'npm install --no-save'],
  ])('for WalletConnect with the project %s', async (project, words) => {
    expect(await refused(`--network paseo --walletconnect ${project}`)).toMatchObject({
      exitCode: 1,
      code: 'release.walletconnect',
      message: expect.stringContaining(words) as string,
    })
  })

  const simulated = createSimulatedVendor({ atMs: Date.UTC(2026, 0, 1) })
  test.each([
    ['of another chain', { ...deployed, chainId: 31_337 }, 'release.wrong-chain'],
    ['that is not finished', { ...deployed, complete: false }, 'release.incomplete'],
    [
      'with roots that no vendor has',
      withRoots(false, `0x${'11'.repeat(32)}`),
      'release.trust-roots',
    ],
    [
      'that calls simulated roots genuine',
      withRoots(false, trustStoreDigest([simulated.rootDer])),
      'release.trust-roots',
    ],
    ['without its simulated roots', withRoots(true, both), 'release.trust-roots'],
    ['that lacks a contract', { ...deployed, contracts: {} }, 'network.profile-invalid'],
    ['that is none', { complete: true }, 'deploy.file-invalid'],
  ])('for a deployment %s', async (_, deployment, code) => {
    const file = written('addresses.json', deployment)
    expect(await refused(`--network paseo --file ${file}`)).toMatchObject({ code })
  })

  test('for simulated roots that are others than on chain, or no certificates', async () => {
    const digest = trustStoreDigest([simulated.rootDer])
    const file = written('addresses.json', withRoots(true, digest))
    const pem = '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n'
    for (const [roots, code] of [
      [[{ name: 'other', pem }], 'release.trust-roots'],
      [[{ name: 'other', pem: 'none' }], 'release.trust-roots'],
      [{ name: 'no list' }, 'network.profile-invalid'],
    ] as const) {
      const line = `--network paseo --file ${file} --roots ${written('roots.json', roots)}`
      expect(await refused(line)).toMatchObject({ code })
    }
  })
})

test('the command of npm says so itself', () => {
  const line = ['run', '--silent', 'release', '--', '--network', 'local']
  const { status, stderr } = spawnSync('npm', line, { cwd: root, encoding: 'utf8' })
  expect(stderr).toContain('release.arguments: expected --network westend, paseo or polkadot')
  expect(status).toBe(2)
})

test('a deployment of genuine TEEs becomes a profile with the roots of its digest, without parts', () => {
  const options = { network: 'paseo', rpcUrls: [], simulatedRoots: [] } as const
  expect(profileOf({ ...options, deployment: deployed })).toMatchObject({
    ...{ name: 'paseo', kind: 'test', simulated: false, chainId: 420_420_417, deployBlock: '77' },
    ...{ rpcUrls: networks.paseo.rpcUrls },
    contracts: Object.fromEntries(names.slice(0, 4).map((name) => [name, stranger])),
    trustRoots: ['intel-sgx-root-ca', 'amd-ark-milan', 'amd-ark-genoa', 'amd-ark-turin'].map(
      (name) => ({ name }),
    ),
  })
  const alone = profileOf({ ...options, deployment: withRoots(false, intel) })
  expect(alone.trustRoots).toHaveLength(1)
})

test('pages connect to the RPCs and to what is named, else to any https address', () => {
  const rpcUrls = ['https://rpc.example/key', 'https://rpc.example/other', 'http://127.0.0.1:8545']
  const rpcs = ['https://rpc.example', 'http://127.0.0.1:8545']
  expect(connectSources({ rpcUrls }, [])).toEqual([...rpcs, 'https:'])
  const named = connectSources({ rpcUrls }, ['https://worker.example:1/v1', 'https://rpc.example'])
  expect(named).toEqual([...rpcs, 'https://worker.example:1'])
})

describe('a release is made of a commit', () => {
  const clone = join(folder, 'clone')
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-C', clone, '-c', 'user.name=A', '-c', 'user.email=a@b.example', ...args],
      {
        encoding: 'utf8',
        stdio: 'pipe',
      },
    )
  beforeAll(() => {
    execFileSync('git', ['init', '-q', clone])
    writeFileSync(join(clone, 'paseo.json'), '{}')
    git('add', '.')
    git('commit', '-q', '-m', 'first')
  })

  test('which is named', () => {
    expect(commitOf(clone)).toBe(git('rev-parse', 'HEAD').trim())
  })

  test('and refused where a file was changed or added since', () => {
    writeFileSync(join(clone, 'paseo.json'), '{ }')
    expect(() => commitOf(clone)).toThrow('paseo.json')
    git('checkout', '-q', '.')
    writeFileSync(join(clone, 'westend.json'), '{}')
    expect(() => commitOf(clone)).toThrow('westend.json')
  })

  test('and refused outside a repository', () => {
    expect(readdirSync(folder)).not.toContain('.git')
    expect(() => commitOf(folder)).toThrow('no clone of the repository')
  })
})
