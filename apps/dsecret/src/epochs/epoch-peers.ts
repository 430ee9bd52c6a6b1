// Other nodes as this one asks them about epochs: pinned by the keys in the Subnet contract. Does network I/O.
import { signatureSchema } from '@wetee/chain'
import type { NodeFacts } from '../chain/chain-view.ts'
import { askPeer, parseAnswer } from '../prove/peers.ts'
import type { BatchSignature } from '../sign/signer.ts'

/** What is asked of a peer; every call throws NodeError with the peer's code, or TlsError. */
export type EpochPeer = {
  /** The public part of a confirmed epoch, as parsed JSON; nothing of it is checked. */
  epoch(number: bigint, signal: AbortSignal): Promise<unknown>
  /** Its signature of what it computed in a session; nothing of it is checked. */
  confirmation(session: bigint, signal: AbortSignal): Promise<BatchSignature>
}

const TIMEOUT_MS = 10_000

/** Opens a peer; every call is a new connection. */
export function openEpochPeer({ endpoint, tlsKeyHash }: NodeFacts): EpochPeer {
  const ask = (path: string, signal: AbortSignal, body?: string) =>
    askPeer({
      ...{ endpoint, tlsKeyHash, path, timeoutMs: TIMEOUT_MS, signal },
      ...(body === undefined ? {} : { body }),
    })
  return {
    epoch: (number, signal) => ask(`/v1/epochs/${number}`, signal),
    async confirmation(session, signal) {
      const body = JSON.stringify({ session: String(session) })
      return parseAnswer(endpoint, signatureSchema, await ask('/v1/confirmations', signal, body))
    },
  }
}
