// Asks an item's servers in their order, each several times, within one deadline. Network.
import type { Clock } from '../clock.ts'
import { asEndorsementError, EndorsementError, isTransient } from '../error.ts'
import { backoffMs, type Backoff } from '../http/backoff.ts'
import { httpGet } from '../http/get.ts'
import type { RateLimiter } from '../http/rate-limiter.ts'
import type { Item, Read, Route } from './item.ts'

/** What bounds the asking. */
export type AskLimits = {
  /** For all servers and attempts together, milliseconds. */
  readonly deadlineMs: number
  /** For one request, milliseconds. */
  readonly requestTimeoutMs: number
  /** Attempts at one server. */
  readonly attempts: number
  readonly backoff: Backoff
  /** Longest wait that a Retry-After is obeyed for; past it the next server is asked. */
  readonly maxRetryAfterMs: number
}

/** What the asking works with. */
export type AskDependencies = {
  readonly clock: Clock
  readonly random: () => number
  readonly limiter: RateLimiter
}

/** An answer and the route that gave it. */
export type Answered = { readonly read: Read; readonly route: Route }

/** A Retry-After holds every request to the host back, at most this long. */
const MAX_PAUSE_MS = 600_000
/** Clocks may differ by this much. */
const SKEW_MS = 600_000

/** Decides whether an answer is taken; throws EndorsementError to go on to the next server. */
export type Accept = (read: Read, route: Route) => void

/**
 * The first acceptable answer. Throws EndorsementError: of the servers' failures the first that is
 * retryable, else the first; its message has them all.
 */
export async function ask(
  item: Item,
  limits: AskLimits,
  dependencies: AskDependencies,
  { signal, accept }: { readonly signal: AbortSignal; readonly accept: Accept },
): Promise<Answered> {
  const deadlineMs = dependencies.clock.nowMs() + limits.deadlineMs
  const failures: EndorsementError[] = []
  for (const route of item.routes) {
    try {
      const context = { deadlineMs, signal, limits, dependencies }
      const read = await askServer(route, context, accept)
      return { read, route }
    } catch (error) {
      const failure = asEndorsementError(error, 'network.failed')
      if (failure.code === 'network.aborted') throw failure
      failures.push(failure)
    }
  }
  const chosen = failures.find(({ retryable }) => retryable) ?? failures[0]
  if (chosen === undefined)
    throw new EndorsementError('request.invalid', `${item.kind}: no server is configured`)
  const message = `${item.kind}: ${failures.map((failure) => failure.message).join('; ')}`
  const status = chosen.status === undefined ? {} : { status: chosen.status }
  const { retryAfterMs } = chosen
  throw new EndorsementError(chosen.code, message, { cause: chosen, retryAfterMs, ...status })
}

type Context = {
  readonly deadlineMs: number
  readonly signal: AbortSignal
  readonly limits: AskLimits
  readonly dependencies: AskDependencies
}

async function askServer(route: Route, context: Context, accept: Accept): Promise<Read> {
  const { limits, deadlineMs, signal } = context
  const { clock, random, limiter } = context.dependencies
  const { host } = route.url
  for (let attempt = 0; ; attempt++) {
    try {
      return await askOnce(route, context, accept)
    } catch (error) {
      if (!isTransient(error)) throw error
      const nowMs = clock.nowMs()
      const asked = error.retryAfterMs ?? 0
      if (asked > 0) limiter.pause(host, nowMs + Math.min(asked, MAX_PAUSE_MS))
      const waitMs = Math.max(asked, backoffMs(limits.backoff, attempt, random))
      const last = attempt + 1 >= limits.attempts || asked > limits.maxRetryAfterMs
      if (last || nowMs + waitMs >= deadlineMs) throw error
      await clock.sleep(waitMs, signal)
    }
  }
}

async function askOnce(route: Route, context: Context, accept: Accept): Promise<Read> {
  const { limits, deadlineMs, signal } = context
  const { clock, limiter } = context.dependencies
  const { server, url, bucket, intervalMs, maxBytes } = route
  await limiter.turn({ host: url.host, bucket, intervalMs, deadlineMs, signal })
  const nowMs = clock.nowMs()
  if (nowMs >= deadlineMs)
    throw new EndorsementError('network.deadline', `${url.host}: no time left to ask`)
  const answer = await httpGet(url, {
    // A key goes to the server that it is for, not to where its other files lie.
    headers: url.host === server.host ? server.headers : {},
    maxBytes,
    timeoutMs: Math.min(limits.requestTimeoutMs, deadlineMs - nowMs),
    nowMs,
    signal,
    ca: server.ca,
  })
  const read = readAnswer(route, answer)
  checkDates(read, url.host, clock.nowMs())
  accept(read, route)
  return read
}

function readAnswer(route: Route, answer: Awaited<ReturnType<typeof httpGet>>): Read {
  const { host } = route.url
  // Pages of proxies and portals come with status 200, too.
  if (/\bhtml\b/i.test(answer.headers['content-type'] ?? ''))
    throw new EndorsementError('answer.malformed', `${host}: a web page`, { status: 200 })
  try {
    return route.read(answer)
  } catch (cause) {
    const { code, message } = asEndorsementError(cause, 'answer.malformed')
    throw new EndorsementError(code, `${host}: ${message}`, { cause, status: 200 })
  }
}

function checkDates({ issuedAtMs, nextUpdateMs }: Read, host: string, nowMs: number): void {
  if (nextUpdateMs <= nowMs)
    throw new EndorsementError('answer.expired', `${host}: what it gives has expired`)
  if (issuedAtMs > nowMs + SKEW_MS)
    throw new EndorsementError('answer.not-yet-valid', `${host}: what it gives is not valid yet`)
}
