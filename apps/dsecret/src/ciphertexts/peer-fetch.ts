// A ciphertext from the nodes that have it: pinned, bounded, one asked after the other. Does network I/O.
import { MAX_SEALED_SECRET_BYTES } from '@wetee/secrets'
import { requestPinned } from '@wetee/tls'
import type { NodeFacts } from '../chain/chain-view.ts'
import { addressOf } from '../prove/peers.ts'

/** Asks one node; undefined when it has none, is away, or answers too much. */
export type AskForCiphertext = (
  node: NodeFacts,
  digest: string,
  signal: AbortSignal,
) => Promise<Uint8Array | undefined>

const TIMEOUT_MS = 5_000

/** Over TLS pinned to the node's key on chain. Throws only when the signal has fired. */
export const askForCiphertext: AskForCiphertext = async (node, digest, signal) => {
  try {
    const answer = await requestPinned({
      connect: addressOf(node.endpoint),
      method: 'GET',
      path: `/v1/ciphertexts/${digest}`,
      tlsKeyHash: node.tlsKeyHash,
      maxBytes: MAX_SEALED_SECRET_BYTES,
      timeoutMs: TIMEOUT_MS,
      signal,
    })
    return answer.status === 200 ? answer.body : undefined
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
