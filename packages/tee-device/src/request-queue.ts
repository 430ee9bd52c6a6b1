// Requests to a TEE, one after the other. No I/O.
import { TeeError } from './error.ts'

/** Requests that may wait; more are refused. */
const MAX_WAITING = 64

/**
 * Lets one request at a time through: the kernel serialises them anyway, and each one that waits inside it holds a thread
 * of Node's pool for up to a minute.
 */
export class RequestQueue {
  #last: Promise<unknown> = Promise.resolve()
  #size = 0

  /**
   * Runs `work` when all earlier requests are over. A caller who gives up gets TeeError `tee.aborted` at once, while the
   * work, if it has begun, goes on to its end: what it made it must remove. TeeError `tee.busy` when too many wait.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#size >= MAX_WAITING)
      return Promise.reject(
        new TeeError('tee.busy', `${MAX_WAITING} requests wait already; try again later`),
      )
    if (signal?.aborted === true) return Promise.reject(gaveUp(signal))
    this.#size++
    const done = this.#last.then(() => {
      checkAborted(signal)
      return work()
    })
    this.#last = done.then(
      () => void this.#size--,
      () => void this.#size--,
    )
    return signal === undefined ? done : orAborted(done, signal)
  }
}

/** Throws TeeError `tee.aborted` when the caller has given up. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw gaveUp(signal)
}

function orAborted<T>(done: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(gaveUp(signal))
    signal.addEventListener('abort', abort, { once: true })
    done.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function gaveUp(signal: AbortSignal): TeeError {
  return new TeeError('tee.aborted', 'the caller gave up', { cause: signal.reason })
}
