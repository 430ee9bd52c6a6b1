// For tests: a lease of the test network, with what a test changes. Pure.
import type { AttestationLease } from '../chain/records.ts'
import { testPlatformId } from './memory-chain.ts'

/** Version 1, replica 0 of an application on worker 1, live from second 990 to 1,050. */
export const testLease = (
  appId: bigint,
  over: Partial<AttestationLease> = {},
): AttestationLease => ({
  appId,
  version: 1,
  replica: 0,
  workerId: 1n,
  platformId: testPlatformId,
  instanceKey: `0x${'01'.repeat(20)}`,
  hpkeKey: `0x${'02'.repeat(32)}`,
  tlsKeyHash: `0x${'03'.repeat(32)}`,
  measurementId: `0x${'06'.repeat(32)}`,
  evidenceBlock: 90n,
  notBefore: 990n,
  notAfter: 1_050n,
  evidenceDigest: `0x${'04'.repeat(32)}`,
  ...over,
})
