// Verification: a genuine application passes every step; each tampering fails its own step and no other.
import {
  initdataLaunchField,
  kataPolicy,
  launchField,
  parseEvidenceDocument,
  serializeEvidenceDocument,
  type EvidenceDocument,
  type InstanceSubject,
} from '@wetee/attestation'
import { agentProbe } from '@wetee/manifest'
import { expect, test } from 'vitest'
import { attestedApp, type AttestedApp, type Choices } from '../testing/attested-app.ts'
import { genesisSeconds, memoryNetwork, testApp, testBlock } from '../testing/memory-network.ts'
import { verifyStepIds, type VerifyReport, type VerifyStepId } from './report.ts'
import { evidencePath, verify, verifyEvidence } from './verify.ts'

const agentImage = `sha256:${'a9'.repeat(32)}` as const

const judge = (
  app: AttestedApp,
  document: EvidenceDocument | string = app.document,
  more: { channelKeyHash?: `0x${string}`; appId?: bigint } = {},
): Promise<VerifyReport> =>
  verifyEvidence(app, {
    evidence: document,
    channelKeyHash: app.tlsKeyHash,
    nowMs: app.nowMs,
    ...more,
  })
const skippedIds = (report: VerifyReport) =>
  report.steps.filter((step) => step.skipped === true).map((step) => step.id)
const flip = (bytes: Uint8Array, index: number): Uint8Array => {
  const changed = Uint8Array.from(bytes)
  changed[index] = (changed[index] ?? 0) ^ 1
  return changed
}
const subjectOf = (app: AttestedApp) => app.document.subject as InstanceSubject

test('a genuine application passes all thirteen steps in their order, marked as simulated', async () => {
  const app = await attestedApp()
  const report = await judge(app)
  expect(report.steps.map((step) => step.id)).toEqual(verifyStepIds)
  expect(report.steps.filter((step) => !step.ok)).toEqual([])
  expect(report).toMatchObject({ ok: true, simulated: true, failed: [], appId: '7' })
  for (const step of report.steps) expect(step.proof, step.id).toBeDefined()
})

test('a pod that is launched with the initdata of its manifest passes all thirteen steps', async () => {
  const app = await attestedApp({ pod: { agentImage } })
  const report = await judge(app)
  expect(report).toMatchObject({ ok: true, failed: [] })
  expect(report.steps.map((step) => step.id)).toEqual(verifyStepIds)
  const step = (id: VerifyStepId) => report.steps.find((one) => one.id === id)
  expect(step('configuration')?.detail).toMatch(/^MRCONFIGID is that of the initdata with 0x/)
  expect(step('measurement')?.proof).toMatchObject({ agentImage })
})

test('ATTACK a pod that hides that it is one, or names another agent, fails configuration and measurement', async () => {
  const app = await attestedApp({ pod: { agentImage } })
  const { agentImage: _, ...hidden } = app.document
  const other = { ...app.document, agentImage: `sha256:${'a8'.repeat(32)}` as const }
  for (const document of [hidden, other])
    expect((await judge(app, document)).failed).toEqual(['configuration', 'measurement'])
  const plain = await attestedApp()
  const claimed = { ...plain.document, agentImage }
  expect((await judge(plain, claimed)).failed).toEqual(['configuration', 'measurement'])
})

test('what a pod is launched with is not judged by a manifest that is not on chain', async () => {
  const app = await attestedApp({ pod: { agentImage } })
  const manifest = (app.document.manifest ?? '').replace('hello', 'hellp')
  const report = await judge(app, { ...app.document, manifest })
  expect(report.failed).toEqual(['manifest'])
  expect(skippedIds(report)).toContain('configuration')
})

test('a document survives saving and reading, and is judged without a connection', async () => {
  const app = await attestedApp()
  const text = serializeEvidenceDocument(app.document)
  expect(parseEvidenceDocument(text)).toEqual(app.document)
  const report = await verifyEvidence(app, { evidence: text, nowMs: app.nowMs })
  expect(report.ok).toBe(true)
  expect(skippedIds(report)).toEqual(['channel'])
})

test('a document is judged as of a past block by its time, and not as of one that is not final', async () => {
  const app = await attestedApp()
  const { world } = app
  world.head = { ...world.head, number: 1_000n, timestamp: world.head.timestamp + 900n }
  world.blocks.set(1_000n, world.head)
  const judgeAt = (atBlock?: bigint) =>
    verifyEvidence(app, {
      ...{ evidence: app.document, nowMs: Number(world.head.timestamp) * 1000 },
      ...(atBlock === undefined ? {} : { atBlock }),
    })
  expect(await judgeAt(100n)).toMatchObject({ ok: true, failed: [] })
  expect((await judgeAt()).failed).toEqual(['freshness', 'lease'])
  expect((await judgeAt(89n)).failed).toContain('freshness')
  expect((await judgeAt(1_001n)).failed).toContain('network')
})

test('fetching takes the TLS key from the very connection that brought the evidence', async () => {
  const app = await attestedApp()
  const url = 'https://app.test'
  const body = new TextEncoder().encode(serializeEvidenceDocument(app.document))
  const status = {
    appId: '7',
    instances: [
      {
        id: 'a',
        version: 1,
        replica: 0,
        state: 'running',
        urls: [{ service: 'web', target: 8080, url }],
      },
    ],
  }
  const reach = (tlsKeyHash: `0x${string}`) => ({
    ...memoryNetwork(app.world, {
      'http://worker-1.test/v1/apps/7': {
        status: 200,
        body: new TextEncoder().encode(JSON.stringify(status)),
      },
      [url + evidencePath]: { status: 200, body, tlsKeyHash },
    }),
    profile: app.profile,
  })
  const options = { appId: 7n, nowMs: app.nowMs }
  expect(await verify(reach(app.tlsKeyHash), options)).toMatchObject({ ok: true, failed: [] })
  const between = await verify(reach(`0x${'99'.repeat(32)}`), options)
  expect(between).toMatchObject({ ok: false, failed: ['channel'] })
  await expect(verify(memoryNetwork(app.world), { ...options, url })).rejects.toMatchObject({
    code: 'evidence.unreachable',
  })
})

test('where the only port passes bytes on, the evidence is that of the owner API, over the same TLS key', async () => {
  const app = await attestedApp()
  const body = new TextEncoder().encode(serializeEvidenceDocument(app.document))
  const owner = 'https://owner.test'
  const urls = [{ service: 'web', target: 6379, url: 'tcp://app.test:7001' }]
  const instance = { id: 'a', version: 1, replica: 0, state: 'attested', urls, ownerUrl: owner }
  const status = new TextEncoder().encode(JSON.stringify({ appId: '7', instances: [instance] }))
  const reach = (tlsKeyHash: `0x${string}`) => ({
    ...memoryNetwork(app.world, {
      'http://worker-1.test/v1/apps/7': { status: 200, body: status },
      [owner + evidencePath]: { status: 200, body, tlsKeyHash },
    }),
    profile: app.profile,
  })
  const options = { appId: 7n, nowMs: app.nowMs }
  const report = await verify(reach(app.tlsKeyHash), options)
  expect(report).toMatchObject({ ok: true, failed: [], url: owner + evidencePath })
  const between = await verify(reach(`0x${'99'.repeat(32)}`), options)
  expect(between).toMatchObject({ ok: false, failed: ['channel'] })
})

test('evidence that its worker hands on is judged as any other, but nothing is said about a connection', async () => {
  const app = await attestedApp()
  const text = serializeEvidenceDocument(app.document)
  const url = 'http://worker-1.test/v1/apps/7/evidence?replica=0'
  const handedOn = (document: string) => ({
    ...memoryNetwork(app.world, {
      [url]: { status: 200, body: new TextEncoder().encode(document) },
    }),
    profile: app.profile,
  })
  const options = { appId: 7n, nowMs: app.nowMs, relayed: true }
  const report = await verify(handedOn(text), options)
  expect(report).toMatchObject({ ok: true, url })
  expect(skippedIds(report)).toEqual(['channel'])
  const { tlsKeyHash } = subjectOf(app)
  const changed = text.replaceAll(tlsKeyHash, `0x${'99'.repeat(32)}`)
  expect(await verify(handedOn(changed), options)).toMatchObject({
    ok: false,
    failed: ['report-data'],
  })
  await expect(verify(memoryNetwork(app.world), options)).rejects.toMatchObject({
    code: 'evidence.unreachable',
  })
})

test('an application launched under the key that the network has made passes', async () => {
  const networkKey = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` } as const
  const app = await attestedApp({ networkKey })
  const report = await verifyEvidence(app, {
    evidence: app.document,
    nowMs: app.nowMs,
    channelKeyHash: app.tlsKeyHash,
  })
  expect(report).toMatchObject({ ok: true, failed: [] })
})

test('an application passes under the older key that lives, where its version is of before the newer one', async () => {
  const networkKey = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` } as const
  const app = await attestedApp({ networkKey })
  const { world } = app
  const report = async () =>
    verifyEvidence(app, {
      ...{ evidence: app.document, nowMs: app.nowMs, channelKeyHash: app.tlsKeyHash },
    })
  const { createdBlock } = world.versions.get('7/1')!
  const endsAt = genesisSeconds + 9_999n
  world.olderKey = { ...networkKey, number: 1, madeBlock: 0n, lastEpoch: 1n, endsAt }
  world.networkKey = { Y: `0x02${'33'.repeat(32)}`, S: `0x03${'44'.repeat(32)}` }
  world.networkKeyMade = createdBlock
  expect(await report()).toMatchObject({ ok: true, failed: [] })
  world.olderKey = { ...world.olderKey, madeBlock: createdBlock - 2n }
  world.networkKeyMade = createdBlock - 1n
  expect(await report()).toMatchObject({ ok: false, failed: ['configuration'] })
})

test('an address without TLS fails the channel, though nothing else is wrong', async () => {
  const app = await attestedApp()
  const url = 'http://app.test'
  const body = new TextEncoder().encode(serializeEvidenceDocument(app.document))
  const network = {
    ...memoryNetwork(app.world, { [url + evidencePath]: { status: 200, body } }),
    profile: app.profile,
  }
  const report = await verify(network, { appId: 7n, url, nowMs: app.nowMs })
  expect(report).toMatchObject({ ok: false, failed: ['channel'] })
})

type Tampering = {
  readonly what: string
  readonly step: VerifyStepId
  readonly before?: Choices
  readonly document?: (app: AttestedApp) => EvidenceDocument
  readonly chain?: (app: AttestedApp) => void
  readonly channel?: `0x${string}`
}
const withSubject = (app: AttestedApp, fields: Partial<InstanceSubject>): EvidenceDocument => ({
  ...app.document,
  subject: { ...subjectOf(app), ...fields },
})

const serviceImage = `sha256:${'cd'.repeat(32)}`
const probe = ['/run/wetee/launch', '/bin/true']
/** MRCONFIGID of a pod whose host chose the policy. */
const launchedWith = (images: readonly string[], commands: readonly (readonly string[])[]) => ({
  agentImage,
  launched: (configDigest: `0x${string}`) =>
    initdataLaunchField('tdx', configDigest, kataPolicy({ images, commands })).value,
})

const podTamperings: Tampering[] = [
  {
    what: 'ATTACK initdata with one image more',
    step: 'configuration',
    before: {
      pod: launchedWith([agentImage, serviceImage, `sha256:${'ee'.repeat(32)}`], [agentProbe]),
    },
  },
  {
    what: 'ATTACK initdata with one command more',
    step: 'configuration',
    before: { pod: launchedWith([agentImage, serviceImage], [agentProbe, probe]) },
  },
  {
    what: 'ATTACK initdata without a policy',
    step: 'configuration',
    before: {
      pod: { agentImage, launched: (config) => initdataLaunchField('tdx', config).value },
    },
  },
  {
    what: 'ATTACK a pod without initdata',
    step: 'configuration',
    before: { pod: { agentImage, launched: (config) => launchField('tdx', config).value } },
  },
  {
    what: 'a pod whose hardware shows nothing',
    step: 'configuration',
    before: { pod: { agentImage, launched: () => `0x${'00'.repeat(48)}` } },
  },
  {
    what: 'initdata of another application',
    step: 'configuration',
    before: { pod: { agentImage }, configuredAppId: 8n },
  },
  {
    what: 'ATTACK a pod accepted by its guest alone',
    step: 'measurement',
    before: { pod: { agentImage } },
    chain: ({ world, guestMeasurementId }) =>
      void (world.references = new Set([`1/${guestMeasurementId}`])),
  },
]

const tamperings: Tampering[] = [
  ...podTamperings,
  {
    what: 'roots that are not those on chain',
    step: 'network',
    chain: ({ world }) => {
      world.facts = { ...world.facts, trustStoreDigest: `0x${'12'.repeat(32)}` }
    },
  },
  {
    what: 'a profile of another kind of network than the chain',
    step: 'network',
    chain: ({ world }) => void (world.facts = { ...world.facts, kind: 'live' }),
  },
  {
    what: 'an application that is paused',
    step: 'application',
    chain: ({ world }) => void world.apps.set(7n, testApp(7n, { state: 'paused' })),
  },
  {
    what: 'one byte of the manifest in the document',
    step: 'manifest',
    document: (app) => ({
      ...app.document,
      manifest: (app.document.manifest ?? '').replace('hello', 'hellp'),
    }),
  },
  {
    what: 'another TLS key on this connection',
    step: 'channel',
    channel: `0x${'78'.repeat(32)}`,
  },
  ...[0, 100, 368, 600, 700].map((index): Tampering => ({
    what: `byte ${index} of the quote`,
    step: 'quote',
    document: (app) => ({ ...app.document, quote: flip(app.document.quote, index) }),
  })),
  {
    what: 'one byte of the signed TCB info',
    step: 'quote',
    document: (app) => ({
      ...app.document,
      endorsements: {
        ...app.document.endorsements,
        tcb_info: app.document.endorsements.tcb_info.replace('"', ' "'),
      },
    }),
  },
  ...(
    [
      { signingKey: `0x02${'ab'.repeat(32)}` },
      { hpkeKey: `0x${'23'.repeat(32)}` },
      { tlsKeyHash: `0x${'78'.repeat(32)}` },
      { workerId: 2n },
      { replica: 1 },
      { blockNumber: 91n },
      { blockHash: testBlock(91n).hash },
      { cloud: `0x${'04'.repeat(20)}` },
      { chainId: 1n },
    ] as Partial<InstanceSubject>[]
  ).map((fields): Tampering => ({
    what: `another ${Object.keys(fields).join()} beside the quote`,
    step: 'report-data',
    document: (app) => withSubject(app, fields),
  })),
  {
    what: 'evidence signed for another chain',
    step: 'report-data',
    before: { subject: { chainId: 1n } },
  },
  {
    what: 'evidence signed for another Cloud',
    step: 'report-data',
    before: { subject: { cloud: `0x${'04'.repeat(20)}` } },
  },
  {
    what: 'a launch with the configuration of another application',
    step: 'configuration',
    before: { configuredAppId: 8n },
  },
  {
    what: 'a launch under the key of another network, whose shares a host could play',
    step: 'configuration',
    before: { networkKey: { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` } },
    chain: ({ world }) => {
      world.networkKey = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'33'.repeat(32)}` }
    },
  },
  {
    what: 'a launch without the key that the network has made',
    step: 'configuration',
    chain: ({ world }) => {
      world.networkKey = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` }
    },
  },
  {
    what: 'hardware of a kind that the owner does not allow',
    step: 'configuration',
    chain: ({ world }) => {
      const version = world.versions.get('7/1')
      if (version !== undefined)
        world.versions.set('7/1', { ...version, terms: { ...version.terms, teeClasses: 6 } })
    },
  },
  {
    what: 'a measurement that is not accepted',
    step: 'measurement',
    chain: ({ world }) => world.references.clear(),
  },
  {
    what: 'an image event in the log that was not measured',
    step: 'images',
    document: (app) => ({
      ...app.document,
      eventLog: app.document.eventLog.map((event) => ({
        ...event,
        digest: `sha256:${'ce'.repeat(32)}` as const,
      })),
    }),
  },
  {
    what: 'an empty event log',
    step: 'images',
    document: (app) => ({ ...app.document, eventLog: [] }),
  },
  {
    what: 'a measured image that is not the manifest’s',
    step: 'images',
    before: { measuredImages: [`sha256:${'ce'.repeat(32)}`] },
  },
  { what: 'a TEE that measured no image', step: 'images', before: { measuredImages: [] } },
  {
    what: 'a TEE that measured one image more',
    step: 'images',
    before: { measuredImages: [`sha256:${'cd'.repeat(32)}`, `sha256:${'ce'.repeat(32)}`] },
  },
  {
    what: 'a TEE in debug mode',
    step: 'policy',
    before: { chip: (chip) => chip.setDebug(true) },
  },
  {
    what: 'a TCB that is out of date',
    step: 'policy',
    before: { chip: (chip) => chip.setTcb('OutOfDate') },
  },
  {
    what: 'a signed block that is not on this chain',
    step: 'freshness',
    before: { subject: { blockHash: `0x${'ff'.repeat(32)}` } },
  },
  {
    what: 'a signed block that is not final yet',
    step: 'freshness',
    before: { subject: { blockNumber: 101n, blockHash: testBlock(101n).hash } },
  },
  {
    what: 'evidence one second older than allowed',
    step: 'freshness',
    chain: ({ world }) => {
      world.head = { ...testBlock(100n), timestamp: genesisSeconds + 90n + 301n }
      const lease = world.leases.get('7/0/0')
      if (lease !== undefined)
        world.leases.set('7/0/0', { ...lease, notAfter: genesisSeconds + 9_999n })
    },
  },
  {
    what: 'a machine that is not registered to the worker',
    step: 'platform',
    chain: ({ world }) => world.platforms.clear(),
  },
  {
    what: 'signed evidence that names another worker',
    step: 'platform',
    before: { subject: { workerId: 2n } },
  },
  { what: 'no lease', step: 'lease', chain: ({ world }) => world.leases.clear() },
  {
    what: 'a lease that has just lapsed',
    step: 'lease',
    chain: ({ world }) => {
      const lease = world.leases.get('7/0/0')
      if (lease !== undefined)
        world.leases.set('7/0/0', { ...lease, notAfter: world.head.timestamp })
    },
  },
  {
    what: 'a lease whose key was revoked before its end',
    step: 'lease',
    chain: ({ world }) => {
      const lease = world.leases.get('7/0/0')
      if (lease !== undefined) world.revokedKeys.add(lease.instanceKey)
    },
  },
  {
    what: 'a lease of this key for another version',
    step: 'lease',
    chain: ({ world }) => {
      const lease = world.leases.get('7/0/0')
      if (lease !== undefined) world.leases.set('7/0/0', { ...lease, version: 2 })
    },
  },
  {
    what: 'a lease for another TLS key',
    step: 'lease',
    chain: ({ world }) => {
      const lease = world.leases.get('7/0/0')
      if (lease !== undefined)
        world.leases.set('7/0/0', { ...lease, tlsKeyHash: `0x${'78'.repeat(32)}` })
    },
  },
]

test.each(tamperings)('$what fails the step $step and no other', async (tampering) => {
  const app = await attestedApp(tampering.before)
  tampering.chain?.(app)
  const more = tampering.channel === undefined ? {} : { channelKeyHash: tampering.channel }
  const report = await judge(app, tampering.document?.(app), more)
  expect(report.failed).toEqual([tampering.step])
  expect(report.ok).toBe(false)
})

test('terms in the manifest that the contract does not enforce fail the manifest', async () => {
  const app = await attestedApp()
  const version = app.world.versions.get('7/1')
  if (version === undefined) throw new Error('no version')
  app.world.versions.set('7/1', { ...version, termsDigest: `0x${'12'.repeat(32)}` })
  expect((await judge(app)).failed).toEqual(['manifest', 'configuration'])
})

test('steps that rest on a broken quote are skipped with the reason, the others are judged', async () => {
  const app = await attestedApp()
  const report = await judge(app, { ...app.document, quote: flip(app.document.quote, 600) })
  expect(skippedIds(report)).toEqual([
    'channel',
    'report-data',
    'configuration',
    'measurement',
    'images',
    'policy',
    'freshness',
    'platform',
    'lease',
  ])
  expect(report.steps.find((step) => step.id === 'manifest')).toMatchObject({ ok: true })
})

test('evidence of another application is refused under the name of this one', async () => {
  const app = await attestedApp()
  app.world.apps.set(8n, testApp(8n))
  const report = await judge(app, app.document, { appId: 8n })
  expect(report.failed[0]).toBe('application')
})

test('a genuine network never takes simulated roots, whatever profile and chain say', async () => {
  const app = await attestedApp()
  app.world.facts = { ...app.world.facts, simulated: false }
  const lying = { ...app, profile: { ...app.profile, simulated: false } }
  const report = await judge(lying)
  expect(report.failed).toEqual(['network'])
  expect(report.steps.find((step) => step.id === 'quote')).toMatchObject({ skipped: true })
  const other = await judge({ ...app, profile: { ...app.profile, simulated: true } })
  expect(other.failed).toEqual(['network'])
})

test('a chain that does not answer fails the network step and leaves nothing judged as good', async () => {
  const app = await attestedApp()
  app.world.reachable = false
  const report = await judge(app)
  expect(report.failed).toEqual(['network'])
  expect(report.ok).toBe(false)
  expect(report.steps.filter((step) => step.ok)).toEqual([])
})

test('bytes that are no evidence document fail with a sentence, not an exception', async () => {
  const app = await attestedApp()
  const report = await judge(app, '{"format":"wetee/evidence/v1"}')
  expect(report.failed).toEqual(['application'])
  expect(report.steps[1]?.detail).toMatch(/cannot be read/)
})
