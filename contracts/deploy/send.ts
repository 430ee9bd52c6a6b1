// Sends one step: signed and recorded before it leaves, waited for, recorded with its cost. Sends transactions.
import { setTimeout as delay } from 'node:timers/promises'
import {
  BaseError,
  getAddress,
  keccak256,
  TransactionReceiptNotFoundError,
  type Account,
  type Chain,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from 'viem'
import { DeployError } from './deploy-error.ts'
import type { Journal, Pending, Planned, Sent } from './journal.ts'
import { dataHash, type Step } from './outline.ts'

/** Who sends and where it is recorded. */
export type SendOptions = {
  readonly publicClient: PublicClient
  readonly walletClient: WalletClient<Transport, Chain, Account>
  readonly journal: Journal
  readonly signal: AbortSignal
}

/** Above the estimate, in percent: estimates of the Hub move with its state. What is not used is not paid. */
const gasMarginPercent = 20n
/** How long a transaction may take to be mined, milliseconds. */
const minedWithinMs = 600_000

/**
 * Sends a step and records it; the address is that of a creation. Throws `deploy.refused` (the chain would not take it),
 * `deploy.reverted`, `deploy.not-mined`, `deploy.aborted`.
 */
export async function sendStep(options: SendOptions, step: Step): Promise<TransactionReceipt> {
  const { publicClient, walletClient, journal } = options
  stopIfAborted(options.signal)
  const { account } = walletClient
  const call = { data: step.data, ...(step.to === undefined ? {} : { to: step.to }) }
  let raw: Hex
  try {
    const gas = await publicClient.estimateGas({ account, ...call })
    const request = await walletClient.prepareTransactionRequest({
      account,
      chain: walletClient.chain,
      ...call,
      nonce: step.nonce,
      gas: gas + (gas * gasMarginPercent) / 100n,
    } as never)
    raw = await walletClient.signTransaction(request as never)
  } catch (cause) {
    stopIfAborted(options.signal)
    throw new DeployError('deploy.refused', `${step.id}: ${reasonOf(cause)}`, { cause })
  }
  stopIfAborted(options.signal)
  const { id, nonce } = step
  const pending = { id, nonce, dataHash: dataHash(step), hash: keccak256(raw), raw }
  journal.update({ pending })
  return finishPending(options, pending, step)
}

/**
 * Looks for what an earlier run signed: mined, it is recorded; not mined, it is sent again. Returns nothing when
 * another transaction has taken its place.
 */
export async function resumePending(
  options: SendOptions,
  steps: readonly Step[],
): Promise<TransactionReceipt | undefined> {
  const { publicClient, journal } = options
  const { pending, deployer } = journal.deployment
  if (pending === undefined) return undefined
  const step = steps.find((one) => one.id === pending.id)
  const receipt = await receiptOf(publicClient, pending.hash)
  const used = await publicClient.getTransactionCount({ address: deployer, blockTag: 'latest' })
  const current = step !== undefined && dataHash(step) === pending.dataHash
  if (!current || (receipt === undefined && used > pending.nonce)) {
    journal.update({ pending: undefined })
    return undefined
  }
  return finishPending(options, pending, step)
}

async function finishPending(
  options: SendOptions,
  pending: Pending,
  step: Step,
): Promise<TransactionReceipt> {
  const { publicClient, journal } = options
  if ((await receiptOf(publicClient, pending.hash)) === undefined)
    try {
      await publicClient.sendRawTransaction({ serializedTransaction: pending.raw })
    } catch (cause) {
      // "Already known" is no failure: only the receipt decides.
      const known = await publicClient.getTransaction({ hash: pending.hash }).catch(() => undefined)
      if (known === undefined)
        throw new DeployError('deploy.refused', `${step.id}: ${reasonOf(cause)}`, { cause })
    }
  const receipt = await waitForReceipt(options, pending.hash, step.id)
  await recordReceipt(options, step, receipt)
  journal.update({ pending: undefined })
  return receipt
}

/** Writes a mined step into the journal. Throws `deploy.reverted`. */
export async function recordReceipt(
  { publicClient, journal }: Pick<SendOptions, 'publicClient' | 'journal'>,
  step: Pick<Planned, 'id' | 'to' | 'creates'>,
  receipt: TransactionReceipt,
): Promise<void> {
  if (receipt.status !== 'success') {
    journal.update({ pending: undefined })
    throw new DeployError(
      'deploy.reverted',
      `${step.id} failed in transaction ${receipt.transactionHash}`,
    )
  }
  const sent: Sent = {
    transaction: receipt.transactionHash,
    block: String(receipt.blockNumber),
    gasUsed: String(receipt.gasUsed),
    costWei: String(receipt.gasUsed * receipt.effectiveGasPrice),
  }
  const { contracts, calls } = journal.deployment
  if (step.creates === undefined) {
    if (step.to !== undefined)
      journal.update({ calls: [...calls, { id: step.id, to: step.to, sent }] })
    return
  }
  const { name, contract, args } = step.creates
  const address = getAddress(receipt.contractAddress ?? step.creates.address)
  const code = await publicClient.getCode({ address, blockNumber: receipt.blockNumber })
  const record = { contract, address, codeHash: keccak256(code ?? '0x'), args: [...args], sent }
  journal.update({ contracts: { ...contracts, [name]: record } })
}

/** The receipt of a transaction; undefined while it is not mined. */
export async function receiptOf(
  client: PublicClient,
  hash: Hex,
): Promise<TransactionReceipt | undefined> {
  try {
    return await client.getTransactionReceipt({ hash })
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined
    throw new DeployError('deploy.unreachable', `could not read ${hash}: ${reasonOf(error)}`, {
      retryable: true,
      cause: error,
    })
  }
}

async function waitForReceipt(
  { publicClient, signal }: SendOptions,
  hash: Hex,
  id: string,
): Promise<TransactionReceipt> {
  const deadline = performance.now() + minedWithinMs
  while (performance.now() < deadline) {
    const receipt = await receiptOf(publicClient, hash)
    if (receipt !== undefined) return receipt
    await pause(publicClient.pollingInterval, signal)
  }
  throw new DeployError(
    'deploy.not-mined',
    `${id}: ${hash} is not mined after ${minedWithinMs / 1000} s`,
    { retryable: true },
  )
}

/** Waits; throws `deploy.aborted` when it is told to stop. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined)
  stopIfAborted(signal)
}

/** Throws `deploy.aborted` once the signal has come. */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted)
    throw new DeployError('deploy.aborted', 'stopped: the same command goes on', {
      retryable: true,
    })
}

/** First line of what the RPC said. */
export function reasonOf(error: unknown): string {
  if (error instanceof BaseError) return (error.details || error.shortMessage).slice(0, 300)
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown error'
}
