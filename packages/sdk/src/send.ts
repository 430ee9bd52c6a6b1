// Sends one transaction of the account to the Cloud contract and waits until it is final. Network I/O.
import type { TransactionReceipt, Hex } from 'viem'
import { encodeFunctionData, type ContractFunctionArgs, type ContractFunctionName } from 'viem'
import { cloudAbi } from '@wetee/chain'
import { pause } from './clock.ts'
import { chainError, fundsError } from './contract-error.ts'
import { SdkError } from './error.ts'
import { requireAccount, type Network } from './network.ts'

type WriteName = ContractFunctionName<typeof cloudAbi, 'nonpayable' | 'payable'>

/** A call of the Cloud contract; `doing` completes "could not ...". */
export type CloudCall<N extends WriteName> = {
  readonly functionName: N
  readonly args: ContractFunctionArgs<typeof cloudAbi, 'nonpayable' | 'payable', N>
  readonly valueWei?: bigint
  readonly doing: string
  readonly onSent?: (txHash: Hex) => void
  readonly signal?: AbortSignal
}

/** Longest wait for a receipt and then for finality. */
const mineTimeoutMs = 120_000
const finalityTimeoutMs = 300_000

/**
 * Simulates (so that a refusal costs nothing and has a reason), sends, waits for the receipt and for finality.
 * Throws SdkError `contract.<Error>`, `account.funds`, `chain.unreachable`, `chain.not-mined`, `chain.not-final`, `aborted`.
 */
export async function sendToCloud<N extends WriteName>(
  network: Network,
  call: CloudCall<N>,
): Promise<TransactionReceipt> {
  const { account, wallet } = requireAccount(network)
  const value = call.valueWei ?? 0n
  const { client, profile } = network.chain
  const address = profile.contracts.cloud
  stopIf(call.signal, call.doing)
  const balanceWei = await network.reader.balanceWei(account.address)
  const spending = { neededWei: value, balanceWei }
  if (balanceWei <= value) throw fundsError(undefined, call.doing, spending)
  try {
    const request = {
      account,
      address,
      abi: cloudAbi,
      functionName: call.functionName,
      args: call.args,
      value,
    }
    await client.simulateContract(request as never)
    stopIf(call.signal, call.doing)
    const data = encodeFunctionData({
      abi: cloudAbi,
      functionName: call.functionName,
      args: call.args,
    } as never)
    const hash = await wallet.sendTransaction({
      account,
      chain: wallet.chain ?? null,
      to: address,
      data,
      value,
    })
    call.onSent?.(hash)
    const receipt = await client.waitForTransactionReceipt({
      hash,
      timeout: mineTimeoutMs,
      pollingInterval: 500,
    })
    if (receipt.status !== 'success')
      throw new SdkError(
        'contract.Reverted',
        `could not ${call.doing}: transaction ${hash} was refused when it was executed. The state changed since it was checked: look and try again`,
        { retryable: true, details: { txHash: hash } },
      )
    await untilFinal(network, receipt, call)
    return receipt
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'WaitForTransactionReceiptTimeoutError')
      throw new SdkError(
        'chain.not-mined',
        `could not ${call.doing}: the transaction was sent but not mined within ${mineTimeoutMs / 1000} s. Look with \`wetee list\` before you try again`,
        { retryable: true, cause },
      )
    throw chainError(cause, call.doing, spending)
  }
}

/** Waits until the receipt's block is final and still the one that holds the transaction. */
async function untilFinal<N extends WriteName>(
  network: Network,
  receipt: TransactionReceipt,
  call: CloudCall<N>,
): Promise<void> {
  const deadline = Date.now() + finalityTimeoutMs
  while (Date.now() < deadline) {
    stopIf(call.signal, call.doing)
    const head = await network.reader.finalized()
    if (head.number >= receipt.blockNumber) {
      const block = await network.reader.block(receipt.blockNumber)
      if (block?.hash === receipt.blockHash) return
      throw new SdkError(
        'chain.reorganised',
        `could not ${call.doing}: the chain dropped the block of transaction ${receipt.transactionHash}. Look with \`wetee list\` and try again`,
        { retryable: true, details: { txHash: receipt.transactionHash } },
      )
    }
    await pause(500, call.signal)
  }
  throw new SdkError(
    'chain.not-final',
    `could not ${call.doing}: transaction ${receipt.transactionHash} is in block ${receipt.blockNumber}, but that was not finalized within ${finalityTimeoutMs / 1000} s`,
    { retryable: true, details: { txHash: receipt.transactionHash } },
  )
}

function stopIf(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted === true) throw new SdkError('aborted', `stopped: ${doing}`)
}
