// The agent in a pod of a cluster: worker and TEE come in by the door alone. Against the real platform process.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configDigest } from '@wetee/attestation'
import { doorPorts, openOuterDoor } from '@wetee/door'
import { filesLayer, writeImage } from '@wetee/image'
import { buildManifest } from '@wetee/manifest'
import { openPlatformHost, requestSocket } from '@wetee/tee-device'
import { createTlsIdentity } from '@wetee/certificates'
import { requestPinned, type Hex } from '@wetee/tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launcherPath } from '../launcher/build.ts'
import { agentPaths } from './agent-context.ts'
import { runAgent } from './agent.ts'
import { startTestWorker } from './testing/worker-process.ts'

const cloud = `0x${'0c'.repeat(20)}` as const
const zeroPoint: Hex = `0x${'00'.repeat(33)}`
/** Of this test alone: doors have the same ports everywhere. */
const podAddress = '127.31.17.9'
let base: string
let platform: ChildProcess

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wetee-agc-'))
  const machines = [{ name: 'worker', socket: join(base, 'host.sock') }]
  const config = { stateDir: join(base, 'p'), vendorDir: join(base, 'p'), machines }
  writeFileSync(join(base, 'platform.json'), JSON.stringify(config))
  const main = join(import.meta.dirname, '../../devnet/src/platform/main.ts')
  platform = spawn(process.execPath, [main, '--config', join(base, 'platform.json')])
  await until('the platform', () => existsSync(join(base, 'host.sock')))
}, 30_000)
afterAll(async () => {
  const exited = once(platform, 'exit')
  platform.kill('SIGTERM')
  await exited
  rmSync(base, { recursive: true, force: true })
})

async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`waited in vain for ${what}`)
}

test('it waits for its worker, proves its launch through the door, and makes keys with images that it never sees', async () => {
  const host = openPlatformHost(join(base, 'host.sock'))
  const image = await writeImage({
    layout: join(base, 'image'),
    layers: [filesLayer({ '/app/index.js': Buffer.from('console.log(1)') })],
    config: { entrypoint: ['/app/index.js'] },
  })
  const manifest = await buildManifest(
    'name: hello\nservices:\n  web:\n    image: registry.test/hello:1\n    ports: ["8080"]\n',
    { resolveImage: () => Promise.resolve(`sha256:${'ab'.repeat(32)}`) },
  )
  const networkKey = { Y: zeroPoint, S: zeroPoint }
  const { digest, termsDigest } = manifest
  const configuration = configDigest({
    ...{ chainId: 31_337n, cloud, networkKey, appId: 1n, version: 1 },
    ...{ manifestDigest: digest, termsDigest },
  })
  const layout = join(base, 'image')
  const guest = await host.launch({ image: { layout, digest: image.digest }, configuration })
  const worker = await createTlsIdentity({ commonName: 'worker' })
  const root = join(base, 'root')
  for (const folder of ['run/wetee/app', 'run/tee', 'run/services/web', 'app'])
    mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(launcherPath, join(root, 'app/launch'))
  const launch = {
    ...{ format: 'wetee/launch/v1', mode: 'instance', chainId: '31337', cloud, networkKey },
    ...{ subnet: `0x${'0d'.repeat(20)}`, quorum: `0x${'0e'.repeat(20)}`, appId: '1', version: 1 },
    ...{ replica: 0, workerId: '1', manifest: manifest.text, terms: manifest.terms },
    ...{ ports: [{ service: 'web', target: 8080 }], threshold: 1, leaseSeconds: 60 },
    nodes: [{ nodeId: '1', host: '127.0.0.1:1', tlsKeyHash: `0x${'00'.repeat(32)}` }],
    cluster: { workerKey: worker.tlsKeyHash },
  }
  writeFileSync(join(root, 'run/wetee/launch.json'), JSON.stringify(launch))
  const ending = new AbortController()
  const log: object[] = []
  const note = (fields: object, message: string) => void log.push({ ...fields, message })
  const running = runAgent({
    ...{ paths: agentPaths(root), tee: 'simulated', signal: ending.signal, random: Math.random },
    log: { info: note, warn: note, error: note },
    doorHost: podAddress,
    monotonicMs: () => performance.now(),
  })
  mkdirSync(join(base, 'host'))
  const served = await startTestWorker(join(base, 'host/worker.sock'), () => host.collateral())
  const kept: { key?: Hex } = {}
  const door = await openOuterDoor({
    ...{ identity: worker, signal: ending.signal, address: () => Promise.resolve(podAddress) },
    agentKey: { get: () => kept.key, set: (key) => (kept.key = key) },
    agentSocket: join(base, 'host/agent.sock'),
    workerSocket: () => join(base, 'host/worker.sock'),
    teeSocket: () => guest.socket,
  })
  const state = () =>
    requestSocket({ socketPath: join(base, 'host/agent.sock'), method: 'GET', path: '/v1/state' })
  await until('its keys', () =>
    state().then(
      (answer) => (answer as { state: string }).state === 'verified',
      () => false,
    ),
  )
  const signal = AbortSignal.timeout(10_000)
  const { status, body } = await requestPinned({
    connect: () => Promise.resolve(door.dial('8080')),
    ...{ method: 'GET', path: '/.well-known/wetee/evidence', headers: {}, tlsKeyHash: 'report' },
    ...{ maxBytes: 1 << 20, timeoutMs: 10_000, signal },
  })
  expect(status).toBe(200)
  const { eventLog } = JSON.parse(Buffer.from(body).toString()) as { eventLog: unknown[] }
  expect(eventLog).toMatchObject([{ service: 'web', digest: `sha256:${'ab'.repeat(32)}` }])
  expect(served.calls.map(({ path }) => path)).toContain('/v1/collateral')
  expect(doorPorts).toEqual({ calls: 7_443, clients: 7_444 })
  ending.abort()
  await running
  await door.close()
  await served.close()
  await host.remove(guest.launchId)
  expect(log.filter((line) => 'code' in line && line.code === 'launch.no-door')).toEqual([])
}, 40_000)
