// Hands this worker over to a new process of it, which may be of another version: SIGHUP starts that one, and this one goes on to serve
// until it is ready and drains after it. Starts a process.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { isAbsolute } from 'node:path'
import type { Log } from '../log.ts'
import { messageOf } from '../worker-error.ts'
import {
  NAMES_ROUTE,
  SUCCESSOR_VARIABLE,
  type HandOverMessage,
  type Listeners,
} from './successor.ts'

/** How long a new process may take to say that it can start, then to take everything, milliseconds. */
const PREPARE_MS = 30_000
const TAKE_MS = 60_000

/** One hand-over of this process; a start that fails can be tried again. */
export class Predecessor {
  readonly #log: Log
  readonly #prepared = new AbortController()
  #starting = false
  #child: ChildProcess | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** Aborted when a successor is ready to work: everything but the listeners has to end. */
  get signal(): AbortSignal {
    return this.#prepared.signal
  }

  /** Starts the program as it is on the disk now, with the arguments of this process; it works once `complete` is called. */
  async start(): Promise<void> {
    if (this.#starting || this.#child !== undefined) return
    this.#starting = true
    const [, program = '', ...args] = process.argv
    const child = fork(program, args, {
      // As it was called: what lies there now, where `execPath` is the file that this process began with.
      execPath: isAbsolute(process.argv0) ? process.argv0 : process.execPath,
      env: { ...process.env, [SUCCESSOR_VARIABLE]: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    try {
      await prepared(child)
      this.#child = child
      this.#log.info({ pid: child.pid }, 'handing over to a new process')
      this.#prepared.abort(new DOMException('handed over to a new process', 'AbortError'))
    } catch (error) {
      child.kill('SIGKILL')
      const fields = { code: 'worker.successor-failed', error: messageOf(error) }
      this.#log.error(fields, 'the new process did not start; this one goes on')
    } finally {
      this.#starting = false
    }
  }

  /** Lets the successor work, gives it what it asks for, and returns when it has everything, has ended, or a minute has passed. */
  async complete(listeners: Listeners): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const done = new AbortController()
    const timer = setTimeout(() => {
      if (namesAsked) give(NAMES_ROUTE)
      done.abort()
    }, TAKE_MS)
    const give = (route: string) => {
      const server = listeners.listener(route)
      const answer: HandOverMessage = { type: 'listener', route }
      child.send(answer, server, undefined, (error) => {
        if (error !== null || server === undefined) return
        listeners.release(route)
        const left = listeners.routes()
        if (left.length === 0) done.abort()
        else if (namesAsked && left.every((other) => other === NAMES_ROUTE)) give(NAMES_ROUTE)
      })
    }
    let namesAsked = false
    child.on('message', (message: HandOverMessage) => {
      if (message.type !== 'take') return
      if (message.route === NAMES_ROUTE) namesAsked = true
      const early = listeners.routes().some((other) => other !== NAMES_ROUTE)
      if (message.route !== NAMES_ROUTE || !early) give(message.route)
    })
    child.once('exit', () => done.abort())
    child.send({ type: 'go' } satisfies HandOverMessage)
    if (listeners.routes().length > 0 && child.exitCode === null) await once(done.signal, 'abort')
    clearTimeout(timer)
    if (child.connected) child.disconnect()
    child.unref()
  }
}

async function prepared(child: ChildProcess): Promise<void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(PREPARE_MS)])
  child.once('exit', (code) => ended.abort(new Error(`it ended with exit code ${String(code)}`)))
  try {
    for (;;) {
      const [message] = (await once(child, 'message', { signal })) as [HandOverMessage]
      if (message.type === 'prepared') return
    }
  } catch (error) {
    throw signal.aborted ? (signal.reason as Error) : error
  }
}
