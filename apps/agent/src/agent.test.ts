// The agent's process against the real platform process, a worker's socket and a dsecret node that really appraises.
import { spawn, type ChildProcess } from 'node:child_process'
import { ECDH, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import {
  appraise,
  configDigest,
  eventLogHolds,
  evidenceDigest,
  launchedWith,
  launchField,
  nodeConfigDigest,
  parseEvidenceDocument,
  reportDataOf,
  type EvidenceDocument,
  type TrustStore,
} from '@wetee/attestation'
import { readyTypedData } from '@wetee/chain'
import { filesLayer, writeImage } from '@wetee/image'
import { buildManifest, manifestDigest, type Manifest } from '@wetee/manifest'
import { openPlatformHost, requestSocket, type Launch, type PlatformHost } from '@wetee/tee-device'
import { tlsKeyHashOf } from '@wetee/tls'
import { publicKeyToAddress } from 'viem/utils'
import { verifyTypedData } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openNativeGroup } from '@wetee/threshold/native'
import { launcherPath } from '../launcher/build.ts'
import { startTestNode, type Appraise } from './testing/node-process.ts'
import { dealShares, sealSecret, startSecretNetwork } from './testing/secret-network.ts'
import { startTestCa } from './testing/test-ca.ts'
import { startTestWorker, type TestWorker } from './testing/worker-process.ts'

const chainId = 31_337n
const cloud = `0x${'0c'.repeat(20)}` as const
const subnet = `0x${'0d'.repeat(20)}` as const
const zeroPoint: `0x${string}` = `0x${'00'.repeat(33)}`
const apps = join(import.meta.dirname, '../..')

let base: string
let host: PlatformHost
let trustStore: TrustStore
let manifest: Manifest
let imageDigest: string
const running: ChildProcess[] = []
const cleanups: (() => unknown)[] = []

function run(script: string, args: string[]) {
  const child = spawn(process.execPath, [join(apps, script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
  running.push(child)
  const exited = once(child, 'exit') as Promise<[number | null]>
  return { child, exited, output: () => lines.join('') }
}

async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (let attempt = 0; attempt < 700; attempt++) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`waited in vain for ${what}`)
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wetee-ag-'))
  const config = join(base, 'platform.json')
  const socket = join(base, 'host.sock')
  writeFileSync(
    config,
    JSON.stringify({
      stateDir: join(base, 'p'),
      vendorDir: join(base, 'p'),
      machines: [{ name: 'worker', socket }],
    }),
  )
  const platform = run('devnet/src/platform/main.ts', ['--config', config])
  await until('the platform', () => {
    if (platform.child.exitCode !== null) throw new Error(platform.output())
    return existsSync(socket) ? true : undefined
  })
  host = openPlatformHost(socket)
  const der = new X509Certificate(readFileSync(join(base, 'p/intel-root.pem'))).raw
  trustStore = { roots: [{ name: 'simulated', der: new Uint8Array(der), simulated: true }] }
  const image = await writeImage({
    layout: join(base, 'image'),
    layers: [filesLayer({ '/app/index.js': Buffer.from('console.log(1)') })],
    config: { entrypoint: ['/app/index.js'] },
  })
  imageDigest = image.digest
  manifest = await buildManifest(
    'name: hello\nservices:\n  web:\n    image: registry.test:5000/hello:latest\n    ports: ["8080"]\n',
    { resolveImage: () => Promise.resolve(imageDigest as `sha256:${string}`) },
  )
}, 30_000)
afterAll(async () => {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  rmSync(base, { recursive: true, force: true })
})

let root: string
let worker: TestWorker
let count = 0
beforeEach(async () => {
  root = join(base, `r${count++}`)
  for (const folder of ['run/wetee/ingress', 'run/tee', 'images', 'run/services/web', 'app'])
    mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(launcherPath, join(root, 'app/launch'))
  worker = await startTestWorker(join(root, 'run/wetee/worker.sock'), () => host.collateral())
  const current = worker
  cleanups.push(() => current.close())
  await writeImage({
    layout: join(root, 'images/web'),
    layers: [filesLayer({ '/app/index.js': Buffer.from('console.log(1)') })],
    config: { entrypoint: ['/app/index.js'] },
  })
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** What a dsecret node does with evidence, without its view of the chain. */
const judge: Appraise = async (body) => {
  const { evidence } = JSON.parse(body) as { evidence: unknown }
  try {
    const document = parseEvidenceDocument(JSON.stringify(evidence))
    return { answer: { lease: await leaseFor(document) } }
  } catch (error) {
    return { status: 422, answer: { error: { code: 'refused', message: String(error) } } }
  }
}

async function leaseFor(document: EvidenceDocument) {
  const { subject, endorsements, eventLog } = document
  if (subject.kind !== 'instance') throw new Error('kind')
  const claims = await appraise(document, endorsements, trustStore, Date.now())
  if (claims.reportData !== reportDataOf(subject)) throw new Error('report data')
  if (launchedWith(claims) !== launchField(claims.platform, configured()).value)
    throw new Error('configuration')
  if (!eventLogHolds(claims, eventLog)) throw new Error('event log')
  if (eventLog.length !== 1 || eventLog[0]?.digest !== imageDigest) throw new Error('images')
  const { timestamp } = worker.head
  return {
    appId: String(subject.appId),
    version: subject.version,
    replica: subject.replica,
    workerId: String(subject.workerId),
    platformId: `0x${'01'.repeat(32)}`,
    instanceKey: addressOf(subject.signingKey),
    hpkeKey: subject.hpkeKey,
    tlsKeyHash: subject.tlsKeyHash,
    measurementId: claims.measurementId,
    evidenceBlock: String(subject.blockNumber),
    notBefore: timestamp,
    notAfter: String(Number(timestamp) + 3),
    evidenceDigest: evidenceDigest(document, endorsements),
  }
}

function addressOf(compressed: `0x${string}`): string {
  const point = ECDH.convertKey(compressed.slice(2), 'secp256k1', 'hex', 'hex', 'uncompressed')
  return publicKeyToAddress(`0x${String(point)}`)
}

const configured = (of: Manifest = manifest, networkKey = { Y: zeroPoint, S: zeroPoint }) =>
  configDigest({
    chainId,
    cloud,
    networkKey,
    appId: 1n,
    version: 1,
    manifestDigest: of.digest,
    termsDigest: of.termsDigest,
  })

/** Launches a guest on the platform and gives the agent its socket, as a worker does. */
async function launchGuest(configuration: `0x${string}`): Promise<Launch> {
  const launch = await host.launch({
    image: { layout: join(base, 'image'), digest: imageDigest },
    configuration,
  })
  cleanups.push(() => host.remove(launch.launchId))
  symlinkSync(launch.socket, join(root, 'run/tee/tee.sock'))
  return launch
}

function writeLaunch(change: object = {}): void {
  const launch = {
    format: 'wetee/launch/v1',
    mode: 'instance',
    chainId: String(chainId),
    subnet,
    cloud,
    quorum: `0x${'0e'.repeat(20)}`,
    networkKey: { Y: zeroPoint, S: zeroPoint },
    appId: '1',
    version: 1,
    replica: 0,
    workerId: '1',
    manifest: manifest.text,
    terms: manifest.terms,
    ports: [{ service: 'web', target: 8080 }],
    nodes: [],
    threshold: 1,
    leaseSeconds: 3,
    ...change,
  }
  writeFileSync(join(root, 'run/wetee/launch.json'), JSON.stringify(launch))
}

const startAgent = () => run('agent/src/main.ts', ['--root', root])

const control = (method: 'GET' | 'POST', path: string) =>
  requestSocket({
    socketPath: join(root, 'run/wetee/agent.sock'),
    method,
    path,
    ...(method === 'POST' ? { body: {} } : {}),
  })

async function state(): Promise<Record<string, string>> {
  return (await control('GET', '/v1/state').catch(() => ({}))) as Record<string, string>
}

async function fetchApp(path: string) {
  const request = httpsRequest({
    socketPath: join(root, 'run/wetee/ingress/8080.sock'),
    rejectUnauthorized: false,
    agent: false,
    path,
    headers: { host: 'hello.test' },
  })
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.end()
  const [response] = await responded
  return { status: response.statusCode, body: await text(response) }
}

test('an instance proves itself, is appraised, serves, signs ready, and lapses when appraisals stop', async () => {
  await launchGuest(configured())
  let refusals = 1
  const { node, close } = await startTestNode(1n, (body, path) =>
    refusals-- > 0 ? { status: 503, answer: {} } : judge(body, path),
  )
  cleanups.push(close)
  worker.allowed.add(node.host)
  const appraised = worker.appraised()
  writeLaunch({ nodes: [{ ...node, nodeId: '1' }] })
  const agent = startAgent()
  const call = await Promise.race([
    appraised,
    agent.exited.then(() => Promise.reject(new Error(agent.output()))),
  ])
  expect(call.body).toMatchObject({ nodes: ['1'], lease: { appId: '1', evidenceBlock: '42' } })
  const { instanceKey, ...attested } = await state()
  expect(attested['state']).toBe('attested')
  const { signature } = (await control('POST', '/v1/ready')) as { signature: `0x${string}` }
  const ready = { appId: 1n, version: 1, replica: 0 }
  expect(
    await verifyTypedData({
      ...readyTypedData({ chainId: 31_337, contracts: { cloud } }, ready),
      address: instanceKey as `0x${string}`,
      signature,
    }),
  ).toBe(true)
  // Nothing listens on the application's port here.
  expect((await fetchApp('/')).status).toBe(502)
  const evidence = parseEvidenceDocument((await fetchApp('/.well-known/wetee/evidence')).body)
  expect(await leaseFor(evidence)).toMatchObject({ instanceKey })
  close()
  await until('the lease to lapse', async () =>
    (await state())['state'] === 'lapsed' ? true : undefined,
  )
  const refused = await fetchApp('/')
  expect(refused.status).toBe(503)
  expect(refused.body).toContain('lease.lapsed')
  await expect(control('POST', '/v1/ready')).rejects.toMatchObject({ code: 'agent.not-attested' })
  agent.child.kill('SIGTERM')
  expect((await agent.exited)[0]).toBe(0)
  expect(agent.output()).not.toContain('PRIVATE KEY')
}, 40_000)

test('a launch that is not what the hardware was launched with ends the agent with exit code 78', async () => {
  await launchGuest(configured())
  const { node, close } = await startTestNode(1n, judge)
  cleanups.push(close)
  writeLaunch({ nodes: [{ ...node, nodeId: '1' }], version: 2 })
  const agent = startAgent()
  expect((await agent.exited)[0]).toBe(78)
  expect(agent.output()).toContain('"code":"launch.configuration-differs"')
  expect(worker.calls).toEqual([])
  expect(readdirSync(join(root, 'run/wetee/ingress'))).toEqual([])
  expect(existsSync(join(root, 'run/wetee/agent.sock'))).toBe(false)
})

test('an image with one byte changed ends the agent before it makes keys', async () => {
  await launchGuest(configured())
  changeImage()
  writeLaunch({ nodes: [{ nodeId: '1', host: '127.0.0.1:1', tlsKeyHash: `0x${'00'.repeat(32)}` }] })
  const agent = startAgent()
  expect((await agent.exited)[0]).toBe(78)
  expect(agent.output()).toContain('"code":"image.mismatch"')
})

test('an image that changes while it runs shows in all later evidence, and the gate closes', async () => {
  await launchGuest(configured())
  const { node, close } = await startTestNode(1n, judge)
  cleanups.push(close)
  worker.allowed.add(node.host)
  const appraised = worker.appraised()
  writeLaunch({ nodes: [{ ...node, nodeId: '1' }] })
  const agent = startAgent()
  await appraised
  changeImage()
  await control('POST', '/v1/renew')
  await until('the failure', async () => ((await state())['state'] === 'failed' ? true : undefined))
  expect((await state())['code']).toBe('image.changed')
  expect((await fetchApp('/')).status).toBe(503)
  const document = await until('new evidence', async () => {
    const shown = parseEvidenceDocument((await fetchApp('/.well-known/wetee/evidence')).body)
    return shown.eventLog.length === 2 ? shown : undefined
  })
  await expect(leaseFor(document)).rejects.toThrow('images')
  // Leaving the event out does not help: the register remembers.
  await expect(leaseFor({ ...document, eventLog: document.eventLog.slice(0, 1) })).rejects.toThrow(
    'event log',
  )
  agent.child.kill('SIGTERM')
  expect((await agent.exited)[0]).toBe(0)
}, 20_000)

test('an agent outlives its worker and is appraised through the next one', async () => {
  await launchGuest(configured())
  const { node, close } = await startTestNode(1n, judge)
  cleanups.push(close)
  worker.allowed.add(node.host)
  const first = worker.appraised()
  writeLaunch({ nodes: [{ ...node, nodeId: '1' }] })
  const agent = startAgent()
  await first
  await worker.close()
  const gone = worker
  worker = await startTestWorker(join(root, 'run/wetee/worker.sock'), () => host.collateral())
  worker.allowed.add(node.host)
  cleanups.push(() => worker.close())
  gone.close = () => Promise.resolve()
  const again = worker.appraised()
  await control('POST', '/v1/renew')
  expect((await again).body).toMatchObject({ nodes: ['1'] })
  agent.child.kill('SIGTERM')
  await agent.exited
})

test('an agent started again in the same TEE makes new keys over the same measurements', async () => {
  await launchGuest(configured())
  const { node, close } = await startTestNode(1n, judge)
  cleanups.push(close)
  worker.allowed.add(node.host)
  writeLaunch({ nodes: [{ ...node, nodeId: '1' }] })
  const keys: unknown[] = []
  for (let start = 0; start < 2; start++) {
    const appraised = worker.appraised()
    const agent = startAgent()
    const call = await appraised
    keys.push((call.body as { lease: { instanceKey: string } }).lease.instanceKey)
    agent.child.kill('SIGKILL')
    await agent.exited
  }
  expect(keys[0]).not.toBe(keys[1])
}, 20_000)

test("a worker's own machine gives evidence of kind node", async () => {
  const nodeId = 7n
  await launchGuest(nodeConfigDigest({ chainId, subnet, role: 1, nodeId }))
  const statementKey = `0x${'0e'.repeat(20)}`
  const platform = { format: 'wetee/launch/v1', mode: 'platform', chainId: '31337', subnet }
  const launch = { ...platform, role: 1, nodeId: '7', statementKey }
  writeFileSync(join(root, 'run/wetee/launch.json'), JSON.stringify(launch))
  const agent = startAgent()
  await until('the agent', async () => ((await state())['state'] === 'verified' ? true : undefined))
  const document = parseEvidenceDocument(JSON.stringify(await control('GET', '/v1/evidence')))
  expect(document.subject).toMatchObject({ kind: 'node', nodeId, statementKey, blockNumber: 42n })
  const claims = await appraise(document, document.endorsements, trustStore, Date.now())
  expect(claims.reportData).toBe(reportDataOf(document.subject))
  agent.child.kill('SIGTERM')
  await agent.exited
})

/** A service that wants one secret as a file and as a variable, and a network of three nodes that has it. */
async function startSecrets(more = '', names: object = {}) {
  const native = openNativeGroup()
  const sharing = dealShares(native, { threshold: 2, size: 3 })
  const plaintext = Buffer.from('hunter2')
  const secret = { appId: '1', name: 'db', plaintext }
  const chain = new Map([['1/db', sealSecret(native, sharing.encryptionKey, cloud, secret)]])
  const network = await startSecretNetwork(native, cloud, sharing, chain)
  cleanups.push(() => network.close())
  const nodes = network.nodes.map(({ node }) => ({ ...node, nodeId: String(node.nodeId) }))
  for (const { host: name } of nodes) worker.allowed.add(name)
  const wanting = await buildManifest(
    [
      'name: hello',
      'services:',
      '  web:',
      '    image: registry.test:5000/hello:latest',
      '    ports: ["8080"]',
      '    secrets: [{ source: db, target: password, mode: 0440 }]',
      '    x-wetee: { secretEnvironment: { DB_PASSWORD: db } }',
      'secrets: { db: { external: true } }',
      more,
      '',
    ].join('\n'),
    { resolveImage: () => Promise.resolve(imageDigest as `sha256:${string}`) },
  )
  const { networkKey } = sharing
  mkdirSync(join(root, 'run/secrets-of/web'), { recursive: true })
  await launchGuest(configured(wanting, networkKey))
  const launched = { manifest: wanting.text, terms: wanting.terms, networkKey, threshold: 2 }
  writeLaunch({ ...launched, nodes, ...names })
  return { network, launched }
}

const application = (method: 'GET' | 'POST', path: string, body?: unknown) =>
  requestSocket({
    socketPath: join(root, 'run/wetee/app/wetee.sock'),
    ...{ method, path, body },
  }) as Promise<Record<string, never>>

test('an instance with secrets counts as verified once all are written, and again after every start', async () => {
  const { network } = await startSecrets()
  const refuse: Appraise = () => ({
    status: 503,
    answer: { error: { code: 'node.catching-up', message: 'wait' } },
  })
  const folder = join(root, 'run/secrets-of/web')
  const keys: unknown[] = []
  for (let start = 0; start < 2; start++) {
    // Of three nodes two are needed, and one answers.
    for (const node of network.nodes.slice(1)) node.instead = refuse
    const agent = startAgent()
    const waiting = await until('the code', async () => {
      const now = await state()
      return now['code'] === 'node.catching-up' ? now : undefined
    })
    expect(waiting).toMatchObject({ state: 'measuring', code: 'node.catching-up' })
    expect(readdirSync(folder)).toEqual([])
    await expect(control('POST', '/v1/ready')).rejects.toMatchObject({ code: 'agent.not-attested' })
    // It may say who it is meanwhile.
    expect(await application('GET', '/v1/info')).toMatchObject({ state: 'measuring', appId: '1' })
    delete network.nodes[2]!.instead
    const verified = await until('the secrets', async () => {
      const now = await state()
      return now['state'] === 'verified' ? now : undefined
    })
    expect(Object.keys(verified).sort()).toEqual([
      'connections',
      'draining',
      'instanceKey',
      'state',
    ])
    expect(readFileSync(join(folder, 'password'), 'utf8')).toBe('hunter2')
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o440)
    const own = join(root, 'run/services/web')
    expect(readFileSync(join(own, 'environment'), 'utf8')).toBe('DB_PASSWORD=hunter2\0')
    expect(readFileSync(join(own, 'launch'))).toEqual(readFileSync(launcherPath))
    expect(readdirSync(own).sort()).toEqual(['environment', 'err', 'launch', 'out'])
    keys.push((await application('POST', '/v1/key', { path: 'disk' }))['key'])
    const output = agent.output()
    expect(output).toContain('secrets written')
    expect(output + JSON.stringify(await state())).not.toContain('hunter2')
    expect(output).not.toContain(String(keys[0]).slice(2))
    agent.child.kill('SIGKILL')
    await agent.exited
    rmSync(join(folder, 'password'))
    rmSync(join(own, 'environment'))
    expect(existsSync(join(root, 'run/wetee/app/wetee.sock'))).toBe(true)
  }
  expect(keys[0]).toMatch(/^0x[0-9a-f]{64}$/)
  expect(keys[1]).toBe(keys[0])
}, 40_000)

test('a domain is served with a certificate of the CA for the key in the evidence, which stays over starts', async () => {
  const ingress = join(root, 'run/wetee/ingress')
  const front = createServer((near) => {
    const far = connect(join(ingress, 'acme.sock'))
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  const ca = await startTestCa('', (front.address() as AddressInfo).port)
  const acme = { directoryUrl: ca.directoryUrl, roots: ca.roots }
  cleanups.push(
    () => front.close(),
    () => ca.close(),
  )
  const name = 'shop.example'
  await startSecrets(`x-wetee: { domains: [${name}] }`, { acme, domain: 'wetee.local' })
  worker.allowed.add(new URL(acme.directoryUrl).host)
  worker.domains = [{ name, records: [`app=1,network=${chainId}:${cloud}`] }]
  const shown = async (servername: string) => {
    const path = join(ingress, '8080.sock')
    const socket = connectTls({ path, servername, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const leaf = socket.getPeerX509Certificate()!
    socket.destroy()
    return { issuer: leaf.issuer, names: leaf.subjectAltName, key: tlsKeyHashOf(leaf.raw) }
  }
  const keys: string[] = []
  for (let start = 0; start < 2; start++) {
    const agent = startAgent()
    const issued = await until('the certificate', async () => {
      if ((await state())['state'] !== 'verified') return undefined
      const found = await shown(name)
      return found.issuer === 'CN=Test CA' ? found : undefined
    })
    const { evidence } = await application('POST', '/v1/evidence', {
      challenge: `0x${'11'.repeat(32)}`,
    })
    const { subject } = parseEvidenceDocument(JSON.stringify(evidence))
    expect(subject).toMatchObject({ tlsKeyHash: issued.key })
    // Of its own names it proves none, and shows them all for the same key.
    expect(await shown('8080-1.wetee.local')).toEqual({
      issuer: 'CN=app-1.wetee',
      names: `DNS:app-1.wetee, DNS:8080-1.wetee.local, DNS:${name}`,
      key: issued.key,
    })
    const path = 'wetee/tls'
    await expect(application('POST', '/v1/key', { path })).rejects.toMatchObject({ status: 400 })
    keys.push(issued.key)
    agent.child.kill('SIGTERM')
    await agent.exited
  }
  expect(keys[0]).toBe(keys[1])
  expect(worker.calls.filter((call) => call.path === '/v1/certificates')).toHaveLength(1)
}, 40_000)

test('ATTACK a launch with another network key is not what the hardware was launched with', async () => {
  const { launched } = await startSecrets()
  const other = dealShares(openNativeGroup(), { threshold: 1, size: 1 }).networkKey
  writeLaunch({
    ...launched,
    networkKey: other,
    nodes: [{ nodeId: '1', host: '127.0.0.1:1', tlsKeyHash: `0x${'00'.repeat(32)}` }],
    threshold: 1,
  })
  const agent = startAgent()
  expect((await agent.exited)[0]).toBe(78)
  expect(agent.output()).toContain('"code":"launch.configuration-differs"')
})

test('secrets in a network without a key end the agent before it makes keys', async () => {
  const { launched } = await startSecrets()
  const wanting = { ...launched, networkKey: { Y: zeroPoint, S: zeroPoint } }
  rmSync(join(root, 'run/tee/tee.sock'))
  await launchGuest(
    configured({ ...manifest, digest: manifestDigest(launched.manifest) }, wanting.networkKey),
  )
  writeLaunch({
    ...wanting,
    nodes: [{ nodeId: '1', host: '127.0.0.1:1', tlsKeyHash: `0x${'00'.repeat(32)}` }],
    threshold: 1,
  })
  const agent = startAgent()
  expect((await agent.exited)[0]).toBe(78)
  expect(agent.output()).toContain('"code":"launch.no-network-key"')
})

/** Flips a byte at the end of the largest blob of the running image. */
function changeImage(): void {
  const folder = join(root, 'images/web/blobs/sha256')
  const names = readdirSync(folder)
  const largest = names.sort(
    (a, b) => statSync(join(folder, b)).size - statSync(join(folder, a)).size,
  )[0]
  const file = join(folder, largest ?? '')
  const bytes = readFileSync(file)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(file, bytes)
}
