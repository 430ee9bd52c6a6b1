// Signing: only what was appraised here lately, only as a live member of the committee that speaks, never two contradicting leases.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serializeEvidenceDocument } from '@wetee/attestation'
import { leaseBatchTypedData, nodeProofBatchTypedData, type AttestationLease } from '@wetee/chain'
import { recoverTypedDataAddress } from 'viem'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Judge } from './judge.ts'
import { openLedger, type Ledger } from './store/ledger.ts'
import { genesisSeconds, testNetwork } from './testing/memory-view.ts'
import { TestNetwork } from './testing/test-network.ts'

const signal = new AbortController().signal
let network: TestNetwork
let folder: string
let ledger: Ledger
let judge: Judge

beforeEach(() => {
  network = new TestNetwork()
  folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
  ledger = openLedger(join(folder, 'signed.db'))
  judge = judgeOf(2)
})
afterEach(() => {
  ledger.close()
  rmSync(folder, { recursive: true })
})

const judgeOf = (n: number) =>
  new Judge({
    ...network.context,
    nodeId: BigInt(n),
    account: network.statementKeys[n - 1]!,
    ledger,
  })

async function appraised(replica = 0): Promise<AttestationLease> {
  const { text, operatorSignature } = await network.instanceEvidence({ subject: { replica } })
  return judge.appraise(text, operatorSignature, signal)
}

const appraisedProof = (document = network.nodeEvidence(1)) =>
  judge.appraiseNode(serializeEvidenceDocument(document), signal)

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return 'signed'
}

describe('leases', () => {
  test('a batch is signed for the active epoch until its first lease ends, in the order asked for', async () => {
    const leases = [await appraised(1), await appraised(0)]
    const { epoch, expiry, member, signature } = await judge.signLeases(leases)
    expect({ epoch, expiry, member }).toEqual({
      epoch: 4n,
      expiry: genesisSeconds + 390n,
      member: 1,
    })
    const typedData = leaseBatchTypedData(testNetwork, { epoch, expiry, leases })
    expect(await recoverTypedDataAddress({ ...typedData, signature })).toBe(
      network.statementKeys[1]!.address,
    )
  })

  test('what this node has not appraised is not signed, nor anything with a changed field', async () => {
    const lease = await appraised()
    const evidenceDigest = `0x${'11'.repeat(32)}` as const
    expect(await codeOf(judge.signLeases([{ ...lease, evidenceDigest }]))).toBe(
      'statement.not-appraised',
    )
    const others: Partial<AttestationLease>[] = [
      { workerId: 2n },
      { appId: 8n },
      { replica: 1 },
      { notAfter: lease.notAfter + 1n },
      { instanceKey: network.operator.address },
    ]
    for (const other of others)
      expect(await codeOf(judge.signLeases([{ ...lease, ...other }]))).toBe('statement.differs')
    expect(await codeOf(judge.signLeases([lease, { ...lease, replica: 1 }]))).toBe(
      'statement.differs',
    )
  })

  test('an appraisal counts for five minutes', async () => {
    network.world.maxLeaseSeconds = [{ from: 0n, seconds: 3_600n }]
    const lease = await appraised()
    network.clock.nowMs += 300_000
    network.world.head += 300n
    expect(await codeOf(judge.signLeases([lease]))).toBe('signed')
    network.clock.nowMs += 1
    expect(await codeOf(judge.signLeases([lease]))).toBe('statement.not-appraised')
  })

  test('a lease that has ended is not signed', async () => {
    const lease = await appraised()
    network.world.head = 389n
    expect(await codeOf(judge.signLeases([lease]))).toBe('signed')
    network.world.head = 390n
    expect(await codeOf(judge.signLeases([lease]))).toBe('statement.expired')
  })

  test('nothing is signed by a view of the chain that is more than 5 minutes old, or gone', async () => {
    const lease = await appraised()
    network.world.reachable = false
    expect(await codeOf(judge.signLeases([lease]))).toBe('chain.unreachable')
    network.world.reachable = true
    network.clock.nowMs = Number(genesisSeconds + 100n) * 1_000 + 300_001
    expect(await codeOf(judge.signLeases([lease]))).toBe('view.stale')
  })

  test('two leases about one piece of evidence are never signed, not even after a restart', async () => {
    const offered = await network.instanceEvidence()
    const first = await judge.appraise(offered.text, offered.operatorSignature, signal)
    await judge.signLeases([first])
    // An RPC that lies about a parameter would make an honest node contradict itself.
    network.world.maxLeaseSeconds = [{ from: 0n, seconds: 600n }]
    const second = await judge.appraise(offered.text, offered.operatorSignature, signal)
    expect(second.notAfter).not.toBe(first.notAfter)
    expect(await codeOf(judge.signLeases([second]))).toBe('statement.conflict')
    ledger.close()
    ledger = openLedger(join(folder, 'signed.db'))
    judge = judgeOf(2)
    const third = await judge.appraise(offered.text, offered.operatorSignature, signal)
    expect(await codeOf(judge.signLeases([third]))).toBe('statement.conflict')
    network.world.maxLeaseSeconds = [{ from: 0n, seconds: 300n }]
    const again = await judge.appraise(offered.text, offered.operatorSignature, signal)
    expect(await codeOf(judge.signLeases([again]))).toBe('signed')
  })

  test('a conflict in a batch leaves nothing behind of the others', async () => {
    const offered = await network.instanceEvidence()
    await judge.signLeases([await judge.appraise(offered.text, offered.operatorSignature, signal)])
    network.world.maxLeaseSeconds = [{ from: 0n, seconds: 600n }]
    const other = await appraised(1)
    const bad = await judge.appraise(offered.text, offered.operatorSignature, signal)
    expect(await codeOf(judge.signLeases([other, bad]))).toBe('statement.conflict')
    network.world.maxLeaseSeconds = [{ from: 0n, seconds: 300n }]
    expect(await codeOf(judge.signLeases([await appraised(1)]))).toBe('signed')
  })
})

describe('standing', () => {
  test('a node that is not in the active committee says so', async () => {
    const lease = await appraised()
    const committee = { epoch: 4n, threshold: 2, members: [1n, 3n] }
    network.world.committees = { active: committee, latest: committee, genesisOpen: false }
    expect(await codeOf(judge.signLeases([lease]))).toBe('node.not-member')
    network.world.committees = { active: undefined, latest: committee, genesisOpen: true }
    expect(await codeOf(judge.signLeases([lease]))).toBe('committee.none')
  })

  test('a member without a live proof, or with other keys on chain, does not sign: it would spoil the batch', async () => {
    const lease = await appraised()
    network.world.proofs.set(2n, genesisSeconds + 100n)
    expect(await codeOf(judge.signLeases([lease]))).toBe('node.not-proven')
    network.world.proofs.set(2n, genesisSeconds + 101n)
    expect(await codeOf(judge.signLeases([lease]))).toBe('signed')
    network.world.nodes.set(2n, network.registered(3))
    expect(await codeOf(judge.signLeases([lease]))).toBe('node.keys-differ')
  })
})

describe('proofs', () => {
  test('a proof is signed like a lease, for the active epoch', async () => {
    const proof = await appraisedProof(network.workerEvidence())
    const { epoch, expiry, member, signature } = await judge.signProofs([proof])
    expect({ epoch, expiry, member }).toEqual({ epoch: 4n, expiry: proof.notAfter, member: 1 })
    const typedData = nodeProofBatchTypedData(testNetwork, { epoch, expiry, proofs: [proof] })
    expect(await recoverTypedDataAddress({ ...typedData, signature })).toBe(
      network.statementKeys[1]!.address,
    )
    expect(await codeOf(judge.signProofs([{ ...proof, nodeId: 2n }]))).toBe('statement.differs')
  })

  test('two proofs about one piece of evidence are never signed', async () => {
    const evidence = network.workerEvidence()
    expect(await codeOf(judge.signProofs([await appraisedProof(evidence)]))).toBe('signed')
    network.world.nodeProofSeconds = 7_200n
    const other = await appraisedProof(evidence)
    expect(await codeOf(judge.signProofs([other]))).toBe('statement.conflict')
  })

  test('at genesis the newest named committee vouches for its own machines, without proofs of its own', async () => {
    network.world.proofs.clear()
    const latest = { epoch: 5n, threshold: 2, members: [2n, 1n, 3n] }
    network.world.committees = { active: undefined, latest, genesisOpen: true }
    const { epoch, member } = await judge.signProofs([await appraisedProof()])
    expect({ epoch, member }).toEqual({ epoch: 5n, member: 0 })
    const worker = await appraisedProof(network.workerEvidence())
    expect(await codeOf(judge.signProofs([worker]))).toBe('genesis.nodes-only')
  })

  test('after a reopening the active committee vouches, whatever was named since', async () => {
    network.world.proofs.clear()
    const reopened = { epoch: 4n, threshold: 2, members: [1n, 2n, 3n] }
    const latest = { epoch: 5n, threshold: 2, members: [2n, 1n, 3n] }
    network.world.committees = { active: reopened, latest, genesisOpen: true, reopened }
    const { epoch, member } = await judge.signProofs([await appraisedProof()])
    expect({ epoch, member }).toEqual({ epoch: 4n, member: 1 })
  })
})
