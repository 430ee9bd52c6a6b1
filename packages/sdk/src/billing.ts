// Money of a running application: top up, settle, withdraw, terminate. Every amount is read from the receipts. Network I/O.
import { parseEventLogs, zeroAddress, type Address, type Hex } from 'viem'
import { cloudAbi } from '@wetee/chain'
import { appNotFound, showApp, type AppSummary } from './apps.ts'
import { lasting, readKnown } from './app-known.ts'
import { formatAmount, perDay, weiGranularity } from './money.ts'
import type { Asset } from './reader.ts'
import { SdkError } from './error.ts'
import { requireAccount, type Network } from './network.ts'
import { callOf, type Call } from './contracts.ts'
import { approvalCalls, outcomeOf, valueOf, type Intent } from './intent.ts'
import type { CallReceipt, SendOptions } from './call-sender.ts'
import { sendCall } from './send.ts'

/** What a settlement moved, in wei: `rentWei` left the escrow, `feeWei` of it is the platform's. */
export type Settlement = {
  readonly attestedSeconds: bigint
  readonly rentWei: bigint
  readonly feeWei: bigint
  readonly paidToWorkerWei: bigint
  readonly txHash: Hex
}

/** Every amount of an end, in the smallest unit of the asset. */
export type Termination = {
  readonly appId: bigint
  readonly asset: Asset
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

/** Adding escrow, as an intent: for a dry run, a wallet, another signer. Throws `app.not-found`, `app.ended`. */
export async function planTopUp(
  network: Network,
  appId: bigint,
  amountWei: bigint,
): Promise<Intent> {
  const { address } = requireAccount(network).account
  const { app, version, asset, owedWei } = await readKnown(network, appId, ['active', 'paused'])
  const rent = version.weiPerSecond * BigInt(app.replicas)
  const before = app.escrowWei > owedWei ? app.escrowWei - owedWei : 0n
  const after = before + amountWei
  return {
    id: 'app.recharge',
    title: `Recharge "${app.name}" with ${formatAmount(amountWei, asset)}`,
    facts: [
      ['Escrow', `${formatAmount(before, asset)} -> ${formatAmount(after, asset)}`],
      ['Rent', `${formatAmount(perDay(rent), asset)} per day`],
      ...lasting(after, rent),
    ],
    calls: [
      ...(await approvalCalls(network, asset, amountWei, address)),
      rechargeCall(network, appId, amountWei, asset),
    ],
    outcome: outcomeOf('cloud', 'Recharged'),
  }
}

/** Ending an application and bringing what is left to the account, as an intent. Throws `app.not-found`, `app.ended`. */
export async function planTermination(network: Network, appId: bigint): Promise<Intent> {
  const { app, asset, owedWei } = await readKnown(network, appId, ['active', 'paused'])
  const left = (app.escrowWei > owedWei ? app.escrowWei - owedWei : 0n) + app.graceDepositWei
  const doing = 'withdraw what is left'
  return {
    id: 'app.terminate',
    title: `Terminate "${app.name}" for good`,
    facts: [
      ['Owed', `${formatAmount(owedWei, asset)} of rent, and what accrues until then`],
      ['Back to you', `about ${formatAmount(left, asset)} of escrow and deposit`],
      ['Lost', 'its volumes and everything in its memory'],
    ],
    calls: [
      terminationCall(network, appId),
      callOf(network.profile, 'cloud', 'withdraw', [asset.address], { doing }),
    ],
    outcome: outcomeOf('cloud', 'Withdrawn'),
  }
}

/** Adds escrow, an amount of the application's asset; anybody may. A paused application goes on when its worker has room. */
export async function topUp(
  network: Network,
  appId: bigint,
  amountWei: bigint,
  options: SendOptions = {},
): Promise<{ txHash: Hex; app: AppSummary }> {
  const { address } = requireAccount(network).account
  const asset = await assetOf(network, appId)
  const approvals = await approvalCalls(network, asset, amountWei, address)
  for (const approval of approvals) await sendCall(network, approval, options)
  const receipt = await sendCall(network, rechargeCall(network, appId, amountWei, asset), options)
  return { txHash: receipt.transactionHash, app: await showApp(network, appId) }
}

/** Pays the worker for the attested seconds so far; anybody may. */
export async function settle(
  network: Network,
  appId: bigint,
  options: SendOptions = {},
): Promise<Settlement> {
  const doing = `settle application ${appId}`
  const call = callOf(network.profile, 'cloud', 'settle', [appId], { doing })
  const receipt = await sendCall(network, call, options)
  return { ...settledIn(receipt, appId), txHash: receipt.transactionHash }
}

/** Sends the account's credit of an asset, by default native DOT, to the account; 0 and no transaction when there is none. */
export async function withdraw(
  network: Network,
  options: SendOptions & { readonly asset?: Address } = {},
): Promise<{ amountWei: bigint; txHash?: Hex }> {
  const { account } = requireAccount(network)
  const { number } = await network.reader.finalized()
  const asset = options.asset ?? zeroAddress
  const creditWei = await network.reader.creditWei(account.address, asset, number)
  if (creditWei < (asset === zeroAddress ? weiGranularity : 1n)) return { amountWei: 0n }
  const doing = 'withdraw the credit'
  const call = callOf(network.profile, 'cloud', 'withdraw', [asset], { doing })
  const receipt = await sendCall(network, call, options)
  return { amountWei: withdrawnIn(receipt, account.address), txHash: receipt.transactionHash }
}

/** Settles to the second, ends the application, and brings the refund to the owner's account. */
export async function terminate(
  network: Network,
  appId: bigint,
  options: SendOptions = {},
): Promise<Termination> {
  const asset = await assetOf(network, appId)
  const receipt = await sendCall(network, terminationCall(network, appId), options)
  const ended = parseEventLogs({ abi: cloudAbi, eventName: 'AppEnded', logs: receipt.logs })[0]
  if (ended === undefined)
    throw new SdkError(
      'chain.refused',
      `transaction ${receipt.transactionHash} did not end application ${appId}: the contract of this network is not the expected one`,
    )
  const withdrawn = await withdraw(network, { ...options, asset: asset.address })
  return {
    appId,
    asset,
    ...settledIn(receipt, appId),
    refundWei: ended.args.refundWei,
    withdrawnWei: withdrawn.amountWei,
    txHash: receipt.transactionHash,
    ...(withdrawn.txHash === undefined ? {} : { withdrawTxHash: withdrawn.txHash }),
  }
}

/** What an application is paid in; throws `app.not-found`. */
export async function assetOf(network: Network, appId: bigint): Promise<Asset> {
  const { number } = await network.reader.finalized()
  const app = await network.reader.app(appId, number)
  if (app === undefined) throw appNotFound(`application ${appId}`)
  return network.reader.asset(app.asset)
}

function rechargeCall({ profile }: Network, appId: bigint, amountWei: bigint, asset: Asset): Call {
  return callOf(profile, 'cloud', 'recharge', [appId, amountWei], {
    valueWei: valueOf(asset, amountWei),
    doing: `top up application ${appId}`,
  })
}

function terminationCall({ profile }: Network, appId: bigint): Call {
  return callOf(profile, 'cloud', 'terminate', [appId], { doing: `terminate application ${appId}` })
}

function settledIn(receipt: CallReceipt, appId: bigint): Omit<Settlement, 'txHash'> {
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

function withdrawnIn(receipt: CallReceipt, account: Address): bigint {
  return parseEventLogs({ abi: cloudAbi, eventName: 'Withdrawn', logs: receipt.logs })
    .filter((event) => event.args.account.toLowerCase() === account.toLowerCase())
    .reduce((total, event) => total + event.args.amountWei, 0n)
}
