// To an agent over TLS that ends at its attested key: for platforms that see keys of connections. Network I/O by the transport.
import type { ConnectTarget } from '@wetee/tls'
import type { Hex } from 'viem'
import type { PinnedCalls } from '../transport.ts'
import type { OwnerCall, OwnerChannel } from './channel.ts'

/** Calls to `url`, where nothing but the key counts. */
export function pinnedChannel(
  pinned: PinnedCalls,
  url: string,
  { tlsKeyHash, simulated }: { readonly tlsKeyHash: Hex; readonly simulated: boolean },
): OwnerChannel {
  return {
    ...{ tlsKeyHash, simulated },
    stream: (call, signal) =>
      pinned.stream({
        ...targetOf(url),
        ...{ method: call.method, path: call.path, tlsKeyHash },
        headers: headersOf(call),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(signal === undefined ? {} : { signal }),
      }),
  }
}

function targetOf(url: string): { connect: ConnectTarget; host: string } {
  const { hostname, port, host } = new URL(url)
  const bare = hostname.replace(/^\[|\]$/g, '')
  const connect = { host: bare, port: Number(port === '' ? '443' : port) }
  const isAddress = bare.includes(':') || /^[0-9.]+$/.test(bare)
  return { connect, host: isAddress ? `localhost:${connect.port}` : host }
}

function headersOf({ token, body }: OwnerCall): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
}
