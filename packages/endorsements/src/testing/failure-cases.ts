// The ways in which a server may fail, with what a client makes of each. No I/O.
import type { EndorsementErrorCode } from '../error.ts'
import type { Behaviour } from './behaviour.ts'
import type { VendorRoute } from './vendor-server.ts'

/** One failure of one route, and what comes of it. */
export type FailureCase = {
  readonly name: string
  readonly route: VendorRoute
  readonly behaviour: Behaviour
  readonly code: EndorsementErrorCode
  readonly retried: boolean
  readonly status?: number
  /** Where the real bounds of time matter. */
  readonly requestTimeoutMs?: number
}

const transient = { retried: true } as const
const final = { retried: false } as const
const html = '<html><body>Sign in to this network</body></html>'

/** Every failure. */
export const FAILURE_CASES: readonly FailureCase[] = [
  {
    name: '429 without Retry-After',
    route: 'tcb',
    behaviour: { type: 'status', status: 429 },
    code: 'answer.rate-limited',
    status: 429,
    ...transient,
  },
  {
    name: '429 with Retry-After in seconds',
    route: 'pck-crl',
    behaviour: { type: 'status', status: 429, retryAfter: '3' },
    code: 'answer.rate-limited',
    status: 429,
    ...transient,
  },
  {
    name: '503 with Retry-After as a date',
    route: 'qe-identity',
    behaviour: { type: 'status', status: 503, retryAfter: 'Mon, 01 Jun 2026 00:00:02 GMT' },
    code: 'answer.unavailable',
    status: 503,
    ...transient,
  },
  {
    name: '500',
    route: 'root-ca-crl',
    behaviour: { type: 'status', status: 500 },
    code: 'answer.unavailable',
    status: 500,
    ...transient,
  },
  {
    name: '408',
    route: 'tcb',
    behaviour: { type: 'status', status: 408 },
    code: 'answer.unavailable',
    status: 408,
    ...transient,
  },
  {
    name: 'Retry-After longer than anybody waits',
    route: 'tcb',
    behaviour: { type: 'status', status: 429, retryAfter: '3600' },
    code: 'answer.rate-limited',
    status: 429,
    ...final,
  },
  {
    name: '400',
    route: 'tcb',
    behaviour: { type: 'status', status: 400 },
    code: 'answer.refused',
    status: 400,
    ...final,
  },
  {
    name: '401',
    route: 'tcb',
    behaviour: { type: 'status', status: 401 },
    code: 'answer.unauthorized',
    status: 401,
    ...final,
  },
  {
    name: '404',
    route: 'tcb',
    behaviour: { type: 'status', status: 404 },
    code: 'answer.not-found',
    status: 404,
    ...final,
  },
  {
    name: 'PCCS’s 461',
    route: 'tcb',
    behaviour: { type: 'status', status: 461 },
    code: 'answer.not-found',
    status: 461,
    ...final,
  },
  {
    name: 'a slow first byte',
    route: 'tcb',
    behaviour: { type: 'slow', delayMs: 2_000 },
    code: 'network.timeout',
    requestTimeoutMs: 250,
    ...transient,
  },
  {
    name: 'a body that drips',
    route: 'pck-crl',
    behaviour: { type: 'drip', bytes: 8, intervalMs: 50 },
    code: 'network.timeout',
    requestTimeoutMs: 250,
    ...transient,
  },
  {
    name: 'a truncated body',
    route: 'tcb',
    behaviour: { type: 'truncated' },
    code: 'answer.truncated',
    ...transient,
  },
  {
    name: 'a connection reset',
    route: 'qe-identity',
    behaviour: { type: 'reset' },
    code: 'network.failed',
    ...transient,
  },
  {
    name: 'JSON cut by a proxy that counts again',
    route: 'tcb',
    behaviour: { type: 'content', body: '{"tcbInfo":{"id":"TDX"' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'a CRL that is text',
    route: 'root-ca-crl',
    behaviour: { type: 'content', body: 'nothing here' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'an empty body',
    route: 'pck-crl',
    behaviour: { type: 'content', body: '' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'a portal’s page with status 200',
    route: 'pck-crl',
    behaviour: { type: 'content', body: html, contentType: 'text/html; charset=utf-8' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'the right bytes called a page',
    route: 'tcb',
    behaviour: { type: 'content-type', contentType: 'text/html' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'a compressed answer',
    route: 'tcb',
    behaviour: { type: 'header', name: 'content-encoding', value: 'gzip' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'no issuer chain',
    route: 'tcb',
    behaviour: { type: 'no-issuer-chain' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'no issuer chain of a CRL',
    route: 'pck-crl',
    behaviour: { type: 'no-issuer-chain' },
    code: 'answer.malformed',
    ...final,
  },
  {
    name: 'an oversize body that says so',
    route: 'tcb',
    behaviour: { type: 'oversize', bytes: 400_000, announced: true },
    code: 'answer.too-large',
    ...final,
  },
  {
    name: 'an oversize body that does not',
    route: 'tcb',
    behaviour: { type: 'oversize', bytes: 400_000, announced: false },
    code: 'answer.too-large',
    ...final,
  },
  {
    name: 'a redirect to another host',
    route: 'tcb',
    behaviour: { type: 'redirect', location: 'http://127.0.0.2:9/x' },
    code: 'network.redirect',
    status: 302,
    ...final,
  },
]
