// Providers, owners and the DAO by command alone, on a chain with the real contracts; time is moved, statements are signed by the test.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, parseEther, sha256, type Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseNetworkProfile, type NetworkProfile } from '@wetee/chain'
import { storeAccount } from '@wetee/cli/keystore'
import { deployContracts } from '@wetee/contracts/deploy'
import { anvilAccount, startAnvil, type LocalAnvil } from './testing/local-anvil.ts'
import { oneNodeCommittee, type Committee } from './testing/one-node-committee.ts'

const cli = join(import.meta.dirname, '../../apps/cli/bin/wetee.mjs')
const dot = 10n ** 18n
const password = 'a test password'
/** Thirty commands, each a process of its own. */
const patienceMs = 300_000
/** Names in the keystore, by number of the chain's development account. `dao` has all votes and the admin role. */
const accounts = { dao: 0, operator: 1, provider: 2, owner: 3, buyer: 4 } as const
type Account = keyof typeof accounts
const addressOf = (name: Account) => anvilAccount(accounts[name]).address

let anvil: LocalAnvil
let profile: NetworkProfile
let committee: Committee
let folder: string
let mining: NodeJS.Timeout
/** Knows one image, by its digest: no container is started here. */
const registry = createServer((_request, response) => {
  response.setHeader('docker-content-digest', `sha256:${'ab'.repeat(32)}`).end()
})

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-governance-'))
  anvil = await startAnvil(1)
  await once(registry.listen(0, '127.0.0.1'), 'listening')
  const contracts = await deployContracts({
    publicClient: anvil.client as never,
    walletClient: anvil.client as never,
    parameters: { kind: 'development', simulated: true, trustStoreDigest: sha256('0x') },
  })
  const text = JSON.stringify({
    name: 'governance',
    kind: 'development',
    simulated: true,
    chainId: 31_337,
    rpcUrls: [anvil.rpcUrl],
    contracts,
    deployBlock: '0',
    trustRoots: [],
    finalityBlocks: 2,
  })
  profile = parseNetworkProfile(text)
  writeFileSync(join(folder, 'network.json'), text)
  writeFileSync(join(folder, 'password'), password)
  committee = await oneNodeCommittee(anvil, profile)
  // Blocks go on by themselves, so that transactions become final while a command waits.
  mining = setInterval(() => void anvil.client.mine({ blocks: 1 }).catch(() => undefined), 200)
  for (const [name, index] of Object.entries(accounts)) {
    const { privateKey } = anvilAccount(index).getHdKey()
    if (privateKey === null) throw new Error('the development accounts have keys')
    // Quick to open: nothing is worth protecting here.
    storeAccount(join(folder, 'keystore'), name, bytesToHex(privateKey), password, 1_024)
  }
})
afterAll(async () => {
  clearInterval(mining)
  registry.close()
  await anvil.close()
  rmSync(folder, { recursive: true, force: true })
})

type Ran = { readonly code: number; readonly json: Json }
/** What a command prints; tests look into it with matchers. */
type Json = { readonly [name: string]: unknown }

/** Runs `wetee ... --json` in a process of its own; `input` is piped into it. */
function start(args: readonly string[], input?: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      WETEE_HOME: folder,
      WETEE_NETWORK: join(folder, 'network.json'),
      WETEE_PASSWORD_FILE: join(folder, 'password'),
    }
    const options = { env, timeout: 120_000, maxBuffer: 16_777_216, cwd: folder }
    const child = execFile(
      process.execPath,
      [cli, ...args, '--json'],
      options,
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code)
        try {
          resolve({ code, json: JSON.parse(stdout) as Json })
        } catch {
          reject(new Error(`wetee ${args.join(' ')}: exit ${code}, no JSON: ${stdout}${stderr}`))
        }
      },
    )
    child.stdin?.end(input ?? '')
  })
}

/** A command that has to succeed. */
async function run(...args: readonly string[]): Promise<Json> {
  const { code, json } = await start(args)
  if (code !== 0) throw new Error(`wetee ${args.join(' ')}: exit ${code}, ${JSON.stringify(json)}`)
  return json
}

/** A command that signs and has to succeed. */
const sign = (account: Account, ...args: readonly string[]) =>
  run(...args, '--account', account, '--yes')

/** The code of a refusal, found before anything was signed. */
async function refusal(account: Account, ...args: readonly string[]): Promise<unknown> {
  const { code, json } = await start([...args, '--account', account, '--yes'])
  expect(code).not.toBe(0)
  return (json['error'] as Json)['code']
}
const outcome = (json: Json) => json['outcome'] as Record<string, string>

/** Moves the chain's time, and mines until that is final. */
async function pass(seconds: number): Promise<void> {
  await anvil.client.increaseTime({ seconds })
  await anvil.client.mine({ blocks: 4 })
}

/** Votes a proposal through and executes it. */
async function decide(proposalId: string): Promise<void> {
  await pass(3)
  await sign('dao', 'dao', 'vote', proposalId, 'for', '--reason', 'agreed')
  await pass(70)
  await sign('dao', 'dao', 'queue', proposalId)
  await pass(3)
  await sign('dao', 'dao', 'execute', proposalId)
  expect(await run('dao', 'show', proposalId)).toMatchObject({ state: 'executed' })
}

const registration = [
  ...[
    'worker',
    'register',
    '--operator',
    addressOf('operator'),
    '--endpoint',
    'http://127.0.0.1:9',
  ],
  ...['--cpus', '8', '--memory', '16GiB', '--disk', '100GiB', '--stake', '20', '--region', 'eu-1'],
  ...['--per-cpu', '0.1', '--per-memory', '0.02', '--per-disk', '0.001'],
]
const compose = () => `
name: hello
services:
  web:
    image: 127.0.0.1:${(registry.address() as AddressInfo).port}/hello:1.0
    deploy: { resources: { limits: { cpus: "0.5", memory: 256M } } }
`

test(
  'a dsecret node and a worker are registered, and the worker is priced',
  async () => {
    writeFileSync(join(folder, 'keys.json'), committee.nodeKeys)
    const node = await sign(
      'dao',
      ...['dsecret', 'register', '--operator', addressOf('operator'), '--keys', 'keys.json'],
      ...['--endpoint', 'https://node.test:1'],
    )
    expect(outcome(node)).toMatchObject({ nodeId: '1', owner: addressOf('dao') })
    await committee.start(1n)
    expect(await start([...registration, '--account', 'provider', '--dry-run'])).toMatchObject({
      code: 0,
      json: { dryRun: true, cost: { valueWei: String(20n * dot), complete: true } },
    })
    const worker = await sign('provider', ...registration)
    expect(outcome(worker)).toMatchObject({ workerId: '1', operator: addressOf('operator') })
    await committee.proveWorker(1n, accounts.operator)
    await sign('operator', 'worker', 'price', '1', '--per-cpu', '0.12')
    await sign('provider', 'worker', 'stake', '1', '5')
    await pass(1)
    expect(await run('worker', 'show', '1')).toMatchObject({
      status: 'active',
      region: 'eu-1',
      stake: { bondedWei: String(25n * dot) },
      prices: { cpuMilli: String((12n * 10n ** 16n + 86_399_999n) / 86_400_000n) },
    })
    expect(await refusal('owner', 'worker', 'drain', '1')).toBe('contract.NotOwner')
  },
  patienceMs,
)

test(
  'an application is changed by command',
  async () => {
    writeFileSync(join(folder, 'compose.yaml'), compose())
    const created = await run(
      'deploy',
      'compose.yaml',
      '--account',
      'owner',
      '--deposit',
      '20',
      '--yes',
    )
    expect(created).toMatchObject({ action: 'create', appId: '1', workerId: '1' })
    await committee.lease(1n, 1, 0, 1n)
    expect(outcome(await sign('owner', 'app', 'scale', '1', '2'))).toMatchObject({ replicas: 2 })
    await sign('owner', 'app', 'cap', 'hello', '50')
    await sign('owner', 'app', 'guardian', '1', addressOf('buyer'))
    expect(await refusal('owner', 'app', 'guardian', '1', 'none')).toBe('contract.NotGuardian')
    writeFileSync(join(folder, 'settings.json'), '{ "alerts": { "mail": "ops@example.org" } }')
    expect(outcome(await sign('owner', 'app', 'configure', '1', 'settings.json'))).toMatchObject({
      revision: 1,
    })
  },
  patienceMs,
)

test(
  'a new version waits, is vetoed by the guardian, and is impossible while the code is frozen',
  async () => {
    writeFileSync(join(folder, 'compose.yaml'), `${compose()}    environment: { GREETING: hi }\n`)
    const update = ['app', 'update', 'hello', 'compose.yaml', '--account', 'owner']
    const dry = await run(...update, '--dry-run')
    expect(JSON.stringify(dry['facts'])).toContain('GREETING')
    expect(outcome(await run(...update, '--yes'))).toMatchObject({ version: 2 })
    expect(await refusal('owner', 'app', 'migrate', '1')).toBe('app.update-pending')
    await sign('buyer', 'app', 'drop', '1')
    await sign('owner', 'app', 'freeze', '1', '1d')
    expect(await refusal('owner', ...update.slice(0, 4))).toBe('contract.FrozenUntil')
  },
  patienceMs,
)

test(
  'an application changes its owner, pauses and goes on',
  async () => {
    await sign('owner', 'app', 'transfer', '1', addressOf('buyer'))
    await sign('buyer', 'app', 'transfer', '1', '--take')
    await pass(1)
    expect(await run('show', '1')).toMatchObject({
      owner: addressOf('buyer'),
      replicas: 2,
      state: 'active',
    })
    await sign('buyer', 'app', 'pause', '1')
    await sign('buyer', 'app', 'resume', '1')
  },
  patienceMs,
)

test(
  'a complaint is filed, answered, and upheld by the DAO from an unsigned transaction',
  async () => {
    await committee.lease(1n, 1, 0, 1n)
    writeFileSync(join(folder, 'evidence.txt'), 'the application did not answer')
    const filing = [
      ...['complaint', 'file', '1', '--claim', '4', '--evidence', 'evidence.txt'],
      ...['--uri', 'https://example.org/evidence'],
    ]
    expect(await refusal('owner', ...filing)).toBe('contract.NotAppOwner')
    const filed = outcome(await sign('buyer', ...filing))
    expect(filed).toMatchObject({
      complaintId: '1',
      evidenceDigest: sha256(Buffer.from('the application did not answer')),
    })
    expect(await refusal('buyer', ...filing)).toBe('complaint.open')
    await sign('operator', 'complaint', 'answer', '1', '--answer', 'evidence.txt')
    const uphold = ['complaint', 'uphold', '1', '--slash', '3', '--loss', '2']
    expect(await refusal('provider', ...uphold)).toBe('contract.AccessManagedUnauthorized')
    const unsigned = await start([
      ...uphold,
      '--unsigned',
      '-',
      '--from',
      profile.contracts.timelock ?? '',
    ])
    const propose = [
      'dao',
      'propose',
      '--title',
      'Uphold complaint 1',
      '--file',
      '-',
      '--account',
      'dao',
    ]
    const proposed = await start([...propose, '--yes'], JSON.stringify(unsigned.json))
    expect(proposed.json).toMatchObject({ action: 'dao.propose' })
    const { proposalId } = outcome(proposed.json)
    // Votes are counted as of the proposal: delegated too late for it.
    await pass(3)
    await sign('dao', 'dao', 'delegate')
    expect(await refusal('dao', 'dao', 'vote', proposalId ?? '', 'for')).toBe('proposal.no-votes')
    await pass(70)
    const again = [
      'dao',
      'propose',
      '--title',
      'Uphold complaint 1 at last',
      '--file',
      '-',
      '--account',
      'dao',
    ]
    const second = outcome((await start([...again, '--yes'], JSON.stringify(unsigned.json))).json)
    await decide(second['proposalId'] ?? '')
    expect(await run('complaint', 'show', '1')).toMatchObject({
      status: 'upheld',
      slashedWei: String(3n * dot),
      lossWei: String(2n * dot),
      evidenceUri: 'https://example.org/evidence',
    })
    const paid = await sign('buyer', 'withdraw')
    expect(paid['facts']).toMatchObject({ 'From slashing': '2 DOT', 'From complaints': '1 DOT' })
    expect(await refusal('buyer', 'withdraw')).toBe('credit.none')
  },
  patienceMs,
)

test(
  'the DAO spends from its treasury, which nobody else can',
  async () => {
    const treasury = profile.contracts.timelock as Hex
    await anvil.client.sendTransaction({ to: treasury, value: parseEther('10') })
    const receiver = `0x${'77'.repeat(20)}` as const
    const spend = ['dao', 'propose', '--title', 'Pay the audit', '--spend', '4', '--to', receiver]
    const proposed = await sign('dao', ...spend, '--description', 'It was done.')
    const { proposalId = '' } = outcome(proposed)
    expect(await refusal('dao', ...spend, '--description', 'It was done.')).toMatch(
      /^contract\.Governor/,
    )
    expect(await refusal('owner', 'dao', 'cancel', proposalId)).toBe('proposal.may-not-cancel')
    expect(await refusal('dao', 'dao', 'queue', proposalId)).toBe('proposal.state-wrong')
    await decide(proposalId)
    expect(await anvil.client.getBalance({ address: receiver })).toBe(4n * dot)
    expect(await run('dao', 'treasury')).toMatchObject({
      address: treasury,
      balanceWei: String(6n * dot),
      credits: { subnetWei: String(dot) },
    })
    const shown = await run('dao', 'show', proposalId)
    expect(JSON.stringify(shown['calls'])).toContain(`send 4 DOT to ${receiver}`)
    const { proposals } = await run('dao', 'list')
    expect(proposals).toHaveLength(3)
  },
  patienceMs,
)

test(
  'the DAO sets parameters, members and reference values from templates',
  async () => {
    const measurement = `0x${'5a'.repeat(32)}`
    const proposed = await sign(
      'dao',
      ...['dao', 'propose', '--title', 'Housekeeping', '--parameters', '{"feeBps":150}'],
      ...['--add-member', addressOf('owner'), '--set-reference', measurement, '--tee', 'tdx'],
    )
    await decide(outcome(proposed)['proposalId'] ?? '')
    expect(await run('dao', 'members')).toMatchObject({
      members: [addressOf('dao'), addressOf('owner')],
    })
    const fast = [
      'dao',
      'propose',
      '--track',
      'fast',
      '--title',
      'Revoke',
      '--set-reference',
      measurement,
    ]
    expect(await refusal('dao', ...fast)).toBe('proposal.reference-invalid')
    const revoked = await sign('owner', ...fast, '--status', 'revoked')
    await decide(outcome(revoked)['proposalId'] ?? '')
  },
  patienceMs,
)

test(
  'a worker drains, shuts down once it is empty, and its owner gets the stake after unbonding',
  async () => {
    await sign('operator', 'worker', 'drain', '1')
    await pass(1)
    expect(await refusal('provider', 'worker', 'shutdown', '1')).toBe('worker.in-use')
    expect(await refusal('provider', 'worker', 'withdraw', '1')).toBe('stake.no-request')
    await sign('operator', 'worker', 'notice', '1')
    await run('terminate', '1', '--account', 'buyer', '--yes')
    await sign('provider', 'worker', 'shutdown', '1')
    await sign('provider', 'worker', 'unstake', '1', '1')
    await sign('provider', 'worker', 'unstake', '1', '--cancel')
    const requested = outcome(await sign('provider', 'worker', 'unstake', '1'))
    expect(requested).toMatchObject({ amountWei: String(22n * dot) })
    expect(await refusal('provider', 'worker', 'withdraw', '1')).toBe('stake.too-early')
    await pass(125)
    expect(outcome(await sign('provider', 'worker', 'withdraw', '1'))).toMatchObject({
      amountWei: String(22n * dot),
      to: addressOf('provider'),
    })
    expect(await run('worker', 'list', '--all')).toMatchObject({
      workers: [{ status: 'shutdown' }],
    })
    expect(await refusal('dao', 'dsecret', 'terminate', '1')).toBe('contract.CommitteeTooSmall')
  },
  patienceMs,
)
