// Nodes that vouch for each other over real HTTPS, against a chain in memory.
import {
  evidenceDigest,
  parseEvidenceDocument,
  serializeEvidenceDocument,
} from '@wetee/attestation'
import { nodeProofBatchTypedData, type NodeProof } from '@wetee/chain'
import { recoverTypedDataAddress } from 'viem'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { genesisSeconds, testNetwork } from '../testing/memory-view.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { silentLog, startTestNode, type TestNode } from '../testing/test-node.ts'
import { NodeProver, type Signed } from './node-prover.ts'
import { openPeer } from './peers.ts'

const committee = { epoch: 1n, threshold: 2, members: [1n, 2n, 3n] }
let network: TestNetwork
let nodes: TestNode[]
let sent: { proof: NodeProof; uri: string; signed: Signed }[]
let kept: Map<string, string>
let stopping: AbortController

beforeEach(async () => {
  network = new TestNetwork()
  network.world.proofs.clear()
  network.world.committees = { active: undefined, latest: committee, genesisOpen: true }
  nodes = await Promise.all([1, 2, 3].map((n) => startTestNode(network, n)))
  sent = []
  kept = new Map()
  stopping = new AbortController()
})
afterEach(async () => {
  stopping.abort()
  await Promise.all(nodes.map((node) => node.close()))
})

/** Evidence of node n with the TLS key that it has registered. */
const evidenceOf = (n: number) => () => {
  const { tlsKeyHash } = network.world.nodes.get(BigInt(n))!
  return Promise.resolve(serializeEvidenceDocument(network.nodeEvidence(n, { tlsKeyHash })))
}

function proverOf(n: number, sleep?: (ms: number) => void): NodeProver {
  return new NodeProver({
    nodeId: BigInt(n),
    view: network.context.view,
    evidence: { make: evidenceOf(n) },
    self: nodes[n - 1]!.judge,
    openPeer,
    shelf: { put: (digest, text) => void kept.set(digest, text) },
    submit: (proof, uri, signed) => {
      sent.push({ proof, uri, signed })
      network.world.proofs.set(proof.nodeId, proof.notAfter)
      return Promise.resolve()
    },
    clock: {
      now: () => network.clock.now(),
      sleep: (ms) => {
        sleep?.(ms)
        return Promise.resolve()
      },
    },
    log: silentLog,
    signal: stopping.signal,
  })
}

async function signersOf({ proof, signed }: { proof: NodeProof; signed: Signed }) {
  const { epoch, expiry, bitmap, signatures } = signed
  const members = committee.members.filter((_, index) => (bitmap >> BigInt(index)) & 1n)
  const keys = await Promise.all(
    members.map((_, position) =>
      recoverTypedDataAddress({
        ...nodeProofBatchTypedData(testNetwork, { epoch, expiry, proofs: [proof] }),
        signature: `0x${signatures.slice(2 + position * 130, 132 + position * 130)}`,
      }),
    ),
  )
  const expected = members.map((id) => network.statementKeys[Number(id) - 1]?.address)
  return { members, genuine: JSON.stringify(keys) === JSON.stringify(expected) }
}

test('at genesis members vouch for each other: a threshold of signatures in the order of their index', async () => {
  for (const n of [1, 2, 3]) await proverOf(n).prove()
  expect(sent.map(({ proof }) => proof.nodeId)).toEqual([1n, 2n, 3n])
  for (const one of sent) {
    const { members, genuine } = await signersOf(one)
    expect(members).toHaveLength(2)
    expect(genuine).toBe(true)
    expect(one.signed).toMatchObject({ epoch: 1n, expiry: one.proof.notAfter })
  }
})

test('the evidence behind a proof is kept under its digest, at the address that the proof names', async () => {
  await proverOf(1).prove()
  const { proof, uri } = sent[0]!
  const digest = proof.evidenceDigest.slice(2)
  expect(uri).toBe(`https://${nodes[0]!.host}:${nodes[0]!.port}/v1/evidence/${digest}`)
  const document = parseEvidenceDocument(kept.get(digest) ?? '')
  expect(evidenceDigest(document, document.endorsements)).toBe(proof.evidenceDigest)
})

test('a node that leaves or was slashed says so', async () => {
  for (const [status, code] of [
    ['leaving', 'node.leaving'],
    ['slashed', 'node.slashed'],
    ['active', undefined],
  ] as const) {
    network.world.nodes.set(3n, { ...network.world.nodes.get(3n)!, status })
    network.world.proofs.set(3n, genesisSeconds + 10_000n)
    stopping = new AbortController()
    const prover = proverOf(3, () => stopping.abort())
    await prover.run()
    expect(prover.standing?.code).toBe(code)
  }
})

test('later only members with a live proof are asked', async () => {
  network.world.committees = { active: committee, latest: committee, genesisOpen: false }
  network.world.proofs.set(1n, genesisSeconds + 1_000n).set(2n, genesisSeconds + 1_000n)
  await proverOf(3).prove()
  expect(await signersOf(sent[0]!)).toEqual({ members: [1n, 2n], genuine: true })
  expect(nodes[2]!.requests).toEqual([])
})

test('one node of three may be away, two may not', async () => {
  await nodes[0]!.close()
  await proverOf(3).prove()
  expect((await signersOf(sent[0]!)).members).toEqual([2n, 3n])
  await nodes[1]!.close()
  await expect(proverOf(3).prove()).rejects.toThrow(
    expect.objectContaining({ code: 'quorum.too-few', retryable: true }),
  )
  nodes.splice(0, 2)
})

test('nothing is proven by a view that is more than 5 minutes old', async () => {
  network.clock.nowMs += 300_001
  await expect(proverOf(3).prove()).rejects.toMatchObject({ code: 'view.stale' })
  expect(sent).toEqual([])
  expect(nodes[0]!.requests).toEqual([])
})

test('a peer with another TLS key than the registered one is not asked', async () => {
  const registered = network.world.nodes.get(1n)!
  network.world.nodes.set(1n, { ...registered, tlsKeyHash: `0x${'99'.repeat(32)}` })
  await proverOf(3).prove()
  expect(nodes[0]!.requests).toEqual([])
  expect((await signersOf(sent[0]!)).members).toEqual([2n, 3n])
})

test('a peer whose signature is not of its registered key is not counted', async () => {
  const { judge } = nodes[1]!
  const prover = new NodeProver({
    nodeId: 3n,
    view: network.context.view,
    evidence: { make: evidenceOf(3) },
    self: nodes[2]!.judge,
    openPeer: () => ({
      appraiseNode: (evidence, signal) => judge.appraiseNode(evidence, signal),
      signProofs: (proofs) => judge.signProofs(proofs),
    }),
    shelf: { put: () => undefined },
    submit: (proof, uri, signed) => Promise.resolve(void sent.push({ proof, uri, signed })),
    clock: { now: () => network.clock.now(), sleep: () => Promise.resolve() },
    log: silentLog,
    signal: stopping.signal,
  })
  // Node 2 answers in the place of node 1 as well.
  await prover.prove()
  expect((await signersOf(sent[0]!)).members).toEqual([2n, 3n])
})

test('it proves when half of a proof is gone and waits while more is left', async () => {
  network.world.proofs.set(3n, genesisSeconds + 100n + 1_801n)
  const waits: number[] = []
  const prover = proverOf(3, (ms) => {
    waits.push(ms)
    if (waits.length === 1) network.world.proofs.set(3n, genesisSeconds + 100n + 1_800n)
    else stopping.abort()
  })
  await prover.run()
  expect(waits[0]).toBe(1_000)
  expect(sent).toHaveLength(1)
  expect(waits[1]).toBe(60_000)
  expect(prover.condition).toBeUndefined()
})

test('it says that it is not proven and tries again, at most 10 s apart', async () => {
  network.world.committees = { active: undefined, latest: undefined, genesisOpen: false }
  const waits: number[] = []
  const prover = proverOf(3, (ms) => {
    waits.push(ms)
    if (waits.length === 2) network.world.reachable = false
    if (waits.length === 8) stopping.abort()
  })
  await prover.run()
  expect(waits).toEqual([1_000, 1_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000])
  expect(prover.condition).toMatchObject({ code: 'node.not-proven', severity: 'error' })
})
