// Public calls of dsecret nodes for pages, which get through no certificate that no authority has signed. Does network I/O.
import { requestPinned } from '@wetee/tls'
import type { RelaySources } from '../api/relay-api.ts'
import type { Member } from '../chain/records.ts'
import { endpointOf } from './node-client.ts'

const MAX_ANSWER_BYTES = 4_194_304
const TIMEOUT_MS = 15_000

/** Asks a member of the active committee over its registered key; `memberAt` finds it by `host:port`. */
export function nodeRelay(
  memberAt: (authority: string) => Member | undefined,
): RelaySources['nodeCall'] {
  return async (authority, { method, path, body }, signal) => {
    const member = memberAt(authority)
    const target = member === undefined ? undefined : endpointOf(member.endpoint)
    if (member === undefined || target === undefined) return undefined
    return requestPinned({
      connect: target,
      host: authority,
      tlsKeyHash: member.tlsKeyHash,
      maxBytes: MAX_ANSWER_BYTES,
      timeoutMs: TIMEOUT_MS,
      ...{ method, path, signal },
      ...(body === undefined
        ? {}
        : { body, headers: { 'content-type': 'application/octet-stream' } }),
    })
  }
}
