// Everything of a node that is about secrets, put together: store, releases, receipts, and what runs beside them. I/O by its parts.
import { join } from 'node:path'
import { codeOf, messageOf, type Condition, type Log } from '@wetee/daemon'
import type { Group } from '@wetee/threshold'
import type { AddCalls } from '../api/node-api.ts'
import { secretCalls } from '../api/secret-calls.ts'
import type { AppraisalContext } from '../appraise/context.ts'
import { freshHead } from '../appraise/freshness.ts'
import { CiphertextStore } from '../ciphertexts/ciphertext-store.ts'
import { Library } from '../ciphertexts/library.ts'
import { askForCiphertext, type AskForCiphertext } from '../ciphertexts/peer-fetch.ts'
import type { StatementAccount } from '../keys/statement-account.ts'
import { ReceiptChain } from '../receipts/receipt-chain.ts'
import { ReceiptDesk } from '../receipts/receipt-desk.ts'
import { openReceiptLog, type Batch } from '../receipts/receipt-log.ts'
import { ReceiptPoster } from '../receipts/receipt-poster.ts'
import { Releaser, type ReleaserParts } from './releaser.ts'
import type { ReleasingShares } from './share-holder.ts'

/** What the service is made of. */
export type SecretServiceParts = AppraisalContext & {
  readonly nodeId: bigint
  /** The statement key. */
  readonly account: StatementAccount
  /** libsecp256k1. */
  readonly group: Group
  readonly shares: ReleasingShares
  readonly stateDir: string
  /** Sends `Secrets.postReceipts` by the operator's queue; resolves when it is mined. */
  readonly submitReceipts: (batch: Batch) => Promise<void>
  readonly receiptsEveryMs?: number | undefined
  readonly onReleased?: ReleaserParts['onReleased']
  readonly rate?: ReleaserParts['rate']
  readonly room?: ReleaserParts['room']
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

/** Opens store and receipts below `stateDir`. Throws NodeError `ciphertext.store-unusable`, and what openReceiptLog throws. */
export function openSecretService(parts: SecretServiceParts): SecretService {
  const { view, nodeId, account, log, signal, stateDir, clock } = parts
  const store = new CiphertextStore(join(stateDir, 'ciphertexts'))
  const { chainId, contracts } = view.network
  const place = { chainId: BigInt(chainId), subnet: contracts.subnet, nodeId }
  const chain = new ReceiptChain(place, account)
  // Of this key alone: a program that is upgraded has another one, and begins a log of its own.
  const name = `receipts-${account.address.slice(2, 18).toLowerCase()}.db`
  const receipts = openReceiptLog(join(stateDir, name), chain)
  const numbered = onceDone(async () => {
    const head = await freshHead(view, clock)
    receipts.raise(await view.receiptsPosted(nodeId, head.number))
  })
  const library = new Library({ ...parts, store, ask: parts.ask ?? askForCiphertext })
  const releaser = new Releaser({ ...parts, library, receipts, numbered })
  const desk = new ReceiptDesk({ nodeId, account, network: view.network, log: receipts })
  const poster = new ReceiptPoster({
    ...{ ...parts, receipts },
    submit: parts.submitReceipts,
    everyMs: parts.receiptsEveryMs,
  })
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

/** Work that is done until it succeeds, and then never again. */
function onceDone(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () =>
    (done ??= work().catch((error: unknown) => {
      done = undefined
      throw error
    }))
}
