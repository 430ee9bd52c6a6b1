// The reconciler with real images from a real registry, real sockets, and engine, TEE and chain in memory.
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { serializeManifest } from '@wetee/manifest'
import { recoverTypedDataAddress } from 'viem'
import { requestSocket } from '@wetee/tee-device'
import { operatorStatementTypedData, readyTypedData } from '@wetee/chain'
import { expect, test } from 'vitest'
import type { AttestationLease, Hex } from '../chain/records.ts'
import { appScope } from '../condition/condition.ts'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import { testNetwork, testPlatformId } from '../testing/memory-chain.ts'
import {
  agents,
  chain,
  deploy,
  imageDigest,
  leaseFor,
  manifest,
  manifestOf,
  operator,
  platform,
  podId,
  registryFolder,
  running,
  runtime,
  serving,
  startWorker,
  stateDir,
  useReconcileBench,
} from '../testing/reconcile-bench.ts'

useReconcileBench()

test('from nothing: image pulled, TEE launched with the chain`s configuration, agent first, then the service', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  expect(runtime.starts).toEqual([`${podId(1)}/${AGENT_CONTAINER}`, `${podId(1)}/web`])
  const launch = JSON.parse(
    readFileSync(join(stateDir, 'instances', podId(1), 'run', 'launch.json'), 'utf8'),
  ) as Record<string, unknown>
  expect(launch).toMatchObject({
    format: 'wetee/launch/v1',
    mode: 'instance',
    appId: '7',
    workerId: '1',
    manifest: manifest.text,
    ports: [{ service: 'web', target: 8080 }],
    nodes: [{ nodeId: '1', host: '127.0.0.1:7701', tlsKeyHash: `0x${'09'.repeat(32)}` }],
    threshold: 1,
    leaseSeconds: 60,
  })
  const agent = runtime.specs.get(`${podId(1)}/${AGENT_CONTAINER}`)!
  expect(agent.mounts.map(({ target, readOnly }) => `${target} ${readOnly}`)).toEqual([
    '/run/wetee false',
    '/run/tee/tee.sock false',
    '/images/web true',
    '/run/services/web false',
  ])
  const web = runtime.specs.get(`${podId(1)}/web`)!
  expect(web.image.digest).toBe(imageDigest)
  expect(web.limits).toEqual({
    cpuMilli: manifest.document.services[0]!.cpuMilli,
    memoryBytes: manifest.document.services[0]!.memoryMiB * 1_048_576,
    pids: manifest.document.services[0]!.pids,
  })
  const volume = web.mounts[0]!
  expect(volume).toMatchObject({ target: '/data', readOnly: false })
  const { uid, mode } = statSync('source' in volume ? volume.source : '')
  expect(uid === 1000 || (mode & 0o777) === 0o777).toBe(true)
  const services = worker.ingress.listening(7n).map(({ service }) => service)
  // Its agent answers its owner at a port of its own.
  expect(services).toEqual(['web', 'owner-current-0'])
  expect(worker.reconciler.imagesInUse(new Set([7n]))).toEqual(new Set([imageDigest]))
  expect(worker.reconciler.imagesInUse(new Set([7n, 8n]))).toBeUndefined()
})

test('folders let the agent in and keep everybody else of the host out', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const mode = (path: string) => statSync(join(stateDir, path)).mode & 0o7777
  expect(mode('instances')).toBe(0o700)
  expect(mode('volumes')).toBe(0o700)
  expect(mode(`instances/${podId(1)}/run`)).toBe(0o1777)
  expect(mode(`instances/${podId(1)}/run/ingress`)).toBe(0o1777)
})

test('a worker that was killed finds its instance, makes nothing twice, and serves it on the same port', async () => {
  const before = await startWorker()
  await before.until(serving(before))
  const port = before.ingress.listening(7n)[0]!.port
  await before.stop()
  rmSync(join(stateDir, 'worker.db'))
  const after = await startWorker({ ingressFrom: before.first })
  await after.until(serving(after))
  expect(runtime.starts).toHaveLength(2)
  expect(platform.guests.size).toBe(1)
  expect(after.ingress.listening(7n)[0]!.port).toBe(port)
})

test('an image whose bytes are others: a condition, nothing started, tried again with pauses', async () => {
  const blobs = join(registryFolder, 'blobs', 'sha256')
  const layer = readdirSync(blobs).sort(
    (a, b) => statSync(join(blobs, b)).size - statSync(join(blobs, a)).size,
  )[0]!
  const blob = join(blobs, layer)
  const original = readFileSync(blob)
  const worker = await startWorker()
  const changed = Buffer.from(original)
  changed[600] = (changed[600] ?? 0) ^ 1
  writeFileSync(blob, changed)
  try {
    await worker.until(() => worker.codes().includes('image.digest-mismatch'))
    expect(runtime.starts).toEqual([])
    expect(platform.guests.size).toBe(0)
  } finally {
    writeFileSync(blob, original)
  }
  await worker.until(serving(worker))
  expect(worker.codes()).not.toContain('image.digest-mismatch')
})

test('an image of a version that was dropped is not complained about any more', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const { document } = manifest
  const image = document.services[0]!.image.replace(imageDigest, `sha256:${'0'.repeat(64)}`)
  const text = serializeManifest({
    ...document,
    services: [{ ...document.services[0]!, image }],
  })
  deploy(7n, 2, true, { ...manifest, text })
  await worker.until(() => worker.codes().includes('image.unavailable'))
  expect(running(podId(1), 'web')).toBe(true)
  chain.apps.set(7n, { ...chain.apps.get(7n)!, pendingVersion: 0 })
  await worker.until(() => !worker.codes().includes('image.unavailable'))
})

test('a registry on this machine that was not allowed is not asked', async () => {
  const worker = await startWorker({ registries: [] })
  await worker.until(() => worker.codes().includes('registry.not-allowed'))
  expect(runtime.starts).toEqual([])
})

test('a version whose manifest and contract name different terms is refused', async () => {
  const version = chain.versions.get('7/1')!
  chain.versions.set('7/1', { ...version, terms: { ...version.terms, memoryMiB: 1 } })
  const worker = await startWorker()
  await worker.until(() => worker.codes().includes('manifest.terms-differ'))
  expect(runtime.pods.size).toBe(0)
})

test('the operator signs for this instance on its proven machine, and nothing before that', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const socketPath = join(stateDir, 'instances', podId(1), 'run', 'worker.sock')
  const instanceKey = agents.get(podId(1))!.account.address.toLowerCase()
  const ask = (evidenceBlock: string) =>
    requestSocket({
      socketPath,
      method: 'POST',
      path: '/v1/authorize',
      body: { instanceKey, evidenceBlock },
    })
  const answer = (await ask('99')) as { signature: Hex; platformId: Hex }
  const signer = await recoverTypedDataAddress({
    ...(operatorStatementTypedData(testNetwork, {
      platformId: testPlatformId,
      appId: 7n,
      version: 1,
      replica: 0,
      instanceKey: instanceKey as Hex,
      evidenceBlock: 99n,
    }) as Parameters<typeof recoverTypedDataAddress>[0]),
    signature: answer.signature,
  })
  expect(signer).toBe(operator.address)
  await expect(ask('101')).rejects.toMatchObject({ code: 'request.invalid' })
  chain.proof = { ...chain.proof, notAfter: chain.block.timestamp }
  await expect(ask('99')).rejects.toMatchObject({ code: 'platform.not-proven', status: 503 })
})

test('a lease of another instance is not taken from this one', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const socketPath = join(stateDir, 'instances', podId(1), 'run', 'worker.sock')
  const report = (over: Partial<AttestationLease>) => {
    const lease = Object.fromEntries(
      Object.entries(leaseFor(1, over)).map(([k, v]) => [k, typeof v === 'bigint' ? String(v) : v]),
    )
    const body = { evidenceDigest: lease['evidenceDigest'], lease, nodes: ['1'] }
    return requestSocket({ socketPath, method: 'POST', path: '/v1/appraised', body })
  }
  for (const over of [{ appId: 8n }, { version: 2 }, { replica: 1 }, { workerId: 2n }])
    await expect(report(over)).rejects.toMatchObject({ code: 'lease.foreign' })
  expect(worker.offers).toEqual([])
  await report({})
  expect(worker.offers).toHaveLength(1)
})

test('a lease that ran out is a condition with a remedy, and goes by itself when there is a new one', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  chain.leases.set('7/0/0', leaseFor(1))
  chain.block = { ...chain.block, timestamp: 1_051n }
  await worker.until(() => worker.codes().includes('lease.lapsed'))
  expect(worker.board.list(appScope(7n))[0]).toMatchObject({ severity: 'error' })
  expect(worker.board.list(appScope(7n))[0]!.remedy).not.toBe('')
  expect(running(podId(1), 'web')).toBe(true)
  chain.leases.set('7/0/0', leaseFor(1, { notAfter: 1_100n }))
  await worker.until(() => !worker.codes().includes('lease.lapsed'))
})

test('an update: both run, pending is activated with its Ready once it is attested, then the old one goes', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  deploy(7n, 2, true, await manifestOf('    environment: { COLOUR: green }'))
  await worker.until(() => worker.guests.get(podId(2))?.answering === true)
  expect(running(podId(1), 'web')).toBe(true)
  expect(chain.sent).toEqual([])
  // The current version asks for a delay that is not over yet, then it is.
  const first = chain.versions.get('7/1')!
  const delayed = { ...first.terms, upgradeDelaySeconds: 200 }
  chain.leases.set('7/0/1', leaseFor(2))
  chain.versions.set('7/1', { ...first, terms: delayed })
  await worker.reconciler.reconcile(7n)
  expect(chain.sent).toEqual([])
  chain.versions.set('7/1', first)
  await worker.until(() => chain.sent.some(({ name }) => name === 'activate'))
  const [appId, version, ready] = chain.sent[0]!.args as [bigint, number, Hex]
  expect([appId, version]).toEqual([7n, 2])
  const signer = await recoverTypedDataAddress({
    ...(readyTypedData(testNetwork, { appId: 7n, version: 2, replica: 0 }) as Parameters<
      typeof recoverTypedDataAddress
    >[0]),
    signature: ready,
  })
  expect(signer).toBe(agents.get(podId(2))!.account.address)
  const old = agents.get(podId(1))!
  await worker.until(() => !runtime.pods.has(podId(1)))
  expect(old.drained).toBe(true)
  expect(running(podId(2), 'web')).toBe(true)
  expect(platform.guests.size).toBe(1)
  // Both versions had the same volume.
  expect(existsSync(join(stateDir, 'volumes', '7', '0', 'data'))).toBe(true)
})

test('a pending version whose key is not the one with the lease is not activated', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  deploy(7n, 2, true)
  await worker.until(() => worker.guests.get(podId(2))?.answering === true)
  chain.leases.set('7/0/1', leaseFor(2, { instanceKey: `0x${'0f'.repeat(20)}` }))
  await worker.until(() => worker.codes().includes('lease.foreign'))
  expect(chain.sent).toEqual([])
  expect(running(podId(1), 'web')).toBe(true)
})

test('scaled up and down without a new version: replicas are made and taken away, the others stay', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const app = chain.apps.get(7n)!
  const first = agents.get(podId(1))!
  chain.apps.set(7n, { ...app, replicas: 2 })
  await worker.until(() => worker.guests.get(podId(1, 1))?.answering === true)
  expect(platform.guests.size).toBe(2)
  chain.apps.set(7n, app)
  await worker.until(() => !runtime.pods.has(podId(1, 1)))
  expect(agents.get(podId(1))).toBe(first)
  expect(first.drained).toBe(false)
  expect(serving(worker)()).toBe(true)
})

test('a scaled application that is moved here comes with as many replicas as there are', async () => {
  chain.versions.set('7/1', { ...chain.versions.get('7/1')!, workerId: 2n })
  deploy(7n, 2, true)
  chain.versions.set('7/2', { ...chain.versions.get('7/2')!, manifestVersion: 1 })
  chain.apps.set(7n, { ...chain.apps.get(7n)!, replicas: 2 })
  const worker = await startWorker()
  await worker.until(() => worker.guests.get(podId(2, 1))?.answering === true)
  expect(worker.codes()).toEqual([])
})

test('moved here: runs beside the other worker and is activated from here; moved away: drained, stopped, data kept', async () => {
  chain.versions.set('7/1', { ...chain.versions.get('7/1')!, workerId: 2n })
  deploy(7n, 2, true)
  const worker = await startWorker()
  await worker.until(() => worker.guests.get(podId(2))?.answering === true)
  expect(runtime.pods.has(podId(1))).toBe(false)
  chain.leases.set('7/0/1', leaseFor(2))
  await worker.until(() => chain.sent.some(({ name }) => name === 'activate'))
  await worker.until(() => worker.ingress.listening(7n).some(({ service }) => service === 'web'))
  const away = agents.get(podId(2))!
  deploy(7n, 3)
  chain.versions.set('7/3', { ...chain.versions.get('7/3')!, workerId: 2n })
  await worker.until(() => runtime.pods.size === 0)
  expect(away.drained).toBe(true)
  expect(worker.ingress.listening(7n)).toEqual([])
  expect(platform.guests.size).toBe(0)
  expect(existsSync(join(stateDir, 'volumes', '7', '0', 'data'))).toBe(true)
})

test('a security version that became current unready: the old one is stopped before the new one serves', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  deploy(7n, 2, false, await manifestOf('    environment: { COLOUR: green }'))
  chain.versions.set('7/2', { ...chain.versions.get('7/2')!, security: true })
  await worker.reconciler.reconcile(7n)
  expect(runtime.pods.has(podId(1))).toBe(false)
  expect(worker.guests.get(podId(2))?.answering ?? false).toBe(false)
  await worker.until(() => worker.guests.get(podId(2))?.answering === true)
})

test('a notice is said, with what the owner can do', async () => {
  chain.apps.set(7n, { ...chain.apps.get(7n)!, noticeUntil: 9_000n })
  const worker = await startWorker()
  await worker.until(serving(worker))
  expect(worker.codes()).toEqual(['app.notice'])
  expect(worker.reconciler.noticed()).toEqual([7n])
})

const secretManifest = () =>
  manifestOf(`    secrets: [token]
    x-wetee: { secretEnvironment: { TOKEN: token } }
secrets:
  token: { external: true }`)
const networkKey = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` } as const
const firstKey = { ...networkKey, number: 1, madeBlock: 50n, lastEpoch: 0n, endsAt: 0n }

test('a version with secrets waits for the network`s key, then for its agent, which says why', async () => {
  deploy(7n, 1, false, await secretManifest())
  const worker = await startWorker()
  await worker.until(() => worker.codes().includes('network-key.none'))
  expect(runtime.pods.size).toBe(0)
  chain.keys = [firstKey]
  const start = runtime.onStart
  runtime.onStart = async (id, spec) => {
    await start(id, spec)
    const agent = agents.get(id)
    if (agent !== undefined && spec.name === AGENT_CONTAINER)
      Object.assign(agent, { state: 'measuring', code: 'secrets.not-set' })
  }
  await worker.until(() => worker.codes().includes('secrets.not-set'))
  expect(worker.codes()).not.toContain('network-key.none')
  expect(running(podId(1), 'web')).toBe(false)
  const agent = agents.get(podId(1))!
  agent.state = 'attested'
  agent.code = undefined
  await worker.until(serving(worker))
  expect(worker.codes()).not.toContain('secrets.not-set')
  const pod = runtime.pods.get(podId(1))!
  expect(pod.spec.memory?.map(({ name }) => name)).toEqual(['service-web', 'secrets-web'])
  const web = runtime.specs.get(`${podId(1)}/web`)!
  expect(web).toMatchObject({ entrypoint: ['/run/wetee/launch', '/hello'], command: [] })
  expect(web.mounts.map(({ target, readOnly }) => `${target} ${readOnly}`)).toEqual([
    '/data false',
    '/run/wetee.sock false',
    '/run/wetee true',
    '/run/secrets true',
  ])
})

test('when the network has made its key, what was launched without it is launched anew, once', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const first = agents.get(podId(1))!
  const launched = () => [...platform.guests.values()].map(({ configuration }) => configuration)
  const [before] = launched()
  chain.keys = [firstKey]
  await worker.until(() => agents.get(podId(1)) !== first && serving(worker)())
  expect(launched()).toHaveLength(1)
  expect(launched()[0]).not.toBe(before)
  const run = join(stateDir, 'instances', podId(1), 'run', 'launch.json')
  expect(JSON.parse(readFileSync(run, 'utf8'))).toMatchObject({ networkKey })
  expect(worker.log.lines.join()).toContain('network-key.changed')
  const second = agents.get(podId(1))!
  for (let round = 0; round < 5; round++) await worker.reconciler.reconcile(7n)
  expect(agents.get(podId(1))).toBe(second)
})

test('an agent that started anew gets its services started anew: they would talk to a socket that is gone', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  await agents.get(podId(1))!.close()
  runtime.exit(podId(1), AGENT_CONTAINER, 1)
  await worker.until(() => runtime.starts.length === 4 && serving(worker)())
  expect(runtime.starts.slice(2)).toEqual([`${podId(1)}/${AGENT_CONTAINER}`, `${podId(1)}/web`])
  for (let round = 0; round < 5; round++) await worker.reconciler.reconcile(7n)
  expect(runtime.starts).toHaveLength(4)
})

test('a link in the place of the agent`s socket is not mounted, and said', async () => {
  const worker = await startWorker()
  const start = runtime.onStart
  runtime.onStart = async (id, spec) => {
    await start(id, spec)
    if (spec.name !== AGENT_CONTAINER) return
    const path = join(stateDir, 'instances', id, 'run', 'app', 'wetee.sock')
    rmSync(path)
    symlinkSync(join(stateDir, 'guest1.sock'), path)
  }
  await worker.until(() => worker.codes().includes('agent.no-socket'))
  expect(running(podId(1), 'web')).toBe(false)
})
