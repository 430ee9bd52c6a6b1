// Fuzz targets of the launch configuration and of calls from the application. No I/O.
import { createHash } from 'node:crypto'
import { answerApplication, type ApplicationApiParts } from '../application/application-api.ts'
import { ChainAccess } from '../chain/chain-access.ts'
import { DerivedKeys } from '../application/derived-keys.ts'
import { olderKeyOf } from '../application/older-key.ts'
import { applicationDigest } from '../application/statements.ts'
import { makeInstanceKeys } from '../keys/instance-keys.ts'
import { hasNetworkKey, parseLaunchConfig, type InstanceLaunch } from '../launch/launch-config.ts'
import { createLog } from '../log.ts'
import { refusal } from '@wetee/tee-device'
import { recoverAddress } from 'viem'

const text = (input: Uint8Array) => new TextDecoder().decode(input)
const encode = (value: string) => new TextEncoder().encode(value)
const instance = {
  format: 'wetee/launch/v1',
  mode: 'instance',
  chainId: '31337',
  subnet: `0x${'0a'.repeat(20)}`,
  cloud: `0x${'0B'.repeat(20)}`,
  quorum: `0x${'0e'.repeat(20)}`,
  networkKey: { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` },
  ...{ appId: '18446744073709551615', version: 2, replica: 1, workerId: 7 },
  manifest: '{}',
  terms: {
    ...{ replicas: 1, cpuMilli: 500, memoryMiB: 256, diskMiB: 0, gpu: 0, teeClasses: 1, level: 0 },
    ...{ upgradeDelaySeconds: 0, graceSeconds: 0 },
  },
  ports: [{ service: 'web', target: 8080 }],
  nodes: [{ nodeId: '1', host: '127.0.0.1:9001', tlsKeyHash: `0x${'11'.repeat(32)}` }],
  ...{ threshold: 1, leaseSeconds: 60 },
}
const noPoint = `0x${'00'.repeat(33)}`
const platform = {
  ...{ format: 'wetee/launch/v1', mode: 'platform', chainId: 31337, subnet: instance.subnet },
  ...{ role: 1, nodeId: '7', statementKey: `0x${'0c'.repeat(20)}` },
}

const keys = await makeInstanceKeys('fuzz')
const keyOf = (path: string) => new Uint8Array(createHash('sha256').update(path).digest())
const derived = new DerivedKeys({
  // What no path may be is asked of nobody.
  request: ({ keys: [path = ''] }) => {
    const size = Buffer.byteLength(path)
    if (size < 1 || size > 256 || !path.isWellFormed()) throw new Error('a path out of bounds')
    return Promise.resolve({ secrets: [], keys: [keyOf(path)] })
  },
})
const launch = parseLaunchConfig(JSON.stringify(instance)) as InstanceLaunch
const listed = `0x${'0d'.repeat(20)}` as const
const word = `0x${'00'.repeat(32)}` as const
/** What the application has had signed goes nowhere but to what its manifest lists, and no later than its lease. */
const chain = new ChainAccess({
  ...{ launch, allowed: { contracts: [listed] }, account: keys.account },
  state: {
    answer: () => ({ state: 'attested', leaseNotAfter: '99' }),
    refusal: () => undefined,
  },
  nowSeconds: () => 50,
  worker: {
    forwarder: () => Promise.resolve(listed),
    forward: ({ request: { to, valueWei, deadline } }) => {
      if (to !== listed || valueWei !== 0n || deadline > 99n)
        throw new Error('signed out of bounds')
      return Promise.resolve({ state: 'queued' })
    },
    forwarded: () => Promise.resolve({ state: 'queued' }),
    readContract: () => Promise.resolve({ data: word, number: 1n, hash: word, timestamp: 1n }),
  },
  monotonicMs: () => performance.now() * 1_000,
  signal: new AbortController().signal,
})
const parts: ApplicationApiParts = {
  ...{ launch, chain },
  keys,
  state: { answer: () => ({ state: 'attested', leaseNotAfter: '99' }) },
  maker: { shown: () => Promise.resolve(undefined) },
  derived,
  // None: whatever is named is refused.
  olderKey: olderKeyOf(launch, { latest: () => Promise.resolve({ olderKey: '0x' }) }),
  device: { platform: 'tdx', simulated: true },
  log: createLog(
    () => undefined,
    () => 0,
  ),
}

/** Targets by name; AgentError and TeeError may escape them. */
export const launchTargets: Record<string, (input: Uint8Array) => void | Promise<void>> = {
  'agent-launch'(input) {
    const launch = parseLaunchConfig(text(input))
    const again = parseLaunchConfig(asWritten(launch))
    if (asWritten(again) !== asWritten(launch)) throw new Error('a launch is not stable')
    if (launch.mode !== 'instance') return
    const { Y, S } = launch.networkKey
    if (!/^0x[0-9a-f]{66}$/.test(Y) || !/^0x[0-9a-f]{66}$/.test(S))
      throw new Error('a network key that is no two points')
    if (hasNetworkKey(launch) !== (S !== noPoint)) throw new Error('no key was taken for one')
  },
  /** First line: method and path; the rest is the body. */
  'agent-socket': async (input) => {
    const [line = '', ...rest] = text(input).split('\n')
    const [method = '', path = ''] = line.split(' ')
    const body = readBody(rest.join('\n'))
    const answer = await answerApplication(parts, { method, path, body })
    await checkAnswer(`${method} ${path}`, body, answer)
  },
}

/** Valid inputs by target, for mutation. */
export const launchSeeds: Record<string, readonly Uint8Array[]> = {
  'agent-launch': [instance, { ...instance, networkKey: { Y: noPoint, S: noPoint } }, platform].map(
    (config) => encode(JSON.stringify(config)),
  ),
  'agent-socket': [
    'GET /v1/info',
    'POST /v1/key\n{"path":"disk/data"}',
    'GET /v1/network-keys\n',
    `POST /v1/sign\n{"digest":"0x${'ab'.repeat(32)}"}`,
    `POST /v1/sign\n{"digest":"0x${'ab'.repeat(32)}","path":"wallet"}`,
    `POST /v1/chain/read\n{"to":"${listed}","function":"f(uint8[],(bool a,string)) returns (uint256)","args":[[1],[true,"b"]]}`,
    `POST /v1/chain/transact\n{"to":"${listed}","data":"0x01","gas":100000,"key":"order 1"}`,
    `GET /v1/chain/transactions/${word}`,
  ].map(encode),
}

function asWritten(launch: object): string {
  return JSON.stringify(launch, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}

/** As the socket's server reads a body. */
function readBody(value: string): unknown {
  if (value === '') return undefined
  try {
    return JSON.parse(value)
  } catch {
    throw refusal(400, 'request.not-json', 'the body is not JSON')
  }
}

/** A key is that of its path alone; a signature is over the application's own kind of digest alone. */
async function checkAnswer(call: string, body: unknown, answer: unknown): Promise<void> {
  if (/^GET \/v1\/(info|network-keys)$| \/v1\/chain\//.test(call)) return
  const { path, digest } = body as { path?: string; digest?: `0x${string}` }
  const { key, signature, address } = answer as Record<string, `0x${string}`>
  if (call === 'POST /v1/key') {
    if (key !== `0x${Buffer.from(keyOf(path ?? '')).toString('hex')}`)
      throw new Error('the key of another path')
    return
  }
  if (call !== 'POST /v1/sign') throw new Error(`answered: ${call}`)
  const asked = Buffer.from(digest?.slice(2) ?? '', 'hex')
  const hash = `0x${Buffer.from(applicationDigest(asked)).toString('hex')}` as const
  const signer = await recoverAddress({ hash, signature: signature ?? '0x' })
  if (signer !== address) throw new Error('signed by another key')
  if ((path === undefined) !== (signer === keys.account.address))
    throw new Error('signed by the key of something else')
}
