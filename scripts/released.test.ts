// Releases rehearsed: contracts are deployed by command on chains with the ids of the Hub's networks, and the console is released for them,
// the same from two clones, and opened below a path. Starts anvil, a build and a browser.
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import * as Keystore from 'ox/Keystore'
import { toHex } from 'viem'
import { genuineTrustStores, trustStoreDigest } from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import type { NetworkProfile } from '@wetee/chain'
import { buildConsole } from '@wetee/console/build'
import { serveConsole } from '@wetee/console/serve'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDeployment } from '@wetee/contracts/deploy/journal'
import { runDeploy } from '@wetee/contracts/deploy/main'
import { networks } from '@wetee/contracts/deploy/networks'
import { anvilAccount, startAnvil, type LocalAnvil } from '@wetee/contracts/local-anvil'
import { runRelease } from './release.ts'
import { root } from './run.ts'
import { findChromium, launchChromium, MISSING_CHROMIUM } from '../tests/browser/chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-release-'))
const vendor = createSimulatedVendor({ atMs: Date.UTC(2026, 0, 1) })
const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(vendor.rootDer).toString('base64')}\n-----END CERTIFICATE-----\n`
const genuineDigest = trustStoreDigest(genuineTrustStores[2]!.roots.map(({ der }) => der))
const stranger = anvilAccount(1).address

const rehearsed = [
  { network: 'paseo', kind: 'test', simulated: false },
  { network: 'westend', kind: 'test', simulated: true },
  { network: 'polkadot', kind: 'live', simulated: false },
] as const
type Rehearsed = (typeof rehearsed)[number]

/** What `--json` prints of a release. */
type Released = {
  readonly path: string
  readonly sha256: string
  readonly headers: Readonly<Record<string, string>>
  readonly contracts: NetworkProfile['contracts']
}

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** Deploys as an operator would; what it sent becomes final when all of it was. Returns the file of addresses. */
async function deploy(chain: LocalAnvil, { network, kind, simulated }: Rehearsed): Promise<string> {
  const file = join(folder, `${network}.json`)
  const account = anvilAccount(0)
  const [key, derivation] = Keystore.scrypt({ password: 'correct horse', n: 1024 })
  const encrypted = Keystore.encrypt(toHex(account.getHdKey().privateKey!), key, derivation)
  const keystore = write('key.json', JSON.stringify({ ...encrypted, address: account.address }))
  const password = write('password', 'correct horse')
  const digest = simulated ? trustStoreDigest([vendor.rootDer]) : genuineDigest
  const people = { tokenHolder: stranger, firstMembers: [stranger], guardian: stranger }
  const parameters = { kind, simulated, trustStoreDigest: digest, ...people }
  const path = write(`${network}-parameters.json`, JSON.stringify(parameters))
  const line = `--network ${network} --rpc ${chain.rpcUrl} --file ${file} --parameters ${path} --yes --json`
  let said = ''
  const code = await runDeploy(
    `${line} --keystore ${keystore} --password-file ${password}`.split(' '),
    {
      out: (text) => (said += text),
      progress: (text) => {
        said += text
        // The last step was sent: now it becomes final.
        if (/gives up ADMIN, \d+ gas/.test(text)) void chain.testClient.mine({ blocks: 3 })
      },
    },
    new AbortController().signal,
  )
  if (code !== 0) throw new Error(said)
  return file
}

/** Releases a built site for a rehearsed network into a folder of its own. */
async function release(
  { network, simulated }: Rehearsed,
  { rpcUrl }: LocalAnvil,
  from: { readonly site: string; readonly out: string },
): Promise<Released> {
  let said = ''
  const roots = write('roots.json', JSON.stringify([{ name: vendor.name, pem }]))
  const line = `--network ${network} --file ${join(folder, `${network}.json`)} --rpc ${rpcUrl} --out ${from.out} --json`
  const code = await runRelease([...line.split(' '), ...(simulated ? ['--roots', roots] : [])], {
    out: (text) => (said += text),
    progress: () => undefined,
    build: (target) => Promise.resolve(cpSync(from.site, target, { recursive: true })),
  })
  expect(code, said).toBe(0)
  return JSON.parse(said) as Released
}

function unpack({ path }: Released): string {
  const target = mkdtempSync(join(folder, 'unpacked-'))
  execFileSync('tar', ['-xf', path, '-C', target])
  return target
}

/** The console built by another clone of these sources, in another folder and from another one. */
async function buildInClone(): Promise<string> {
  const clone = join(folder, 'clone')
  const filter = (path: string) => !/\/(dist|node_modules)$|\.tsbuildinfo$/.test(path)
  for (const part of [
    'packages',
    'apps/console',
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
  ])
    cpSync(join(root, part), join(clone, part), { recursive: true, filter })
  mkdirSync(join(clone, 'node_modules/@wetee'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@wetee' && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(clone, 'node_modules', name))
  for (const name of readdirSync(join(clone, 'packages')))
    symlinkSync(join(clone, 'packages', name), join(clone, 'node_modules/@wetee', name))
  const target = join(folder, 'built-by-clone')
  const build = [join(clone, 'apps/console/build.ts'), target]
  // Tests have another NODE_ENV than users.
  const env = { ...process.env, NODE_ENV: 'production' }
  await promisify(execFile)(process.execPath, build, { cwd: folder, env })
  return target
}

describe('a release', () => {
  let chains: LocalAnvil[]
  let site: string
  const chainOf = ({ network }: Rehearsed): LocalAnvil =>
    chains[rehearsed.findIndex((one) => one.network === network)]!
  beforeAll(async () => {
    chains = await Promise.all(
      rehearsed.map(({ network }) => startAnvil(networks[network].chainId)),
    )
    const deployments = rehearsed.map((one) => deploy(chainOf(one), one))
    ;[site] = await Promise.all([buildConsole(), ...deployments])
  })
  afterAll(async () => {
    await Promise.all((chains ?? []).map((chain) => chain.stop()))
    rmSync(folder, { recursive: true })
  })

  test.each(rehearsed)(
    'for $network has the addresses that were deployed, and lets pages ask its RPC and https addresses alone',
    async (one) => {
      const { rpcUrl } = chainOf(one)
      const released = await release(one, chainOf(one), { site, out: join(folder, 'out') })
      expect(createHash('sha256').update(readFileSync(released.path)).digest('hex')).toBe(
        released.sha256,
      )
      expect(readFileSync(`${released.path}.sha256`, 'utf8')).toBe(
        `${released.sha256}  ${basename(released.path)}\n`,
      )
      const unpacked = unpack(released)
      const read = (name: string) => readFileSync(join(unpacked, name), 'utf8')
      const profile = JSON.parse(read('network.json')) as NetworkProfile
      const { chainId } = networks[one.network]
      expect(profile).toMatchObject({
        ...{ chainId, name: one.network, rpcUrls: [rpcUrl] },
        ...{ kind: one.kind, simulated: one.simulated },
      })
      const { contracts } = readDeployment(join(folder, `${one.network}.json`))!
      const { registry: _, applications: __, moves: ___, deliveries: ____, ...shown } = contracts
      expect(profile.contracts).toEqual(
        Object.fromEntries(Object.entries(shown).map(([name, { address }]) => [name, address])),
      )
      const policy = `connect-src 'self' ${rpcUrl} https:;`
      expect(read('index.html').match(/connect-src [^;]*;/g)).toEqual([policy])
      expect(read('index.html')).toMatch(/content="default-src 'none'; script-src 'self'; /)
      expect(released.headers['content-security-policy']).toContain(policy)
    },
  )

  test('has one digest, from two clones in two folders', async () => {
    const [one] = rehearsed
    const here = await release(one, chainOf(one), { site, out: join(folder, 'here') })
    const clone = { site: await buildInClone(), out: join(folder, 'there') }
    const there = await release(one, chainOf(one), clone)
    expect(there.path).not.toBe(here.path)
    expect(there.sha256).toBe(here.sha256)
  })

  test('is opened below a path, and asks nobody but its server and its chain', async ({ skip }) => {
    const executable = findChromium()
    if (executable === undefined) {
      if (process.env['CI'] === 'true') throw new Error(MISSING_CHROMIUM)
      skip()
      return
    }
    const [one] = rehearsed
    const { rpcUrl } = chainOf(one)
    const released = await release(one, chainOf(one), { site, out: join(folder, 'opened') })
    const connect = [rpcUrl, 'https:']
    const path = '/some/where/'
    const served = await serveConsole({ folder: unpack(released), connect, port: 0, path })
    const browser = await launchChromium(executable)
    try {
      const page = await browser.newPage()
      const requests: string[] = []
      const problems: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      page.on('console', (said) => said.type() === 'error' && problems.push(said.text()))
      const response = await page.goto(served.url)
      expect(response?.headers()).toMatchObject(released.headers)
      const { cloud, quorum } = released.contracts
      for (const address of [cloud, quorum]) await page.getByText(address).first().waitFor()
      const others = requests.filter(
        (url) => !url.startsWith(served.url) && !url.startsWith(rpcUrl),
      )
      expect(others).toEqual([])
      expect(problems).toEqual([])
      const another = chainOf(rehearsed[1]).rpcUrl
      await expect(
        page.evaluate((url) => fetch(url, { method: 'POST' }), another),
      ).rejects.toThrow()
      expect(problems.join()).toContain('connect-src')
    } finally {
      await browser.close()
      await served.close()
    }
  })
})
