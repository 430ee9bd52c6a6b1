// What nodes send about epochs, as calls of the contracts. Network I/O through the queue.
import { createHash } from 'node:crypto'
import {
  keysAbi,
  quorumAbi,
  type CommitteeConfirmed,
  type QueuedCall,
  type TransactionQueue,
} from '@wetee/chain'
import { bytesToHex } from 'viem'
import type { Hex, NetworkKeyFacts } from '../chain/chain-view.ts'
import type { SessionMessage } from '../session/board.ts'
import type { Signed } from '../prove/node-prover.ts'

/** One call; anyone may send it, so that members take turns. */
export type EpochCall =
  | { readonly call: 'open'; readonly epoch: bigint }
  | {
      readonly call: 'message'
      readonly session: bigint
      readonly message: SessionMessage
      readonly signature: Hex
    }
  | {
      readonly call: 'confirm'
      readonly session: bigint
      readonly confirmed: CommitteeConfirmed
      readonly key: NetworkKeyFacts
      readonly signed: Signed
    }
  | { readonly call: 'activate'; readonly epoch: bigint }
  | { readonly call: 'renew'; readonly epoch: bigint }

/** Sends a call; resolves when it is mined. The same `name` and call are sent once, also after a restart. Throws ChainError. */
export type Submit = (call: EpochCall, name: string) => Promise<void>

/** Sends through the node's queue. */
export function epochSubmitter(
  queue: Pick<TransactionQueue, 'send'>,
  contracts: { readonly keys: Hex; readonly quorum: Hex },
): Submit {
  return async (call, name) => {
    await queue.send({ key: queueKey(call, name), ...encode(call, contracts) })
  }
}

/** Short, and another one for every other content. */
function queueKey(call: EpochCall, name: string): string {
  const text = JSON.stringify([name, call], (_, value: unknown) =>
    typeof value === 'bigint'
      ? String(value)
      : value instanceof Uint8Array
        ? bytesToHex(value)
        : value,
  )
  return `epoch/${call.call}/${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}

function encode(
  call: EpochCall,
  { keys, quorum }: { readonly keys: Hex; readonly quorum: Hex },
): Omit<QueuedCall, 'key'> {
  const ofKeys = { address: keys, abi: keysAbi }
  const ofQuorum = { address: quorum, abi: quorumAbi }
  switch (call.call) {
    case 'open':
      return { ...ofKeys, functionName: 'open', args: [call.epoch] }
    case 'message':
      return { ...ofKeys, ...messageCall(call.session, call.message, call.signature) }
    case 'confirm': {
      const { session, confirmed, key, signed } = call
      return {
        ...ofKeys,
        functionName: 'confirm',
        args: [session, confirmed, key.Y, key.S, signed],
      }
    }
    case 'activate':
      return { ...ofQuorum, functionName: 'activate', args: [] }
    case 'renew':
      return { ...ofQuorum, functionName: 'renewCommittee', args: [] }
  }
}

function messageCall(
  session: bigint,
  { kind, sender, subject, body }: SessionMessage,
  signature: Hex,
) {
  const about = kind === 'complain' || kind === 'recover' ? [subject] : []
  return {
    functionName: kind,
    args: [session, sender, ...about, bytesToHex(body), signature],
  }
}
