// Statements over JSON and back.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AttestationLease } from './types.ts'
import { leaseSchema, proofSchema, recordText, toWire } from './wire.ts'

const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((value) => `0x${Buffer.from(value).toString('hex')}` as const)
const leases: fc.Arbitrary<AttestationLease> = fc.record({
  appId: uint(64),
  version: fc.integer({ min: 0, max: 0xffff_ffff }),
  replica: fc.integer({ min: 0, max: 0xffff }),
  workerId: uint(64),
  platformId: hex(32),
  instanceKey: hex(20),
  hpkeKey: hex(32),
  tlsKeyHash: hex(32),
  measurementId: hex(32),
  evidenceBlock: uint(64),
  notBefore: uint(64),
  notAfter: uint(64),
  evidenceDigest: hex(32),
})

test('a lease comes back as it was sent', () => {
  fc.assert(
    fc.property(leases, (lease) => {
      const sent = JSON.stringify(toWire(lease))
      expect(leaseSchema.parse(JSON.parse(sent))).toEqual(lease)
    }),
  )
})

test('equal records have one text, whatever the order of their fields; unequal ones differ', () => {
  fc.assert(
    fc.property(leases, (lease) => {
      const turned = Object.fromEntries(Object.entries(lease).reverse()) as AttestationLease
      expect(recordText(turned)).toBe(recordText(lease))
      expect(recordText({ ...lease, appId: lease.appId ^ 1n })).not.toBe(recordText(lease))
    }),
  )
})

const zero = (bytes: number) => `0x${'00'.repeat(bytes)}`
const proof = {
  role: 1,
  nodeId: '1',
  platformId: zero(32),
  statementKey: zero(20),
  encryptionKey: zero(33),
  tlsKeyHash: zero(32),
  measurementId: zero(32),
  evidenceBlock: '1',
  notBefore: '1',
  notAfter: '2',
  evidenceDigest: zero(32),
}

test.each([
  ['a number where text is expected', { nodeId: 1 }],
  ['more than 64 bits', { nodeId: String(2n ** 64n) }],
  ['a leading zero', { nodeId: '01' }],
  ['a sign', { nodeId: '-1' }],
  ['hex of another length', { platformId: zero(31) }],
  ['hex in upper case', { platformId: `0x${'AB'.repeat(32)}` }],
  ['another role', { role: 3 }],
  ['a key that is not known', { extra: 1 }],
])('a proof with %s is refused', (_, change) => {
  expect(proofSchema.safeParse(proof).success).toBe(true)
  expect(proofSchema.safeParse({ ...proof, ...change }).success).toBe(false)
})
