// Targets and header fields on their way through the agent (RFC 9110, 7.6). Pure.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** Largest header section taken from a client. */
export const MAX_HEADER_BYTES = 32_768

/** Name and value pairs in order, as they came. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/**
 * RFC 9110, 7.6.1, and the fields for the next proxy alone (11.7). `trailer` only announces (6.6.2): beside a message
 * that is not chunked it promises what cannot come, and Node refuses to write it.
 */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Framing is set by the sender of each hop; `expect` is answered by the agent. */
const SET_BY_AGENT = new Set(['content-length', 'expect', 'host'])
/** Claims about the client that nobody in front of the agent may make. */
const FORWARDED = /^(forwarded|x-real-ip|x-forwarded-.*)$/
/** RFC 9110, 6.5.1: fields that must not be taken from a trailer. */
const NOT_IN_TRAILER = new Set([
  'authorization',
  'cache-control',
  'content-encoding',
  'content-range',
  'content-type',
  'cookie',
  'set-cookie',
  'www-authenticate',
])

/**
 * Host and path of a request whose target is in origin, asterisk or absolute form (RFC 9112, 3.2); `undefined` for one
 * that is no request to a gateway.
 */
export function targetOf({
  url: target = '',
  headers: { host = '' },
}: Pick<IncomingMessage, 'url' | 'headers'>): { host: string; path: string } | undefined {
  if (target.startsWith('/') || target === '*') return { host, path: target }
  const parsed = URL.parse(target)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined
  return { host: parsed.host, path: `${parsed.pathname}${parsed.search}` }
}

/** Node's flat list of raw headers as pairs. */
export function pairs(raw: readonly string[]): HeaderList {
  const list: (readonly [string, string])[] = []
  for (let index = 0; index + 1 < raw.length; index += 2)
    list.push([raw[index] ?? '', raw[index + 1] ?? ''])
  return list
}

/** Names that a `Connection` field adds to those that end at this hop, in lower case. */
function nominated(list: HeaderList): Set<string> {
  const names = new Set<string>()
  for (const [name, value] of list)
    if (name.toLowerCase() === 'connection')
      for (const token of value.split(',')) names.add(token.trim().toLowerCase())
  return names
}

/** What stays of any message: everything but the fields of this hop. */
function endToEnd(list: HeaderList): HeaderList {
  const ending = nominated(list)
  return list.filter(([name]) => {
    const lower = name.toLowerCase()
    return !HOP_BY_HOP.has(lower) && !ending.has(lower)
  })
}

/**
 * The fields the application gets: end-to-end ones as they came, `Host` kept, `X-Forwarded-Host` and
 * `X-Forwarded-Proto` set by the agent. Whatever the client claims about itself (also spelled with underscores,
 * which some applications read the same) is dropped; its address is not known here.
 */
export function requestHeaders(
  raw: readonly string[],
  host: string,
  version: '1.1' | '2' = '1.1',
): HeaderList {
  const kept = endToEnd(pairs(raw)).filter(([name]) => {
    const lower = name.toLowerCase()
    return !SET_BY_AGENT.has(lower) && !FORWARDED.test(lower.replaceAll('_', '-'))
  })
  return [
    ['Host', host],
    ...kept,
    ['Via', `${version} wetee`],
    ['X-Forwarded-Host', host],
    ['X-Forwarded-Proto', 'https'],
  ]
}

/** Whether a client takes trailers (RFC 9110, 10.1.4). */
export function takesTrailers({ te }: IncomingHttpHeaders): boolean {
  return /(^|,)\s*trailers\s*(,|$)/i.test(String(te ?? ''))
}

/** The fields the client gets: end-to-end ones as they came, `Content-Length` included. */
export function responseHeaders(raw: readonly string[]): HeaderList {
  return endToEnd(pairs(raw))
}

/** The trailer fields that may be passed on. */
export function trailers(raw: readonly string[]): HeaderList {
  return endToEnd(pairs(raw)).filter(([name]) => {
    const lower = name.toLowerCase()
    return !SET_BY_AGENT.has(lower) && !NOT_IN_TRAILER.has(lower)
  })
}

/** Fields by name in lower case, as HTTP/2 of Node takes them; repeated ones become lists. */
export function grouped(list: HeaderList): Record<string, string | string[]> {
  const object = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of list) {
    const key = name.toLowerCase()
    const known = object[key]
    object[key] = known === undefined ? value : [known, value].flat()
  }
  return object
}
