// A process that follows another one of the same worker: waits until that has stopped working, then takes its listeners one by one.
// Talks to its parent process.
import { Server, type Socket } from 'node:net'

/** What a successor asks and its predecessor answers; text over the channel of `fork`. */
export type HandOverMessage =
  | { readonly type: 'prepared' }
  | { readonly type: 'go' }
  | { readonly type: 'take'; readonly route: string }
  | { readonly type: 'listener'; readonly route: string }

/** Set for a process that follows another one. */
export const SUCCESSOR_VARIABLE = 'WETEE_SUCCESSOR'

/** What one process hands over to the next. */
export type Listeners = {
  /** Routes that accept here. */
  routes(): readonly string[]
  /** The listener of a route, for another process to share; this one goes on to accept until `release`. */
  listener(route: string): Server | undefined
  /** Accepts no more at a route; connections that are open stay. */
  release(route: string): void
}

/** The listener for host names: handed over when there is something behind every name. */
export const NAMES_ROUTE = 'names'

/** Listeners of the process before this one. */
export type Inheritance = {
  /** The listener of a route, which from then on accepts here and not there; `undefined` when there is none. */
  take(route: string): Promise<Server | undefined>
}

/** Longer than a predecessor waits with the listener for names. */
const TAKE_TIMEOUT_MS = 70_000

/**
 * Says that this process can start, and waits until its predecessor no longer works on anything (or is gone). Gives nothing in
 * a process that follows none. Throws the reason of `signal`.
 */
export async function awaitTurn(
  signal: AbortSignal,
  parent: NodeJS.Process = process,
): Promise<Inheritance | undefined> {
  if (parent.env[SUCCESSOR_VARIABLE] === undefined || parent.send === undefined) return undefined
  // Whatever this process starts follows nobody.
  delete parent.env[SUCCESSOR_VARIABLE]
  const turn = new Promise<void>((resolve, reject) => {
    parent.once('disconnect', resolve)
    parent.on('message', (message: HandOverMessage) => {
      if (message.type === 'go') resolve()
    })
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  say(parent, { type: 'prepared' })
  await turn
  return { take: (route) => take(parent, route) }
}

/** A server that another process has opened and sent, as one that was opened here. */
export function adoptServer(server: Server, accept: (near: Socket) => void): Server {
  // Made by the runtime when it arrived, with no options.
  Object.assign(server, { allowHalfOpen: true, noDelay: true })
  return server.on('connection', accept)
}

function take(parent: NodeJS.Process, route: string): Promise<Server | undefined> {
  if (!parent.connected) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const end = (server: Server | undefined) => {
      clearTimeout(timer)
      parent.off('message', onMessage)
      parent.off('disconnect', onGone)
      resolve(server)
    }
    const onGone = () => end(undefined)
    const onMessage = (message: HandOverMessage, handle: unknown) => {
      if (message.type !== 'listener' || message.route !== route) return
      end(handle instanceof Server ? handle : undefined)
    }
    const timer = setTimeout(onGone, TAKE_TIMEOUT_MS)
    parent.on('message', onMessage)
    parent.once('disconnect', onGone)
    say(parent, { type: 'take', route })
  })
}

function say(parent: NodeJS.Process, message: HandOverMessage): void {
  // An error is that the parent has gone, which `disconnect` says as well.
  parent.send?.(message, undefined, undefined, () => undefined)
}
