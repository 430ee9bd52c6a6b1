// Appraisal of the network's own machines with real simulated quotes.
import { evidenceDigest, type EvidenceDocument, type NodeSubject } from '@wetee/attestation'
import { beforeEach, expect, test } from 'vitest'
import { floorKey, genesisSeconds } from '../testing/memory-view.ts'
import { images } from '../testing/test-manifest.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { appraiseMachine } from './machine.ts'

let network: TestNetwork
beforeEach(() => {
  network = new TestNetwork()
})

const appraise = (document: EvidenceDocument) =>
  appraiseMachine(network.context, document, new AbortController().signal)

async function refusal(document: EvidenceDocument): Promise<unknown> {
  try {
    await appraise(document)
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return 'accepted'
}

test("a worker's machine is proven under its operator's address", async () => {
  const document = network.workerEvidence()
  expect(await appraise(document)).toEqual({
    role: 1,
    nodeId: 1n,
    platformId: network.platformIdOf(network.workerChip),
    statementKey: network.operator.address.toLowerCase(),
    encryptionKey: `0x${'00'.repeat(33)}`,
    tlsKeyHash: `0x${'00'.repeat(32)}`,
    measurementId: network.measurementOf(network.agentMrtd),
    evidenceBlock: 90n,
    notBefore: genesisSeconds + 90n,
    notAfter: genesisSeconds + 3_690n,
    evidenceDigest: evidenceDigest(document, document.endorsements),
  })
})

test('a dsecret node is proven under the keys it has registered', async () => {
  expect(await appraise(network.nodeEvidence(2))).toMatchObject({
    role: 2,
    nodeId: 2n,
    statementKey: network.registered(2).statementKey,
    measurementId: network.measurementOf(network.nodeMrtd),
  })
})

test('keys other than the registered ones are refused', async () => {
  const key = network.registered(2).statementKey
  const others: Partial<NodeSubject>[] = [
    { statementKey: key },
    { encryptionKey: `0x02${'99'.repeat(32)}` },
    { tlsKeyHash: `0x${'99'.repeat(32)}` },
  ]
  for (const other of others)
    expect(await refusal(network.nodeEvidence(1, other))).toBe('node.keys-differ')
  expect(await refusal(network.workerEvidence({ statementKey: key }))).toBe('node.keys-differ')
})

test('nodes and workers that nobody has registered are refused', async () => {
  network.world.nodes.clear()
  network.world.operators.clear()
  expect(await refusal(network.nodeEvidence(1))).toBe('node.unknown')
  expect(await refusal(network.workerEvidence())).toBe('node.unknown')
})

test('evidence of one node cannot be replayed for another', async () => {
  const document = network.nodeEvidence(1)
  const { statementKey, encryptionKey, tlsKeyHash } = network.registered(2)
  const subject = { ...document.subject, nodeId: 2n, statementKey, encryptionKey, tlsKeyHash }
  expect(await refusal({ ...document, subject: subject })).toBe('report-data.differs')
})

test('a TEE that was launched for another node is refused', async () => {
  const document = network.nodeEvidence(1)
  const other = network.nodeEvidence(2)
  // The guest of node 2 quotes the subject of node 1: its keys are in the report data, its launch is not.
  expect(await refusal({ ...other, subject: document.subject })).toBe('report-data.differs')
  const chip = network.strangeChip()
  const { statementKey, encryptionKey, tlsKeyHash } = network.registered(1)
  const subject = { role: 2, nodeId: 1n, statementKey, encryptionKey, tlsKeyHash } as const
  const launchedFor9 = network.machineEvidence(subject, chip, network.nodeMrtd, [], 9n)
  expect(await refusal(launchedFor9)).toBe('config.differs')
})

test('a machine of the network has measured no images', async () => {
  const { statementKey, encryptionKey, tlsKeyHash } = network.registered(1)
  const subject = { role: 2, nodeId: 1n, statementKey, encryptionKey, tlsKeyHash } as const
  const chip = network.strangeChip()
  const document = network.machineEvidence(subject, chip, network.nodeMrtd, [['web', images.web]])
  expect(await refusal(document)).toBe('event-log.differs')
  expect(await refusal({ ...document, eventLog: [] })).toBe('event-log.differs')
  const { eventLog } = document
  expect(await refusal({ ...network.nodeEvidence(1), eventLog })).toBe('event-log.differs')
})

test("the agent's measurement is none of the dsecret node, and the other way round", async () => {
  const { statementKey, encryptionKey, tlsKeyHash } = network.registered(1)
  const subject = { role: 2, nodeId: 1n, statementKey, encryptionKey, tlsKeyHash } as const
  const document = network.machineEvidence(subject, network.strangeChip(), network.agentMrtd)
  expect(await refusal(document)).toBe('measurement.unknown')
})

test('a machine belongs to one worker or node while its proof is live', async () => {
  const id = network.platformIdOf(network.workerChip)
  const facts = network.world.platforms.get(id)!
  expect(await refusal(network.workerEvidence())).toBe('accepted')
  network.world.platforms.set(id, { ...facts, nodeId: 2n })
  expect(await refusal(network.workerEvidence())).toBe('platform.taken')
  network.world.platforms.set(id, { ...facts, nodeId: 2n, notAfter: genesisSeconds + 100n })
  expect(await refusal(network.workerEvidence())).toBe('accepted')
  network.world.platforms.set(id, { ...facts, denied: true })
  expect(await refusal(network.workerEvidence())).toBe('platform.denied')
})

test('revoked keys, machines, measurements and workers get no proof', async () => {
  const subjects = {
    key: network.operator.address.toLowerCase() as `0x${string}`,
    platform: network.platformIdOf(network.workerChip),
    measurement: network.measurementOf(network.agentMrtd),
    worker: 1n,
  } as const
  for (const [subject, id] of Object.entries(subjects)) {
    const key = floorKey(subject as keyof typeof subjects, id)
    network.world.floors.set(key, 90n)
    expect(await refusal(network.workerEvidence()), subject).toBe(`revoked.${subject}`)
    network.world.floors.clear()
  }
})

test('evidence for another chain or Subnet, of an instance, or of a guest in debug mode is refused', async () => {
  expect(await refusal(network.workerEvidence({ chainId: 1n }))).toBe('subject.network')
  const subnet = `0x${'5c'.repeat(20)}` as const
  expect(await refusal(network.workerEvidence({ subnet }))).toBe('subject.network')
  expect(await refusal((await network.instanceEvidence()).document)).toBe('evidence.kind')
  network.workerChip.setDebug(true)
  expect(await refusal(network.workerEvidence())).toBe('policy.flag')
})

test('a view of the chain that is too old proves nothing', async () => {
  network.clock.nowMs = Number(genesisSeconds + 100n) * 1_000 + 300_001
  expect(await refusal(network.workerEvidence())).toBe('view.stale')
})
