// An application through its life on a running network with two workers: scaled, moved, and updated against its host's will.
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { parseEther, parseEventLogs, sha256, toHex, zeroHash, type Hex } from 'viem'
import { evidenceDigest, parseEvidenceDocument } from '@wetee/attestation'
import { complaintsAbi, readManifest, subnetAbi } from '@wetee/chain'
import { transact } from '@wetee/devnet/transactions'
import { startWorker, workerUrl } from '@wetee/devnet/workers'
import { manifestDigest, parseManifest, serializeManifest } from '@wetee/manifest'
import { showApp, verify, verifyUsage } from '@wetee/sdk'
import { tlsKeyHashOf } from '@wetee/tls'
import { eventually, startDevnet, type RunningDevnet } from './testing/running-devnet.ts'

/** `Roles.COURT`. */
const courtRole = 3n

/** Enough for what a test adds. */
const amountWei = parseEther('1')
/** No limit that a test would reach. */
const anyPriceWei = parseEther('1')
const minutes = (count: number) => count * 60_000

let devnet: RunningDevnet
beforeAll(async () => {
  devnet = await startDevnet('sandbox', { workers: 2, updateWindowSeconds: 90n })
})
beforeEach(() => {
  onTestFailed(() => void process.stderr.write(devnet.logs()))
})
afterAll(() => devnet.close())

const details = () => showApp(devnet.application.sdk, devnet.application.appId)
const liveLeases = async () => (await details()).leases.filter((lease) => lease.live)
const instancesAt = async (name: 'worker' | 'worker-2') => {
  const url = `${workerUrl(devnet.network, name)}/v1/apps/${devnet.application.appId}`
  const answer = await fetch(url)
  if (answer.status === 404) return []
  const shown = (await answer.json()) as {
    instances: { id: string; state: string; urls: { url: string }[]; ownerUrl?: string }[]
  }
  return shown.instances
}
const answerOf = async (url: string) => {
  const { transport } = devnet.application.sdk
  const options = { maxBytes: 65_536, timeoutMs: 5_000 }
  return (await transport.get(url, options).catch(() => ({ status: 0 }))).status
}
const otherWorker = { worker: 'worker-2', 'worker-2': 'worker' } as const
const idsOf = { worker: 1n, 'worker-2': 2n } as const
/** The worker that the current version belongs on. */
const home = async () => ((await details()).workerId === idsOf.worker ? 'worker' : 'worker-2')
const scale = (replicas: number, addedWei: bigint) =>
  transact(devnet.network, {
    from: 'developer',
    contract: 'cloud',
    functionName: 'scale',
    args: [devnet.application.appId, replicas, addedWei],
    valueWei: addedWei,
  })

const subnetEvents = async <Name extends 'NodeProven' | 'WorkProven'>(eventName: Name) => {
  const { client, profile } = devnet.network.chain
  const address = profile.contracts.subnet
  const logs = await client.getLogs({ address, fromBlock: 0n, toBlock: 'latest' })
  return parseEventLogs({ abi: subnetAbi, eventName, logs })
}

test('the evidence behind the proof of every machine is at the address that the proof names', async () => {
  const proofs = await subnetEvents('NodeProven')
  expect(new Set(proofs.map(({ args }) => `${args.role}/${args.nodeId}`)).size).toBe(5)
  for (const { args } of proofs) {
    const options = { maxBytes: 524_288, timeoutMs: 10_000 }
    const { body, status } = await devnet.application.sdk.transport.get(args.evidenceUri, options)
    expect(status).toBe(200)
    const document = parseEvidenceDocument(new TextDecoder().decode(body))
    expect(evidenceDigest(document, document.endorsements)).toBe(args.evidenceDigest)
    expect(document.subject).toMatchObject({ role: args.role, nodeId: args.nodeId })
    const isSecondWorker = args.role === 1 && args.nodeId === idsOf['worker-2']
    expect(document.platform).toBe(isSecondWorker ? 'sev-snp' : 'tdx')
  }
})

test('by its host name an application answers over HTTP/2, with the key of its lease; its owner API has a name too', async () => {
  const { nameUrl, url, appId } = devnet.application
  expect(nameUrl).toMatch(/^https:\/\/8080-1\.localhost:\d+$/)
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const { hostname: servername, port } = new URL(nameUrl)
  const at = { host: '127.0.0.1', port: Number(port), ALPNProtocols: ['h2'] }
  const socket = connectTls({ ...at, servername, rejectUnauthorized: false })
  const session = connectHttp2(nameUrl, { createConnection: () => socket })
  const stream = session.request({ ':path': '/', ':authority': `${servername}:${port}` })
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  expect(headers[':status']).toBe(200)
  await text(stream)
  const [lease] = await liveLeases()
  const certificate = socket.getPeerX509Certificate()
  expect(certificate && tlsKeyHashOf(certificate.raw)).toBe(lease?.tlsKeyHash)
  session.destroy()
  const owner = (await instancesAt(await home()))[0]?.ownerUrl
  expect(owner).toBe(`https://owner-current-0-${appId}.localhost:${port}`)
  expect(await answerOf(`${owner}/v1/session`)).toBe(200)
  const nobody = { ...at, servername: '8081-1.localhost', rejectUnauthorized: false }
  await expect(once(connectTls(nobody), 'secureConnect')).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  })
})

test(
  'a worker that drains, and against which there is a complaint, says so; its settlements are followed by proofs of work where that is asked for',
  { timeout: minutes(5) },
  async () => {
    const { network, application } = devnet
    const name = await home()
    const workerId = idsOf[name]
    const drain = (draining: boolean) =>
      transact(network, {
        from: 'worker-owner',
        contract: 'subnet',
        functionName: 'drain',
        args: [workerId, draining],
      })
    await drain(true)
    const { complaints } = network.profile.contracts
    const { bondWei } = await network.chain.client.readContract({
      address: complaints!,
      abi: complaintsAbi,
      functionName: 'rules',
    })
    const { currentVersion } = await details()
    await transact(network, {
      from: 'developer',
      contract: 'complaints',
      functionName: 'file',
      args: [application.appId, currentVersion, amountWei, sha256('0x01'), ''],
      valueWei: bondWei,
    })
    await network.children.stop(name)
    const intervals = { resyncMs: 2_000, settleMs: 3_000 }
    startWorker(network, { name, intervals, uploadWork: true })
    const codes = async () => {
      const answer = await fetch(`${workerUrl(network, name)}/health`).catch(() => undefined)
      const health = (await answer?.json()) as { conditions: { code: string }[] } | undefined
      return health?.conditions.map(({ code }) => code).join(' ')
    }
    await eventually('both conditions', async () =>
      /worker.complaint.*worker.draining/.test((await codes()) ?? ''),
    )
    const [proof] = await eventually('a proof of work', async () => {
      const found = await subnetEvents('WorkProven')
      return found.length > 0 ? found : undefined
    })
    const { appId } = application
    expect(proof?.args).toMatchObject({ workerId, appId })
    expect(proof?.args.uri).toBe(`${workerUrl(network, name)}/v1/apps/${appId}/usage`)
    expect(proof?.args.digest).not.toBe(zeroHash)
    const report = await eventually('usage that is on chain', async () => {
      const found = await verifyUsage(application.sdk, appId)
      return found.checks.some(({ text }) => /digest on chain is that of/.test(text))
        ? found
        : undefined
    })
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(report.totals.cpuSeconds).toBeGreaterThan(0)
    expect(proof?.args.settledSeconds).toBeGreaterThan(0n)
    // The DAO names a court; on a development network the admin may stand for it.
    await transact(network, {
      from: 'admin',
      contract: 'authority',
      functionName: 'grantRole',
      args: [courtRole, network.accounts.admin.address, 0],
    })
    await transact(network, {
      from: 'admin',
      contract: 'complaints',
      functionName: 'dismiss',
      args: [1n],
    })
    await drain(false)
    await eventually('a worker with nothing to say', async () => (await codes()) === '')
  },
)

test(
  'scaled up, a replica is added beside the other and both are attested; scaled down, it is taken away: one version, one key throughout',
  { timeout: minutes(5) },
  async () => {
    const [first] = await liveLeases()
    const { currentVersion } = await details()
    await scale(2, amountWei)
    await eventually('two live leases', async () => (await liveLeases()).length === 2)
    expect(await instancesAt(await home())).toHaveLength(2)
    expect(await details()).toMatchObject({ currentVersion, replicas: 2, liveReplicas: 2 })
    expect((await verify(devnet.application.sdk, { appId: devnet.application.appId })).ok).toBe(
      true,
    )
    await scale(1, 0n)
    await eventually('one instance', async () => (await instancesAt(await home())).length === 1)
    await eventually('one live lease', async () => (await liveLeases()).length === 1)
    const [left] = await liveLeases()
    expect(left?.instanceKey).toBe(first?.instanceKey)
    expect(await details()).toMatchObject({ currentVersion, replicas: 1 })
    expect(await answerOf(devnet.application.url)).toBe(200)
  },
)

test(
  'moved to the other worker, on hardware of another vendor, an application keeps its id, answers there, and the old worker lets it go',
  { timeout: minutes(5) },
  async () => {
    const { appId } = devnet.application
    const from = await home()
    const to = otherWorker[from]
    const before = await details()
    await transact(devnet.network, {
      from: 'developer',
      contract: 'cloud',
      functionName: 'migrate',
      args: [appId, idsOf[to], anyPriceWei, amountWei],
      valueWei: amountWei,
    })
    await eventually('the other worker to take over', async () => (await home()) === to)
    const after = await eventually('a live lease there', async () => {
      const found = await details()
      return found.liveReplicas === 1 ? found : undefined
    })
    expect(after).toMatchObject({ appId, name: before.name, state: 'active' })
    expect(after.currentVersion).toBeGreaterThan(before.currentVersion)
    expect(after.version.manifestDigest).toBe(before.version.manifestDigest)
    const url = await eventually(
      'an address there',
      async () => (await instancesAt(to))[0]?.urls[0]?.url,
    )
    await eventually('an answer there', async () => (await answerOf(url)) === 200)
    const report = await verify(devnet.application.sdk, { appId })
    expect(report.steps.filter((step) => !step.ok)).toEqual([])
    const quote = report.steps.find(({ id }) => id === 'quote')
    expect(quote?.detail).toContain(to === 'worker-2' ? 'SEV-SNP report' : 'TDX quote')
    await eventually('the old worker to let go', async () => (await instancesAt(from)).length === 0)
  },
)

test(
  'a security update takes over at its deadline although its host never starts it: the old version has no lease and no instance any more',
  { timeout: minutes(6) },
  async () => {
    const { appId } = devnet.application
    const { chain } = devnet.network
    const before = await details()
    const { text } = await readManifest(chain, appId, before.currentVersion)
    // An image that nobody has stands for a host that holds the fix back.
    const document = parseManifest(text)
    const services = document.services.map((service) => ({
      ...service,
      image: service.image.replace(/sha256:[0-9a-f]{64}$/, `sha256:${'0'.repeat(64)}`),
    }))
    const manifest = serializeManifest({ ...document, services })
    await transact(devnet.network, {
      from: 'developer',
      contract: 'cloud',
      functionName: 'update',
      args: [appId, document.terms, toHex(manifest), anyPriceWei, amountWei, true],
      valueWei: amountWei,
    })
    await eventually('the update to be pending', async () => (await details()).pendingVersion > 0)
    const pending = (await details()).pendingVersion
    expect((await liveLeases())[0]?.version).toBe(before.currentVersion)
    const taken = await eventually(
      'it to take over',
      async () => {
        const found = await details()
        return found.currentVersion === pending ? found : undefined
      },
      minutes(4),
    )
    expect(taken.version.manifestDigest).toBe(manifestDigest(manifest) satisfies Hex)
    expect(taken.liveReplicas).toBe(0)
    await eventually('the old version to be gone', async () => {
      const everywhere = [...(await instancesAt('worker')), ...(await instancesAt('worker-2'))]
      return everywhere.every(({ id }) => !id.includes(`-v${before.currentVersion}-`))
    })
    expect(await liveLeases()).toEqual([])
  },
)
