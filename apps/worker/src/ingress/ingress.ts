// Published ports of all applications: raw bytes to the agent of the newest ready instance. Serves and makes TCP connections.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Condition } from '@wetee/daemon'
import { appScope, type ConditionBoard } from '../condition/condition.ts'
import { adoptServer, type Inheritance, type Listeners } from '../handover/successor.ts'
import type { Log } from '../log.ts'
import { WorkerError } from '../worker-error.ts'
import type { IngressCounters } from './counters.ts'
import type { Domains } from './domains.ts'
import { forward } from './forward.ts'
import type { NamedRoute } from './host-names.ts'
import { Limits, type IngressLimits, type IngressUsage } from './limits.ts'
import {
  candidatePorts,
  ownerTarget,
  routeText,
  type PortRange,
  type RouteKey,
} from './port-choice.ts'
import type { PortStore } from './port-store.ts'

/** An instance behind a route. */
export type Backend = {
  readonly podId: string
  /** Connections go to the newest version that is ready; instances of one number share them. */
  readonly version: number
  /** Takes no more than this share of new connections, though it is newer. */
  readonly canaryPercent?: number
  /** Takes traffic: attested and answering. */
  readonly ready: boolean
  /** Connects to its agent, half-open allowed; throws or gives nothing while that does not listen. */
  readonly dial: () => Socket | undefined
  /** The same for challenges of a CA, which it hears only while it has ordered a certificate. */
  readonly dialChallenge?: () => Socket | undefined
}

/** One published port of an application and what stands behind it. */
export type Route = RouteKey & {
  readonly backends: readonly Backend[]
  /** Custom domains that lead here once they are proven. */
  readonly domains?: readonly string[]
}

/** An open listener. */
export type Listening = RouteKey & { readonly port: number }

/** What the ingress is made of. */
export type IngressParts = {
  readonly host: string
  readonly portRange: PortRange
  readonly store: PortStore
  readonly board: ConditionBoard
  readonly log: Log
  readonly limits: IngressLimits & {
    /** A connection without a byte in either direction for this long is closed. */
    readonly idleMs: number
  }
  readonly counters: IngressCounters
  /** A clock that only goes forward. */
  readonly monotonicMs: () => number
  /** Listeners of the process before this one; those that are not taken are opened. */
  readonly inheritance?: Inheritance
  /** Hears which custom domains an application wants. */
  readonly domains?: Pick<Domains, 'want'>
}

type Listener = {
  readonly key: RouteKey
  readonly port: number
  readonly server: Server
  readonly connections: Set<Socket>
  backends: readonly Backend[]
  turn: number
}

const MAX_TRIES = 1_000

/**
 * Owner APIs have places and bytes of their own, beside those of applications: whoever takes everything of an application, or of all,
 * does not keep its owner from looking at it. An agent serves its owner on 64 connections.
 */
export const OWNER_LIMITS: IngressLimits = {
  totalConnections: 512,
  connections: 64,
  connectionsPerSecond: 20,
  bytesPerSecond: 25_000_000,
}

/** The routes of all applications, and a listener for each. */
export class Ingress implements Listeners {
  readonly #parts: IngressParts
  readonly #listeners = new Map<string, Listener>()
  /** Names of the listeners of each application. */
  readonly #byApp = new Map<bigint, Set<string>>()
  /** By what a name says. */
  readonly #named = new Map<string, Listener>()
  readonly #limits: Limits
  readonly #ownerLimits: Limits

  constructor(parts: IngressParts) {
    this.#parts = parts
    this.#limits = new Limits(parts.limits, parts.monotonicMs)
    this.#ownerLimits = new Limits(OWNER_LIMITS, parts.monotonicMs)
  }

  /**
   * Makes an application's listeners equal to `routes`: new ones open, others close, connections that are open stay with
   * their instance. Throws WorkerError `ingress.no-port`.
   */
  async setRoutes(appId: bigint, routes: readonly Route[]): Promise<void> {
    const wanted = new Map(routes.map((route) => [routeText(route), route]))
    for (const name of [...(this.#byApp.get(appId) ?? [])]) {
      const listener = this.#listeners.get(name)
      if (listener !== undefined && !wanted.has(name)) await this.#close(name, listener)
    }
    const conditions: Condition[] = []
    for (const [name, route] of wanted) {
      // The process before this one serves it for as long as there is nothing behind it here.
      const early = this.#parts.inheritance !== undefined && route.backends.length === 0
      if (early && !this.#listeners.has(name)) continue
      const listener = this.#listeners.get(name) ?? (await this.#open(route, conditions))
      listener.backends = route.backends
    }
    if (routes.length === 0)
      for (const pool of [this.#limits, this.#ownerLimits]) pool.forget(appId)
    const domains = routes.flatMap(({ target, domains: names = [] }) =>
      names.map((name) => ({ name, target })),
    )
    this.#parts.domains?.want(appId, domains)
    // Says it once when a port moves; it stays until the application's listeners change again.
    if (conditions.length > 0 || routes.length === 0)
      this.#parts.board.set(appScope(appId), 'ingress', conditions)
  }

  /** The listeners of an application. */
  listening(appId: bigint): Listening[] {
    return [...(this.#byApp.get(appId) ?? [])].flatMap((name) => {
      const found = this.#listeners.get(name)
      return found === undefined ? [] : [{ ...found.key, port: found.port }]
    })
  }

  /**
   * Passes on a connection that asked for a published port by name, and whose errors its listener hears; false when there
   * is no such route. A CA's challenge (RFC 8737) goes to the instance that has ordered, whatever its version and health.
   */
  pass(near: Socket, named: NamedRoute, kind: 'traffic' | 'challenge' = 'traffic') {
    const listener = this.#named.get(nameOf(named))
    if (listener === undefined) return false
    this.#take(listener, near, kind === 'traffic' ? chooseBackends : challenged)
    return true
  }

  /** What an application has used since this process started. */
  usage(appId: bigint): IngressUsage {
    return this.#limits.usage(appId)
  }

  routes(): readonly string[] {
    return [...this.#listeners].filter(([, { server }]) => server.listening).map(([name]) => name)
  }

  listener(route: string): Server | undefined {
    return this.#listeners.get(route)?.server
  }

  release(route: string): void {
    this.#listeners.get(route)?.server.close()
  }

  /** Accepts no more, and waits until every connection has ended, at most `timeoutMs` or until `signal`; then closes what is left. */
  async drain(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const listeners = [...this.#listeners.values()]
    for (const { server } of listeners) server.close()
    const over = new AbortController()
    const until = AbortSignal.any([over.signal, ...(signal?.aborted === false ? [signal] : [])])
    await Promise.race([
      Promise.all(listeners.flatMap(({ connections }) => [...connections].map(closed))),
      delay(timeoutMs, undefined, { signal: until }).catch(() => undefined),
    ])
    over.abort()
    await this.close()
  }

  /** Closes every listener and every connection. */
  async close(): Promise<void> {
    for (const [name, listener] of [...this.#listeners]) await this.#close(name, listener)
  }

  async #open(route: Route, conditions: Condition[]): Promise<Listener> {
    const { store, log, host, portRange } = this.#parts
    const { appId, service, target } = route
    const key = { appId, service, target }
    const remembered = store.recall(key)
    const name = routeText(key)
    const accept = (near: Socket) => {
      near.on('error', () => near.destroy())
      const listener = this.#listeners.get(name)
      if (listener === undefined) near.destroy()
      else this.#take(listener, near, chooseBackends)
    }
    const inherited = await this.#parts.inheritance?.take(name)
    if (inherited !== undefined) return this.#keep(key, adoptServer(inherited, accept))
    let tries = 0
    for (const port of candidatePorts(key, portRange, remembered)) {
      if (++tries > MAX_TRIES) break
      const server = createServer({ allowHalfOpen: true, noDelay: true }, accept)
      if (!(await listen(server, host, port))) {
        log.warn({ code: 'ingress.port-taken', route: routeText(key), port }, 'a port is taken')
        continue
      }
      if (remembered !== undefined && remembered !== port)
        conditions.push({
          code: 'ingress.port-moved',
          severity: 'warning',
          text: `port ${remembered} for ${service}:${target} is taken by another process; it is ${port} now`,
          remedy: 'free the old port and restart the worker, or use the new address',
        })
      return this.#keep(key, server)
    }
    throw new WorkerError(
      'ingress.no-port',
      `no port between ${portRange[0]} and ${portRange[1]} is free for ${routeText(key)}: widen ingress.portRange`,
      { retryable: true },
    )
  }

  #keep(key: RouteKey, server: Server): Listener {
    const { store, log } = this.#parts
    const route = routeText(key)
    const { port } = server.address() as AddressInfo
    server.on('error', (error) => log.error({ route, error: error.message }, 'listener failed'))
    store.remember(key, port)
    const listener = { key, port, server, connections: new Set<Socket>(), backends: [], turn: 0 }
    this.#listeners.set(route, listener)
    this.#byApp.set(key.appId, (this.#byApp.get(key.appId) ?? new Set()).add(route))
    this.#named.set(nameOf(key), listener)
    log.info({ route, port }, 'listening')
    return listener
  }

  async #close(name: string, { key, server, connections }: Listener): Promise<void> {
    this.#listeners.delete(name)
    const others = this.#byApp.get(key.appId)
    others?.delete(name)
    if (others?.size === 0) this.#byApp.delete(key.appId)
    this.#named.delete(nameOf(key))
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    const ended = [...connections].map(closed)
    for (const socket of connections) socket.destroy()
    await Promise.all([stopped, ...ended])
  }

  /** Within its application's limits; closed beyond them. */
  #take(listener: Listener, near: Socket, choose: typeof chooseBackends): void {
    const { counters, limits } = this.#parts
    const { appId, target } = listener.key
    const pool = target === ownerTarget ? this.#ownerLimits : this.#limits
    const share = pool.take(appId)
    if (typeof share === 'string') {
      counters.answered(`limit-${share}`)
      near.destroy()
      return
    }
    const { connections } = listener
    connections.add(near)
    counters.opened()
    near.on('close', () => {
      connections.delete(near)
      pool.release(share)
      counters.closed()
    })
    const backends = choose(listener.backends, listener.turn++)
    forward(near, backends, { share, counters, idleMs: limits.idleMs })
  }
}

/**
 * In which order instances are tried for a new connection: the newest version that is ready, its replicas in turn; when
 * none is ready, the newest version, so that its agent can say why.
 */
export function chooseBackends(backends: readonly Backend[], turn: number): readonly Backend[] {
  const ready = backends.filter((backend) => backend.ready)
  const canary = ready.filter(({ canaryPercent }) => canaryPercent !== undefined)
  const settled = ready.filter(({ canaryPercent }) => canaryPercent === undefined)
  const percent = canary[0]?.canaryPercent ?? 0
  // 61 has no factor in common with 100: of any hundred turns exactly so many, spread out.
  if (settled.length > 0 && (turn * 61) % 100 >= percent) return inTurn(settled, turn)
  const others = backends.filter(({ canaryPercent }) => canaryPercent === undefined)
  return [...inTurn(canary, turn), ...inTurn(settled.length > 0 ? settled : others, turn)]
}

function inTurn(usable: readonly Backend[], turn: number): readonly Backend[] {
  const newest = Math.max(...usable.map(({ version }) => version))
  const replicas = usable
    .filter(({ version }) => version === newest)
    .sort((a, b) => (a.podId < b.podId ? -1 : 1))
  const start = replicas.length === 0 ? 0 : turn % replicas.length
  return [...replicas.slice(start), ...replicas.slice(0, start)]
}

/** An application's ports have one name each whatever their service; each owner API has its own. */
const nameOf = ({ appId, service, target }: NamedRoute): string =>
  target === ownerTarget ? `${appId}/${service}` : `${appId}/${target}`

/** Whoever has not ordered does not listen, and is passed over. */
const challenged = (backends: readonly Backend[]): readonly Backend[] =>
  backends.map((one) => ({ ...one, dial: () => one.dialChallenge?.() }))

/** Resolves when a connection has closed, however it ended. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

function listen(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    }
    server.once('error', onError)
    server.listen({ host, port }, () => {
      server.off('error', onError)
      resolve(true)
    })
  })
}
