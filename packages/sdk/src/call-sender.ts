// The port for accounts whose calls are no Ethereum transactions, such as `Revive.call` of a Substrate account.
import type { Hex, TransactionReceipt } from 'viem'
import type { Call } from './contracts.ts'

/** What came of a call that is final. */
export type CallReceipt = Pick<TransactionReceipt, 'transactionHash' | 'blockNumber' | 'logs'>

/** Prices and carries out calls one by one; every method throws SdkError. */
export type CallSender = {
  /** What the chain would take for the call beside its value, wei: fee and storage deposit. Throws what sending would throw. */
  feeWei(call: Call): Promise<bigint>
  /** Asks for a signature, sends, and waits until the call is final and done. */
  send(call: Call, options: SendOptions): Promise<CallReceipt>
}

/** Options of everything that sends a transaction. */
export type SendOptions = {
  /** `fromBlock` is told by a `CallSender`: where to begin looking for it, when no receipt has its hash. */
  readonly onSent?: (txHash: Hex, fromBlock?: number) => void
  readonly signal?: AbortSignal
}
