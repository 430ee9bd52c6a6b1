// What is remembered of appraisals, and its bounds.
import type { NodeProof } from '@wetee/chain'
import { expect, test } from 'vitest'
import { Appraised } from './appraised.ts'

const proof = (digest: number, nodeId = 1n): NodeProof => ({
  role: 1,
  nodeId,
  platformId: `0x${'01'.repeat(32)}`,
  statementKey: `0x${'02'.repeat(20)}`,
  encryptionKey: `0x${'00'.repeat(33)}`,
  tlsKeyHash: `0x${'00'.repeat(32)}`,
  measurementId: `0x${'03'.repeat(32)}`,
  evidenceBlock: 1n,
  notBefore: 1n,
  notAfter: 2n,
  evidenceDigest: `0x${String(digest).padStart(64, '0')}`,
})
const notAppraised: unknown = expect.objectContaining({ code: 'statement.not-appraised' })

test('the oldest is forgotten first, and memory is bounded', () => {
  const known = new Appraised<NodeProof>(() => 0, 2)
  for (const digest of [1, 2, 1, 3]) known.remember(proof(digest))
  expect(known.size).toBe(2)
  known.require(proof(1))
  known.require(proof(3))
  expect(() => known.require(proof(2))).toThrow(notAppraised)
})

test('everything is forgotten after five minutes', () => {
  let nowMs = 0
  const known = new Appraised<NodeProof>(() => nowMs)
  known.remember(proof(1))
  nowMs = 300_000
  known.require(proof(1))
  nowMs++
  expect(() => known.require(proof(1))).toThrow(notAppraised)
  expect(known.size).toBe(0)
})

test('the order of fields does not matter, their values do', () => {
  const known = new Appraised<NodeProof>(() => 0)
  known.remember(proof(1))
  known.require(Object.fromEntries(Object.entries(proof(1)).reverse()) as NodeProof)
  expect(() => known.require(proof(1, 2n))).toThrow(
    expect.objectContaining({ code: 'statement.differs' }),
  )
})
