// Sends one transaction of the account and waits until it is final. Network I/O.
import type { TransactionReceipt } from 'viem'
import { estimateGas, waitForTransactionReceipt } from 'viem/actions'
import { gasLimit } from '@wetee/chain'
import type { CallReceipt, SendOptions } from './call-sender.ts'
import { pause } from './clock.ts'
import { chainError, fundsError } from './contract-error.ts'
import type { Call } from './contracts.ts'
import { SdkError } from './error.ts'
import { requireAccount, type Network } from './network.ts'

/** Longest wait for a receipt and then for finality. */
const mineTimeoutMs = 120_000
const finalityTimeoutMs = 300_000

/**
 * Simulates (so that a refusal costs nothing and has a reason), sends, waits for the receipt and for finality.
 * Throws SdkError `contract.<Error>`, `account.funds`, `chain.unreachable`, `chain.not-mined`, `chain.not-final`, `aborted`.
 */
export async function sendCall(
  network: Network,
  call: Call,
  options: SendOptions = {},
): Promise<CallReceipt> {
  const { account, wallet } = requireAccount(network)
  const { client } = network.chain
  const { doing, to, data, valueWei: value } = call
  stopIf(options.signal, doing)
  const balanceWei = await network.reader.balanceWei(account.address)
  const spending = { neededWei: value, balanceWei }
  if (balanceWei <= value) throw fundsError(undefined, doing, spending)
  try {
    const request = { account, to, data, value }
    await client.call(request)
    if (network.sender !== undefined) return await network.sender.send(call, options)
    const gas = gasLimit(await estimateGas(client, request))
    stopIf(options.signal, doing)
    const chain = wallet.chain ?? null
    const hash = await wallet.sendTransaction({ ...request, chain, gas })
    options.onSent?.(hash)
    const receipt = await waitForTransactionReceipt(client, {
      hash,
      timeout: mineTimeoutMs,
      pollingInterval: 500,
    })
    if (receipt.status !== 'success')
      throw new SdkError(
        'contract.Reverted',
        `could not ${doing}: transaction ${hash} was refused when it was executed. The state changed since it was checked: look and try again`,
        { retryable: true, details: { txHash: hash } },
      )
    await untilFinal(network, receipt, doing, options.signal)
    return receipt
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'WaitForTransactionReceiptTimeoutError')
      throw new SdkError(
        'chain.not-mined',
        `could not ${doing}: the transaction was sent but not mined within ${mineTimeoutMs / 1000} s. Look at the state before you try again`,
        { retryable: true, cause },
      )
    throw chainError(cause, doing, spending)
  }
}

/** Waits until the receipt's block is final and still the one that holds the transaction. */
async function untilFinal(
  network: Network,
  receipt: TransactionReceipt,
  doing: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + finalityTimeoutMs
  while (Date.now() < deadline) {
    stopIf(signal, doing)
    const head = await network.reader.finalized()
    if (head.number >= receipt.blockNumber) {
      const block = await network.reader.block(receipt.blockNumber)
      if (block?.hash === receipt.blockHash) return
      throw new SdkError(
        'chain.reorganised',
        `could not ${doing}: the chain dropped the block of transaction ${receipt.transactionHash}. Look at the state and try again`,
        { retryable: true, details: { txHash: receipt.transactionHash } },
      )
    }
    await pause(500, signal)
  }
  throw new SdkError(
    'chain.not-final',
    `could not ${doing}: transaction ${receipt.transactionHash} is in block ${receipt.blockNumber}, but that was not finalized within ${finalityTimeoutMs / 1000} s`,
    { retryable: true, details: { txHash: receipt.transactionHash } },
  )
}

function stopIf(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted === true) throw new SdkError('aborted', `stopped: ${doing}`)
}
