// Hands a sealed call of an owner to the agent of an instance, and its sealed answer back as it comes. Does socket I/O.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { streamPinned, type PinnedStream } from '@wetee/tls'

const HEAD_TIMEOUT_MS = 60_000

/** `dial` connects to the agent's owner API; whoever answers is not believed, the seal is. Throws TlsError, and what `dial` throws. */
export function callOwner(
  dial: () => Socket,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<PinnedStream> {
  return streamPinned({
    connect: async () => {
      const socket = dial()
      await once(socket, 'connect')
      return socket
    },
    method: 'POST',
    path: '/v1/sealed',
    headers: { 'content-type': 'application/octet-stream' },
    body,
    tlsKeyHash: 'report',
    timeoutMs: HEAD_TIMEOUT_MS,
    signal,
  })
}
