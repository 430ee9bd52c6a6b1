// The transport of Node tools: reports the TLS key of every HTTPS connection instead of asking an authority. Network I/O.
import { isIP } from 'node:net'
import { requestPinned } from '@wetee/tls'
import {
  fetchTransport,
  transportError,
  type Transport,
  type TransportOptions,
} from '../transport.ts'

/** HTTPS by a connection whose key is reported (and judged by the caller), plain HTTP by fetch. */
export function nodeTransport(): Transport {
  return {
    get: (url, options) =>
      url.startsWith('https:') ? getReporting(url, options) : fetchTransport.get(url, options),
  }
}

async function getReporting(url: string, options: TransportOptions) {
  const { hostname, port, pathname, search, host } = new URL(url)
  const bare = hostname.replace(/^\[|\]$/g, '')
  try {
    const answer = await requestPinned({
      connect: { host: bare, port: Number(port === '' ? '443' : port) },
      method: 'GET',
      path: pathname + search,
      tlsKeyHash: 'report',
      maxBytes: options.maxBytes,
      timeoutMs: options.timeoutMs ?? 15_000,
      ...(isIP(bare) === 0 ? { host } : {}),
      ...(options.headers === undefined ? {} : { headers: options.headers }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    return { status: answer.status, body: answer.body, tlsKeyHash: answer.tlsKeyHash }
  } catch (cause) {
    throw transportError(url, cause, options.signal)
  }
}
