// Everything of a node that is about secrets, put together: store, releases, receipts, and what runs beside them. I/O by its parts.
import { join } from 'node:path'
import { codeOf, messageOf, type Condition, type Log } from '@wetee/daemon'
import type { Group } from '@wetee/threshold'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { AddCalls } from '../api/node-api.ts'
import { secretCalls } from '../api/secret-calls.ts'
import type { AppraisalContext } from '../appraise/context.ts'
import { CiphertextStore } from '../ciphertexts/ciphertext-store.ts'
import { Library } from '../ciphertexts/library.ts'
import { askForCiphertext, type AskForCiphertext } from '../ciphertexts/peer-fetch.ts'
import { ReceiptDesk } from '../receipts/receipt-desk.ts'
import { openReceiptLog, type Batch } from '../receipts/receipt-log.ts'
import { ReceiptPoster } from '../receipts/receipt-poster.ts'
import { Releaser, type ReleaserParts } from './releaser.ts'
import type { ReleasingShares } from './share-holder.ts'

/** What the service is made of. */
export type SecretServiceParts = AppraisalContext & {
  readonly nodeId: bigint
  /** The statement key. */
  readonly account: PrivateKeyAccount
  /** libsecp256k1. */
  readonly group: Group
  readonly shares: ReleasingShares
  readonly stateDir: string
  /** Sends `Secrets.postReceipts` by the operator's queue; resolves when it is mined. */
  readonly submitReceipts: (batch: Batch) => Promise<void>
  readonly onReleased?: ReleaserParts['onReleased']
  readonly rate?: ReleaserParts['rate']
  readonly maxRunning?: ReleaserParts['maxRunning']
  /** Told after every sweep. */
  readonly onKept?: (kept: { readonly files: number; readonly bytes: number }) => void
  /** Default over pinned TLS. */
  readonly ask?: AskForCiphertext
  readonly log: Log
  readonly signal: AbortSignal
}

/** A running service. */
export type SecretService = {
  readonly calls: AddCalls
  readonly releaser: Releaser
  readonly library: Library
  readonly desk: ReceiptDesk
  /** What an operator should know. */
  readonly conditions: () => readonly Condition[]
  /** Sweeps and posts receipts until the signal. */
  run(): Promise<void>
  close(): void
}

const SWEEP_MS = 600_000

/** Opens store and receipts below `stateDir`. Throws NodeError `ciphertext.store-unusable`, `receipt.log-unusable`. */
export function openSecretService(parts: SecretServiceParts): SecretService {
  const { view, nodeId, account, log, signal, stateDir, clock } = parts
  const store = new CiphertextStore(join(stateDir, 'ciphertexts'))
  const receipts = openReceiptLog(join(stateDir, 'receipts.db'))
  const library = new Library({ ...parts, store, ask: parts.ask ?? askForCiphertext })
  const releaser = new Releaser({ ...parts, library, receipts })
  const desk = new ReceiptDesk({ nodeId, account, network: view.network, log: receipts })
  const poster = new ReceiptPoster({ ...parts, receipts, submit: parts.submitReceipts })
  const sweepUntil = async (ended: AbortSignal): Promise<void> => {
    while (!ended.aborted) {
      await library.sweep(ended).catch((error: unknown) => {
        if (ended.aborted) return
        const fields = { code: codeOf(error), error: messageOf(error) }
        log.warn(fields, 'secrets were not looked through')
      })
      parts.onKept?.(store.size)
      await clock.sleep(SWEEP_MS, ended).catch(() => undefined)
    }
  }
  return {
    calls: secretCalls({ library, releaser, desk }),
    releaser,
    library,
    desk,
    conditions: () => (poster.condition === undefined ? [] : [poster.condition]),
    async run() {
      await Promise.all([poster.run(), sweepUntil(signal)])
    },
    close: () => receipts.close(),
  }
}
