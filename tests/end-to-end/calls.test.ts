// APIs and calls by command alone, on a chain with the real contracts: a file becomes a book, a call an answer, a client a callback.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  bytesToHex,
  encodeAbiParameters,
  keccak256,
  parseAbi,
  parseAbiParameters,
  parseEther,
  parseEventLogs,
  sha256,
  type Hex,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bridgeAbi,
  callDigest,
  callOfEvent,
  callResultTypedData,
  parseNetworkProfile,
  type NetworkProfile,
} from '@wetee/chain'
import { storeAccount } from '@wetee/cli/keystore'
import { deployContracts } from '@wetee/contracts/deploy'
import { waitFor } from '@wetee/daemon'
import { anvilAccount, startAnvil, type LocalAnvil } from './testing/local-anvil.ts'
import { oneNodeCommittee, type Committee } from './testing/one-node-committee.ts'

const root = join(import.meta.dirname, '../..')
const cli = join(root, 'apps/cli/bin/wetee.mjs')
const password = 'a test password'
const patienceMs = 300_000
const accounts = { dao: 0, operator: 1, provider: 2, owner: 3, caller: 4 } as const
type Account = keyof typeof accounts
/** What the application would answer: 6.5 DOT with 8 decimals, at a second. */
const payload = encodeAbiParameters(parseAbiParameters('uint256, uint64'), [650_000_000n, 1_800n])
const instance = privateKeyToAccount(generatePrivateKey())

let anvil: LocalAnvil
let profile: NetworkProfile
let committee: Committee
let folder: string
let mining: NodeJS.Timeout
const stopping = new AbortController()
const registry = createServer((_request, response) => {
  response.setHeader('docker-content-digest', `sha256:${'ab'.repeat(32)}`).end()
})
const compose = (price: string) => `
name: oracle
services:
  web:
    image: 127.0.0.1:${(registry.address() as AddressInfo).port}/oracle:1
    ports: ["8080"]
x-wetee:
  apis:
    price:
      path: /price/{symbol}
      request: { symbol: string }
      response: { price: { type: uint256, decimals: 8 }, at: uint64 }
      price: ${price}
      timeout: 1h # blocks are mined faster here than their seconds pass
`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-calls-'))
  anvil = await startAnvil(1)
  await once(registry.listen(0, '127.0.0.1'), 'listening')
  const contracts = await deployContracts({
    publicClient: anvil.client as never,
    walletClient: anvil.client as never,
    parameters: { kind: 'development', simulated: true, trustStoreDigest: sha256('0x') },
  })
  const text = JSON.stringify({
    name: 'calls',
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
  for (const [name, index] of Object.entries(accounts)) {
    const { privateKey } = anvilAccount(index).getHdKey()
    if (privateKey === null) throw new Error('the development accounts have keys')
    storeAccount(join(folder, 'keystore'), name, bytesToHex(privateKey), password, 1_024)
  }
  committee = await oneNodeCommittee(anvil, profile)
  mining = setInterval(() => void anvil.client.mine({ blocks: 1 }).catch(() => undefined), 200)
  await startOracle()
}, patienceMs)
afterAll(async () => {
  stopping.abort()
  clearInterval(mining)
  registry.close()
  await anvil.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A worker, and an application on it whose instance has a key that the test knows. */
async function startOracle() {
  const operator = ['--operator', anvilAccount(accounts.operator).address]
  writeFileSync(join(folder, 'keys.json'), committee.nodeKeys)
  await sign(
    'dao',
    'dsecret',
    'register',
    ...operator,
    '--keys',
    'keys.json',
    '--endpoint',
    'https://node.test:1',
  )
  await committee.start(1n)
  const room = ['--cpus', '8', '--memory', '16GiB', '--disk', '100GiB', '--stake', '20']
  const price = ['--per-cpu', '0.1', '--per-memory', '0.02', '--per-disk', '0.001']
  const place = ['--endpoint', 'http://127.0.0.1:9', '--region', 'eu-1']
  await sign('provider', 'worker', 'register', ...operator, ...place, ...room, ...price)
  await committee.proveWorker(1n, accounts.operator)
  writeFileSync(join(folder, 'compose.yaml'), compose('0.01'))
  await sign('owner', 'deploy', 'compose.yaml', '--deposit', '20')
  await committee.lease(1n, 1, 0, 1n, instance.address)
}

type Json = { readonly [name: string]: unknown }

/** The folder's accounts and network. */
const inFolder = () => ({
  cwd: folder,
  env: {
    ...process.env,
    WETEE_HOME: folder,
    WETEE_NETWORK: join(folder, 'network.json'),
    WETEE_PASSWORD_FILE: join(folder, 'password'),
  },
})

function start(
  program: string,
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { ...inFolder(), timeout: 240_000, maxBuffer: 16_777_216 }
    execFile(process.execPath, [program, ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    ).stdin?.end()
  })
}

/** `wetee calls -f` of an account until Ctrl-C. */
function follow(account: Account) {
  const args = [cli, 'calls', '--account', account, '-f', '--json']
  const child = spawn(process.execPath, args, {
    ...inFolder(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: Json[] = []
  // One line each; when it is stopped, it says so in several.
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('{"')) lines.push(JSON.parse(line) as Json)
  })
  return {
    until: (look: (lines: readonly Json[]) => boolean) =>
      waitFor(() => Promise.resolve(look(lines)), {
        ...{ signal: stopping.signal, timeoutMs: patienceMs, everyMs: 100 },
        what: 'lines of the calls that are followed',
      }),
    async end() {
      const exited = once(child, 'exit') as Promise<[number | null]>
      child.kill('SIGINT')
      return (await exited)[0]
    },
  }
}

async function run(...args: readonly string[]): Promise<Json> {
  const { code, out, err } = await start(cli, [...args, '--json'])
  if (code !== 0) throw new Error(`wetee ${args.join(' ')}: exit ${code}, ${out}${err}`)
  return JSON.parse(out) as Json
}
const sign = (account: Account, ...args: readonly string[]) =>
  run(...args, '--account', account, '--yes')

/** Answers the next call as the instance would, as soon as it is there; its lease is renewed, however long the commands took. */
async function answerNext(callId: bigint): Promise<void> {
  const bridge = { address: profile.contracts.bridge as Hex, abi: bridgeAbi } as const
  await waitFor(
    async () =>
      (await anvil.client.readContract({ ...bridge, functionName: 'callCount' })) >= callId,
    { signal: stopping.signal, timeoutMs: patienceMs, everyMs: 100, what: `call ${callId}` },
  )
  await committee.lease(1n, 1, 0, 1n, instance.address)
  const logs = await anvil.client.getLogs({ address: bridge.address, fromBlock: 0n })
  const call = parseEventLogs({ abi: bridgeAbi, eventName: 'CallOpened', logs })
    .map(({ args }) => callOfEvent(args))
    .find((opened) => opened.callId === callId)
  if (call === undefined) throw new Error(`call ${callId} was not opened`)
  const reading = { ...bridge, functionName: 'openDigests', args: [[callId]] } as const
  expect(await anvil.client.readContract(reading)).toEqual([callDigest(call)])
  const { apiVersion } = call.order
  const result = { callId, apiVersion, status: 200, payloadDigest: keccak256(payload) }
  const signature = await instance.signTypedData(
    callResultTypedData(
      { chainId: profile.chainId, contracts: { bridge: bridge.address } },
      result,
    ),
  )
  const hash = await anvil.client.writeContract({
    ...bridge,
    functionName: 'fulfil',
    args: [{ call, status: 200, payload, signature }],
    account: anvilAccount(accounts.operator),
    gas: 3_000_000n,
  })
  const receipt = await anvil.client.waitForTransactionReceipt({ hash })
  expect(receipt.status).toBe('success')
}

test(
  'the APIs of a file are put on chain, and are called from an account',
  async () => {
    const synced = await sign('owner', 'api', 'sync', '1', 'compose.yaml')
    expect(synced['outcome']).toEqual({ defined: [{ apiId: 1, version: 1 }], removed: [] })
    expect(synced['facts']).toMatchObject({
      '+ price': expect.stringContaining('0.01 DOT per call') as unknown,
    })
    expect(await run('api', 'list', '1')).toMatchObject({
      registered: true,
      apis: [{ name: 'price', version: 1, definition: { path: '/price/{symbol}' } }],
    })
    const following = follow('caller')
    const [called] = await Promise.all([
      sign('caller', 'call', '1', 'price', 'DOT', '--wait'),
      answerNext(1n),
    ])
    await following.until((lines) =>
      lines.some(
        ({ callId, state, status }) => callId === '1' && state === 'answered' && status === 200,
      ),
    )
    expect(await following.end()).toBe(130)
    expect(called).toMatchObject({
      outcome: { callId: '1' },
      state: 'answered',
      status: 200,
      values: { price: '650000000', at: '1800' },
    })
    expect(await run('calls', '--account', 'caller')).toMatchObject({
      calls: [{ callId: '1', state: 'answered', values: { price: '650000000' } }],
    })
    const paid = await sign('owner', 'withdraw')
    expect(paid['facts']).toMatchObject({ 'From calls': '0.01 DOT' })
  },
  patienceMs,
)

test(
  'a file that says the same changes nothing, one that says less removes',
  async () => {
    const same = await start(cli, [
      'api',
      'sync',
      '1',
      'compose.yaml',
      '--account',
      'owner',
      '--yes',
      '--json',
    ])
    expect(same.code).toBe(4)
    expect(same.out).toContain('api.unchanged')
    writeFileSync(join(folder, 'dearer.yaml'), compose('0.02'))
    const dry = await run(
      'api',
      'update',
      '1',
      'dearer.yaml',
      'price',
      '--account',
      'owner',
      '--dry-run',
    )
    expect(JSON.stringify(dry['facts'])).toContain('before: 0.01 DOT')
    const others = await start(cli, [
      'api',
      'rm',
      '1',
      'price',
      '--account',
      'caller',
      '--yes',
      '--json',
    ])
    expect(others.out).toContain('contract.NotAppOwner')
  },
  patienceMs,
)

/** Compiles a consumer of the generated base contract with the compiler that the project's contracts are compiled with. */
function compileConsumer(client: string): Hex {
  const solc = createRequire(join(root, 'contracts/package.json'))('solc') as {
    compile(input: string, callbacks: { import(path: string): unknown }): string
  }
  const consumer = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
import {OracleClient} from "OracleClient.sol";
import {WeteeConsumer} from "@wetee/contracts/src/bridge/WeteeConsumer.sol";
import {IBridge} from "@wetee/contracts/src/bridge/IBridge.sol";
contract Consumer is OracleClient {
  uint256 public price;
  uint64 public at;
  constructor(IBridge b) WeteeConsumer(b) {}
  function ask() external { _askPrice("DOT"); }
  function _onPrice(uint64, PriceAnswer memory answer) internal override { (price, at) = (answer.price, answer.at); }
}`
  const read = (path: string) => {
    const own = join(root, path.replace(/^@wetee\/contracts\//, 'contracts/'))
    const file = existsSync(own) ? own : join(root, 'node_modules', path)
    return { contents: readFileSync(file, 'utf8') }
  }
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: 'Solidity',
        sources: { 'OracleClient.sol': { content: client }, 'Consumer.sol': { content: consumer } },
        settings: {
          evmVersion: 'cancun',
          outputSelection: { 'Consumer.sol': { Consumer: ['evm.bytecode.object'] } },
        },
      }),
      { import: read },
    ),
  ) as { contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>> }
  return `0x${output.contracts['Consumer.sol']?.['Consumer']?.evm.bytecode.object ?? ''}`
}

test(
  'a generated contract gets its answer by type',
  async () => {
    const client = await start(cli, [
      'api',
      'client',
      '1',
      '--lang',
      'solidity',
      '--name',
      'OracleClient',
    ])
    const abi = parseAbi([
      'constructor(address bridge)',
      'function ask()',
      'function price() view returns (uint256)',
      'function at() view returns (uint64)',
      'receive() external payable',
    ])
    const account = anvilAccount(accounts.caller)
    const hash = await anvil.client.deployContract({
      abi,
      bytecode: compileConsumer(client.out),
      args: [profile.contracts.bridge as Hex],
      account,
    })
    const { contractAddress } = await anvil.client.waitForTransactionReceipt({ hash })
    const address = contractAddress as Hex
    await anvil.client.sendTransaction({ to: address, value: parseEther('1'), account })
    await anvil.client.writeContract({ address, abi, functionName: 'ask', account })
    await answerNext(2n)
    const read = (functionName: 'price' | 'at') =>
      anvil.client.readContract({ address, abi, functionName })
    expect([await read('price'), await read('at')]).toEqual([650_000_000n, 1_800n])
  },
  patienceMs,
)

test(
  'a generated module calls, pays and gives the values',
  async () => {
    const client = await start(cli, ['api', 'client', '1', '--lang', 'ts'])
    const place = join(folder, 'client')
    mkdirSync(place)
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
    writeFileSync(join(place, 'oracle.ts'), client.out)
    const { privateKey } = anvilAccount(accounts.caller).getHdKey()
    writeFileSync(
      join(place, 'main.ts'),
      `import { readFileSync } from 'node:fs'
import { privateKeyToAccount } from 'viem/accounts'
import { openNetwork } from '@wetee/sdk'
import { price } from './oracle.ts'
const account = privateKeyToAccount('${bytesToHex(privateKey ?? new Uint8Array())}')
const network = await openNetwork(readFileSync(process.argv[2] ?? '', 'utf8'), { account })
const answer = await price(network, 'DOT')
console.log(String(answer.price), String(answer.at))
`,
    )
    const [ran] = await Promise.all([
      start(join(place, 'main.ts'), [join(folder, 'network.json')]),
      answerNext(3n),
    ])
    expect(ran).toMatchObject({ code: 0, out: '650000000 1800\n' })
  },
  patienceMs,
)

/** What the command refuses with, as JSON. */
async function refused(account: Account, ...args: readonly string[]): Promise<string> {
  const { code, out } = await start(cli, [...args, '--account', account, '--yes', '--json'])
  expect(code).not.toBe(0)
  return out
}

test(
  'a subscription is ordered, topped up, triggered by anybody, listed and ended',
  async () => {
    const terms = ['--every', '2', '--deposit', '0.05']
    const ordered = await sign('caller', 'subscription', 'order', '1', 'price', 'DOT', ...terms)
    expect(ordered['outcome']).toEqual({ subscriptionId: '1' })
    await sign('caller', 'subscription', 'top-up', '1', '0.5')
    const [triggered] = await Promise.all([
      sign('provider', 'subscription', 'trigger', '1'),
      answerNext(4n),
    ])
    expect(triggered['outcome']).toMatchObject({ callId: '4' })
    const { subscriptions } = await run('subscription', 'list', '--account', 'caller')
    expect(subscriptions).toMatchObject([{ subscriptionId: '1', everyBlocks: 2, appId: '1' }])
    expect(await refused('owner', 'subscription', 'cancel', '1')).toContain(
      'contract.NotSubscriber',
    )
    await sign('caller', 'subscription', 'cancel', '1')
    expect(await run('subscription', 'list', '--app', '1')).toEqual({ subscriptions: [] })
    const paid = await sign('caller', 'withdraw')
    expect(JSON.stringify(paid['facts'])).toContain('From calls')
  },
  patienceMs,
)

test(
  'an owner pauses calls, takes them again, and says who may call',
  async () => {
    await sign('owner', 'api', 'pause', '1')
    expect(await refused('caller', 'call', '1', 'price', 'DOT')).toContain('contract.ProxyIsPaused')
    await sign('owner', 'api', 'resume', '1')
    const { address } = anvilAccount(accounts.caller)
    await sign('owner', 'api', 'callers', '1', 'price', '--allow', address)
    expect(await run('api', 'callers', '1', 'price')).toMatchObject({
      restricted: false,
      callers: [address],
    })
    await sign('owner', 'api', 'callers', '1', 'price', '--remove', address)
    expect(await run('api', 'callers', '1', 'price')).toMatchObject({ callers: [] })
  },
  patienceMs,
)

test(
  'the fee of a call that nobody answers comes back, not before its time',
  async () => {
    const called = await sign('caller', 'call', '1', 'price', 'DOT')
    const { callId, deadline } = called['outcome'] as { callId: string; deadline: string }
    expect(await refused('provider', 'calls', 'expire', callId)).toContain('call.not-due')
    await anvil.client.increaseTime({ seconds: 3_601 })
    await waitFor(
      async () => {
        const head = await anvil.client.getBlockNumber({ cacheTime: 0 })
        const { timestamp } = await anvil.client.getBlock({ blockNumber: head - 2n })
        return timestamp > BigInt(deadline)
      },
      { signal: stopping.signal, timeoutMs: patienceMs, everyMs: 100, what: 'a final deadline' },
    )
    await sign('provider', 'calls', 'expire', callId)
    expect(await run('calls', '--account', 'caller', '--limit', '1')).toMatchObject({
      calls: [{ callId, state: 'timed-out' }],
    })
  },
  patienceMs,
)

test(
  'an OpenAPI document becomes entries that a Compose file takes and the chain is given',
  async () => {
    const document = {
      openapi: '3.1.0',
      info: { title: 'stock', version: '1' },
      paths: {
        '/stock/{item}': {
          get: {
            operationId: 'stockOf',
            parameters: [{ name: 'item', in: 'path', required: true, schema: { type: 'string' } }],
            responses: {
              200: {
                content: {
                  'application/json': {
                    schema: {
                      type: 'object',
                      required: ['count'],
                      properties: { count: { type: 'integer', minimum: 0 } },
                    },
                  },
                },
              },
            },
          },
          post: { requestBody: { content: { 'text/xml': {} } }, responses: { 200: {} } },
        },
      },
    }
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document))
    const proposed = await run('api', 'import', 'openapi.json', '--port', '8080')
    expect(proposed['entries']).toMatchObject([{ name: 'stock-of' }])
    expect(proposed['skipped']).toMatchObject([{ operation: 'POST /stock/{item}' }])
    const { code, out } = await start(cli, ['api', 'import', 'openapi.json'])
    expect(code).toBe(0)
    writeFileSync(join(folder, 'imported.yaml'), `${compose('0.01').split('x-wetee:')[0]}${out}`)
    const synced = await sign('owner', 'api', 'sync', '1', 'imported.yaml', '--dry-run')
    expect(JSON.stringify(synced)).toContain('stock-of')
  },
  patienceMs,
)
