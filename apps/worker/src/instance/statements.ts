// What the operator signs for its own instances, and which leases it takes from them. Signs; reads the chain.
import { operatorStatementTypedData } from '@wetee/chain'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { AttestationLease, Head, Hex, NetworkFacts } from '../chain/records.ts'
import { WorkerError } from '../worker-error.ts'
import type { InstanceKey } from './identity.ts'

/** What statements depend on. */
export type StatementParts = {
  readonly network: NetworkFacts
  readonly workerId: bigint
  readonly account: PrivateKeyAccount
  readonly head: () => Promise<Head>
  /** The worker's proven machine and the end of its proof, seconds. */
  readonly platform: () => Promise<{ readonly notAfter: bigint; readonly platformId: Hex }>
}

/** Evidence is judged by its block; a statement about an old one helps nobody but a replay. */
const MAX_BLOCK_AGE = 1_000n

/**
 * Signs that `instanceKey` runs on the worker's own machine as this instance; the caller is the instance's own relay.
 * Throws WorkerError `platform.not-proven` (retryable) or `request.invalid`.
 */
export async function signOperatorStatement(
  parts: StatementParts,
  key: InstanceKey,
  { instanceKey, evidenceBlock }: { instanceKey: Hex; evidenceBlock: bigint },
): Promise<{ signature: Hex; platformId: Hex }> {
  const { number, timestamp } = await parts.head()
  if (evidenceBlock > number || evidenceBlock + MAX_BLOCK_AGE < number)
    throw new WorkerError(
      'request.invalid',
      `block ${evidenceBlock} is not among the newest finalized ones (${number})`,
    )
  const { notAfter, platformId } = await parts.platform()
  if (notAfter <= timestamp)
    throw new WorkerError('platform.not-proven', 'this machine has no live proof yet: try again', {
      retryable: true,
    })
  const { appId, version, replica } = key
  const signature = await parts.account.signTypedData(
    operatorStatementTypedData(parts.network, {
      platformId,
      appId,
      version,
      replica,
      instanceKey,
      evidenceBlock,
    }),
  )
  return { signature, platformId }
}

/** Throws WorkerError `lease.foreign` unless the lease is of exactly this instance on this worker. */
export function checkOwnLease(workerId: bigint, key: InstanceKey, lease: AttestationLease): void {
  const own =
    lease.appId === key.appId &&
    lease.version === key.version &&
    lease.replica === key.replica &&
    lease.workerId === workerId
  if (!own) throw new WorkerError('lease.foreign', 'the lease is of another instance')
}
