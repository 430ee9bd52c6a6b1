// The transport of Node tools: reports the TLS key of every HTTPS connection instead of asking an authority. Network I/O.
import { isIP } from 'node:net'
import { requestPinned, streamPinned } from '@wetee/tls'
import {
  bytesType,
  fetchTransport,
  transportError,
  type Transport,
  type TransportOptions,
} from '../transport.ts'

/** HTTPS by a connection whose key is reported (and judged by the caller), plain HTTP by fetch. */
export function nodeTransport(): Transport {
  const isTls = (url: string) => url.startsWith('https:')
  return {
    pinned: { request: requestPinned, stream: streamPinned },
    get: (url, options) =>
      isTls(url)
        ? requestReporting(url, { method: 'GET' }, options)
        : fetchTransport.get(url, options),
    put: (url, body, options) =>
      isTls(url)
        ? requestReporting(url, { method: 'PUT', body }, options)
        : fetchTransport.put(url, body, options),
  }
}

async function requestReporting(
  url: string,
  request: { readonly method: 'GET' } | { readonly method: 'PUT'; readonly body: Uint8Array },
  options: TransportOptions,
) {
  const { hostname, port, pathname, search, host } = new URL(url)
  const bare = hostname.replace(/^\[|\]$/g, '')
  const type = request.method === 'PUT' ? { 'content-type': bytesType } : {}
  try {
    const answer = await requestPinned({
      ...request,
      connect: { host: bare, port: Number(port === '' ? '443' : port) },
      path: pathname + search,
      headers: { ...type, ...options.headers },
      tlsKeyHash: 'report',
      maxBytes: options.maxBytes,
      timeoutMs: options.timeoutMs ?? 15_000,
      ...(isIP(bare) === 0 ? { host } : {}),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    return { status: answer.status, body: answer.body, tlsKeyHash: answer.tlsKeyHash }
  } catch (cause) {
    throw transportError(url, cause, options.signal)
  }
}
