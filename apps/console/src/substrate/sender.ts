// The console's calls as `Revive.call` of a Substrate account. Network I/O.
import { bytesToHex, type Hex, type Log } from 'viem'
import { SdkError, type Call, type CallReceipt, type CallSender } from '@wetee/sdk'
import { planckOf, weiOf } from './account.ts'
import { checkFits } from './fit-calls.ts'
import type { Emitted } from './hub-runtime.ts'
import { dryRun, feePlanck, readAccount, type Hub } from './hub.ts'
import { signAndSend, type DoneExtrinsic, type Signatory } from './sign.ts'

/** Of the dry run's weight and deposit: state may change until execution; what is not used is not paid. */
const marginPercent = 125n

type Planned = { readonly encoded: Uint8Array; readonly costPlanck: bigint }

/** A sender for an account of an extension. */
export function substrateSender(hub: Hub, by: Signatory): CallSender {
  return {
    feeWei: async (call) => weiOf((await plan(hub, by, call)).costPlanck, hub.runtime.weiPerPlanck),
    send: async (call, { onSent, signal }) => {
      const { encoded } = await plan(hub, by, call)
      const done = await signAndSend(hub, by, encoded, call.doing, {
        onSent: ({ hash, fromBlock }) => onSent?.(hash, fromBlock),
        ...(signal === undefined ? {} : { signal }),
      })
      return receiptOf(done)
    },
  }
}

/** Dry run, limits and fee of a call. Throws what sending would throw. */
async function plan(hub: Hub, by: Signatory, call: Call): Promise<Planned> {
  const { to: dest, data, valueWei, doing } = call
  checkFits(call)
  const value = planckFor(valueWei, hub, doing)
  const account = await readAccount(hub, by.address)
  if (!account.isMapped)
    throw new SdkError(
      'substrate.unmapped',
      `could not ${doing}: contracts do not know ${by.address} yet. Connect it again to map it (Revive.map_account)`,
    )
  const { weight, depositPlanck, refusal } = await dryRun(hub, by.address, { dest, value, data })
  if (refusal !== undefined)
    throw new SdkError('substrate.failed', `could not ${doing}: the Hub answered ${refusal}`)
  const more = (amount: bigint) => (amount * marginPercent) / 100n
  const encoded = hub.runtime.call({
    ...{ dest, value, data, storageDepositLimit: more(depositPlanck) },
    weight: { ref_time: more(weight.ref_time), proof_size: more(weight.proof_size) },
  })
  const costPlanck = (await feePlanck(hub, encoded)) + depositPlanck
  if (account.freePlanck < value + costPlanck)
    throw new SdkError(
      'account.funds',
      `could not ${doing}: it needs ${value + costPlanck} planck with its fee, the account has ${account.freePlanck}. Send DOT to it`,
    )
  return { encoded, costPlanck }
}

function planckFor(valueWei: bigint, { runtime }: Hub, doing: string): bigint {
  try {
    return planckOf(valueWei, runtime.weiPerPlanck)
  } catch (cause) {
    throw new SdkError(
      'substrate.amount',
      `could not ${doing}: ${cause instanceof Error ? cause.message : String(cause)}. Give a rounder amount`,
      { cause },
    )
  }
}

/** As a receipt of the Ethereum RPC has them: what an intent reads its outcome from. */
function receiptOf({ hash, blockNumber, emitted }: DoneExtrinsic): CallReceipt {
  const logs = emitted.map((event, logIndex) => logOf(event, hash, blockNumber, logIndex))
  return { transactionHash: hash, blockNumber: BigInt(blockNumber), logs }
}

function logOf(
  { contract, data, topics }: Emitted,
  transactionHash: Hex,
  blockNumber: number,
  logIndex: number,
): CallReceipt['logs'][number] {
  const log: Log<bigint, number, false> = {
    ...{ address: contract, data: bytesToHex(data), topics: [...topics] as [Hex, ...Hex[]] },
    // Substrate's block has another hash than the Ethereum RPC's; no outcome reads it.
    ...{ blockHash: hash0, blockNumber: BigInt(blockNumber), blockTimestamp: undefined },
    ...{ transactionHash, transactionIndex: 0, logIndex, removed: false },
  }
  return log
}
const hash0: Hex = `0x${'00'.repeat(32)}`
