// Money of a running application: top up, settle, withdraw, terminate. Every amount is read from the receipts. Network I/O.
import { parseEventLogs, type Address, type Hex, type TransactionReceipt } from 'viem'
import { cloudAbi } from '@wetee/chain'
import { showApp, type AppSummary } from './apps.ts'
import { SdkError } from './error.ts'
import { requireAccount, type Network } from './network.ts'
import { sendToCloud } from './send.ts'

/** Options of everything that sends a transaction. */
export type SendOptions = {
  readonly onSent?: (txHash: Hex) => void
  readonly signal?: AbortSignal
}

/** What a settlement moved, in wei: `rentWei` left the escrow, `feeWei` of it is the platform's. */
export type Settlement = {
  readonly attestedSeconds: bigint
  readonly rentWei: bigint
  readonly feeWei: bigint
  readonly paidToWorkerWei: bigint
  readonly txHash: Hex
}

/** Every amount of an end, in wei. */
export type Termination = {
  readonly appId: bigint
  /** The last settlement, part of ending. */
  readonly attestedSeconds: bigint
  readonly rentWei: bigint
  readonly feeWei: bigint
  readonly paidToWorkerWei: bigint
  /** Escrow and grace deposit that came back as credit. */
  readonly refundWei: bigint
  /** Credit that was then sent to the owner's account; includes credit of earlier days. */
  readonly withdrawnWei: bigint
  readonly txHash: Hex
  readonly withdrawTxHash?: Hex
}

/** Adds escrow; anybody may. A paused application goes on when its worker has room. */
export async function topUp(
  network: Network,
  appId: bigint,
  amountWei: bigint,
  options: SendOptions = {},
): Promise<{ txHash: Hex; app: AppSummary }> {
  const receipt = await sendToCloud(network, {
    functionName: 'recharge',
    args: [appId],
    valueWei: amountWei,
    doing: `top up application ${appId}`,
    ...options,
  })
  return { txHash: receipt.transactionHash, app: await showApp(network, appId) }
}

/** Pays the worker for the attested seconds so far; anybody may. */
export async function settle(
  network: Network,
  appId: bigint,
  options: SendOptions = {},
): Promise<Settlement> {
  const receipt = await sendToCloud(network, {
    functionName: 'settle',
    args: [appId],
    doing: `settle application ${appId}`,
    ...options,
  })
  return { ...settledIn(receipt, appId), txHash: receipt.transactionHash }
}

/** Sends the account's credit to the account; `amountWei` 0 and no transaction when there is none. */
export async function withdraw(
  network: Network,
  options: SendOptions = {},
): Promise<{ amountWei: bigint; txHash?: Hex }> {
  const { account } = requireAccount(network)
  const { number } = await network.reader.finalized()
  const creditWei = await network.reader.creditWei(account.address, number)
  if (creditWei < 100_000_000n) return { amountWei: 0n }
  const receipt = await sendToCloud(network, {
    functionName: 'withdraw',
    args: [],
    doing: 'withdraw the credit',
    ...options,
  })
  return { amountWei: withdrawnIn(receipt, account.address), txHash: receipt.transactionHash }
}

/** Settles to the second, ends the application, and brings the refund to the owner's account. */
export async function terminate(
  network: Network,
  appId: bigint,
  options: SendOptions = {},
): Promise<Termination> {
  const receipt = await sendToCloud(network, {
    functionName: 'terminate',
    args: [appId],
    doing: `terminate application ${appId}`,
    ...options,
  })
  const ended = parseEventLogs({ abi: cloudAbi, eventName: 'AppEnded', logs: receipt.logs })[0]
  if (ended === undefined)
    throw new SdkError(
      'chain.refused',
      `transaction ${receipt.transactionHash} did not end application ${appId}: the contract of this network is not the expected one`,
    )
  const withdrawn = await withdraw(network, options)
  return {
    appId,
    ...settledIn(receipt, appId),
    refundWei: ended.args.refundWei,
    withdrawnWei: withdrawn.amountWei,
    txHash: receipt.transactionHash,
    ...(withdrawn.txHash === undefined ? {} : { withdrawTxHash: withdrawn.txHash }),
  }
}

function settledIn(receipt: TransactionReceipt, appId: bigint): Omit<Settlement, 'txHash'> {
  const events = parseEventLogs({ abi: cloudAbi, eventName: 'Settled', logs: receipt.logs }).filter(
    (event) => event.args.appId === appId,
  )
  const sum = (pick: (args: (typeof events)[number]['args']) => bigint) =>
    events.reduce((total, event) => total + pick(event.args), 0n)
  const rentWei = sum((args) => args.rentWei)
  const feeWei = sum((args) => args.feeWei)
  const attestedSeconds = sum((args) => args.attestedSeconds)
  return { attestedSeconds, rentWei, feeWei, paidToWorkerWei: rentWei - feeWei }
}

function withdrawnIn(receipt: TransactionReceipt, account: Address): bigint {
  return parseEventLogs({ abi: cloudAbi, eventName: 'Withdrawn', logs: receipt.logs })
    .filter((event) => event.args.account.toLowerCase() === account.toLowerCase())
    .reduce((total, event) => total + event.args.amountWei, 0n)
}
