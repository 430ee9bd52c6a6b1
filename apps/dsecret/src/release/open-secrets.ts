// Puts together what a running node does about secrets. No I/O of its own.
import { secretsAbi, type TransactionQueue } from '@wetee/chain'
import type { Condition, Log, Metrics } from '@wetee/daemon'
import { openNativeGroup } from '@wetee/threshold/native'
import type { AddCalls } from '../api/node-api.ts'
import type { AppraisalContext } from '../appraise/context.ts'
import type { Hex } from '../chain/chain-view.ts'
import type { StatementAccount } from '../keys/statement-account.ts'
import type { Batch } from '../receipts/receipt-log.ts'
import { openSecretService } from './secret-service.ts'
import type { ReleasingShares } from './share-holder.ts'

/** What a node brings. */
export type SecretsParts = AppraisalContext & {
  readonly nodeId: bigint
  readonly account: StatementAccount
  readonly shares: ReleasingShares
  readonly stateDir: string
  /** Between two roots of receipts, milliseconds. */
  readonly receiptsEveryMs: number
  readonly queue: Pick<TransactionQueue, 'send'>
  readonly metrics: Metrics
  readonly log: Log
  readonly signal: AbortSignal
}

/** The secrets of a running node. */
export type Secrets = {
  readonly calls: AddCalls
  readonly conditions: () => readonly Condition[]
  /** Runs until the signal. */
  run(): Promise<void>
  close(): void
}

/** Opens them; on a network without a `secrets` contract there are none. Throws NodeError, ThresholdError `native.missing`. */
export function openSecrets(parts: SecretsParts): Secrets {
  const contract = parts.view.network.contracts.secrets
  if (contract === undefined)
    return {
      calls: () => undefined,
      conditions: () => [],
      run: () => Promise.resolve(),
      close: () => undefined,
    }
  return openSecretService({
    ...parts,
    group: openNativeGroup(),
    submitReceipts: receiptSubmitter(parts.queue, contract, parts.nodeId),
    ...measured(parts.metrics),
  })
}

/** The same root for the same receipts is sent once, also after a restart. */
function receiptSubmitter(queue: SecretsParts['queue'], address: Hex, nodeId: bigint) {
  return async ({ first, count, root }: Batch) => {
    await queue.send({
      key: `receipts/${first}/${root.slice(2, 34)}`,
      address,
      abi: secretsAbi,
      functionName: 'postReceipts',
      args: [nodeId, first, BigInt(count), root],
    })
  }
}

function measured(metrics: Metrics) {
  const released = metrics.counter({
    name: 'released_items_total',
    help: 'shares of secrets and derived keys that were released',
    labels: ['kind'],
  })
  const files = metrics.gauge({
    name: 'kept_ciphertexts_count',
    help: 'ciphertexts that this node keeps',
  })
  const bytes = metrics.gauge({
    name: 'kept_ciphertexts_bytes',
    help: 'bytes of the ciphertexts that this node keeps',
  })
  return {
    onReleased({ secrets, keys }: { readonly secrets: number; readonly keys: number }) {
      released.inc({ kind: 'secret' }, secrets)
      released.inc({ kind: 'key' }, keys)
    },
    onKept(kept: { readonly files: number; readonly bytes: number }) {
      files.set(kept.files)
      bytes.set(kept.bytes)
    },
  }
}
