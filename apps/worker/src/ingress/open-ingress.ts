// The ingress of a worker from its configuration: routes, limits, the listener for names. Serves TCP, reads a file of the system.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Metrics } from '@wetee/daemon'
import type { ConditionBoard } from '../condition/condition.ts'
import type { NetworkFacts } from '../chain/records.ts'
import type { WorkerConfig } from '../config.ts'
import { NAMES_ROUTE, type Inheritance, type Listeners } from '../handover/successor.ts'
import type { Log } from '../log.ts'
import { messageOf } from '../worker-error.ts'
import { ingressCounters } from './counters.ts'
import { Domains, txtResolver } from './domains.ts'
import { parseHostName } from './host-names.ts'
import { Ingress, OWNER_LIMITS } from './ingress.ts'
import { NameListener } from './name-listener.ts'
import type { PortStore } from './port-store.ts'

/** An ingress, and what serves its names until the signal. */
export type OpenedIngress = {
  readonly ingress: Ingress
  readonly domains: Pick<Domains, 'records' | 'proven'>
  /** Serves names; at the signal it goes on until `listeners` are released or `close`. */
  readonly names: (signal: AbortSignal) => Promise<void>
  /** The listener for names and those of all routes. */
  readonly listeners: Listeners
  /** Accepts no more and lets connections end, see Ingress; then closes everything. */
  readonly drain: Ingress['drain']
}

/** ALPN of a challenge (RFC 8737, 6.2). */
const CHALLENGE_PROTOCOL = 'acme-tls/1'
const RETRY_MS = 5_000
/** Files that the rest of the worker needs, and connections of owners. */
const OTHER_FILES = 1_024 + 2 * OWNER_LIMITS.totalConnections

/** Opens nothing yet but what `Ingress` opens for its routes. */
export function openIngress(
  { config: { ingress: config }, log }: { readonly config: WorkerConfig; readonly log: Log },
  parts: {
    readonly store: PortStore
    readonly board: ConditionBoard
    readonly metrics: Metrics
    readonly network: NetworkFacts
    readonly inheritance: Inheritance | undefined
  },
): OpenedIngress {
  const { inheritance } = parts
  const counters = ingressCounters(parts.metrics)
  const total = affordableConnections(config.limits.totalConnections, openFilesLimit())
  if (total < config.limits.totalConnections)
    log.warn({ connections: total }, 'the limit of open files allows fewer connections')
  const limits = { ...config.limits, totalConnections: total }
  const domains = new Domains({
    ...{ network: parts.network, board: parts.board },
    resolveTxt: txtResolver(config.dnsServers),
    monotonicMs: () => performance.now(),
  })
  const ingress = new Ingress({
    ...{ host: config.host, portRange: config.portRange, limits, counters, log },
    ...{ store: parts.store, board: parts.board, domains },
    monotonicMs: () => performance.now(),
    ...(inheritance === undefined ? {} : { inheritance }),
  })
  const { domain, host, namePort } = config
  const { helloMs, waitingHellos } = limits
  const listener =
    domain === undefined
      ? undefined
      : new NameListener({
          ...{ host, port: namePort, helloMs, waitingHellos, counters },
          pass: (near, { serverName, protocols }) => {
            const own = parseHostName(serverName, domain)
            if (own !== undefined) return ingress.pass(near, own)
            const custom = domains.find(serverName)
            const kind = protocols.includes(CHALLENGE_PROTOCOL) ? 'challenge' : 'traffic'
            return custom !== undefined && ingress.pass(near, custom, kind)
          },
        })
  const names = async (signal: AbortSignal): Promise<void> => {
    if (listener === undefined) return
    const inherited = await inheritance?.take(NAMES_ROUTE)
    if (inherited !== undefined) listener.adopt(inherited)
    const serving = serveNames(listener, { ...parts, port: namePort, log, signal })
    await Promise.all([serving, domains.run(signal)])
  }
  const listeners: Listeners = {
    routes: () => [...ingress.routes(), ...(listener?.server === undefined ? [] : [NAMES_ROUTE])],
    listener: (route) => (route === NAMES_ROUTE ? listener?.server : ingress.listener(route)),
    release: (route) => (route === NAMES_ROUTE ? listener?.close() : ingress.release(route)),
  }
  const drain: Ingress['drain'] = (timeoutMs, signal) => {
    listener?.close()
    return ingress.drain(timeoutMs, signal)
  }
  return { ingress, domains, names, listeners, drain }
}

/** A connection takes two files, one to each side. */
export function affordableConnections(wanted: number, openFiles: number): number {
  return Math.max(1, Math.min(wanted, Math.floor((openFiles - OTHER_FILES) / 2)))
}

/** Most files that this process may have open, as Linux says; 1,048,576 where it does not. */
function openFilesLimit(): number {
  try {
    const text = readFileSync('/proc/self/limits', 'utf8')
    return Number(/^Max open files +([0-9]+)/m.exec(text)?.[1] ?? 1_048_576)
  } catch {
    return 1_048_576
  }
}

/** A port that is taken is tried again: the worker that was before may still be closing. */
async function serveNames(
  listener: NameListener,
  parts: {
    readonly board: ConditionBoard
    readonly port: number
    readonly log: Log
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { board, port, log, signal } = parts
  while (!signal.aborted && listener.server === undefined) {
    try {
      await listener.listen()
      break
    } catch (error) {
      board.set('worker', 'ingress', [
        {
          code: 'ingress.no-port',
          severity: 'error',
          text: `names are not served: port ${port}: ${messageOf(error)}`,
          remedy:
            'free the port, allow it (CAP_NET_BIND_SERVICE below 1024), or set ingress.namePort',
        },
      ])
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  if (signal.aborted) return
  board.set('worker', 'ingress', [])
  log.info({ port: listener.port }, 'serving names')
}
