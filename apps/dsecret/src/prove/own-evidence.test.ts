// The node's own evidence: what it says, when it is made anew.
import { mrConfigId, nodeConfigDigest, parseEvidenceDocument } from '@wetee/attestation'
import { beforeEach, expect, test } from 'vitest'
import { appraiseMachine } from '../appraise/machine.ts'
import { genesisSeconds, testNetwork } from '../testing/memory-view.ts'
import { testDevice } from '../testing/test-device.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { OwnEvidence } from './own-evidence.ts'

let network: TestNetwork
let evidence: OwnEvidence
let quotes: number
let fails: boolean

beforeEach(() => {
  network = new TestNetwork()
  quotes = 0
  fails = false
  const { statementKey, encryptionKey, tlsKeyHash } = network.registered(1)
  const subject = {
    kind: 'node',
    chainId: BigInt(testNetwork.chainId),
    subnet: testNetwork.contracts.subnet,
    role: 2,
    nodeId: 1n,
    statementKey,
    encryptionKey,
    tlsKeyHash,
  } as const
  const device = testDevice(network.strangeChip(), {
    mrtd: network.nodeMrtd,
    mrConfigId: mrConfigId(nodeConfigDigest(subject)),
  })
  evidence = new OwnEvidence({
    device: {
      platform: 'tdx',
      quote: (reportData) => {
        quotes++
        return fails ? Promise.reject(new Error('no TEE')) : device.quote(reportData)
      },
    },
    collateral: () => Promise.resolve(network.vendor.collateral(Number(genesisSeconds) * 1_000)),
    view: network.context.view,
    subject,
    clock: network.clock,
    signal: new AbortController().signal,
  })
})

test('peers take it: it names the newest finalized block and the keys of this node', async () => {
  const document = parseEvidenceDocument(await evidence.make())
  const proof = await appraiseMachine(network.context, document, new AbortController().signal)
  expect(proof).toMatchObject({ role: 2, nodeId: 1n, evidenceBlock: 100n })
})

test('strangers see the same for 30 s, and at the same time they cost one quote', async () => {
  const [first, second] = await Promise.all([evidence.shown(), evidence.shown()])
  expect(second).toBe(first)
  network.clock.nowMs += 29_999
  expect(await evidence.shown()).toBe(first)
  expect(quotes).toBe(1)
  network.clock.nowMs += 1
  network.world.head++
  expect(await evidence.shown()).not.toBe(first)
  expect(quotes).toBe(2)
})

test('a failure is not kept', async () => {
  fails = true
  await expect(evidence.shown()).rejects.toThrow('no TEE')
  fails = false
  expect(await evidence.shown()).toContain('wetee/evidence/v1')
})
