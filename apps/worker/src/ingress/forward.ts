// Passes the bytes of one connection to an instance and back, within its application's limits. Does socket I/O.
import type { Socket } from 'node:net'
import type { IngressCounters } from './counters.ts'
import type { Backend } from './ingress.ts'
import type { AppShare } from './limits.ts'

/** What a connection counts against. */
export type Flow = {
  readonly share: AppShare
  readonly counters: IngressCounters
  /** Without a byte in either direction for this long it is closed. */
  readonly idleMs: number
}

/**
 * Connects to the first backend that answers; nothing is read from `near` before that. Listens with `on` to what happens once:
 * there are ten thousand connections, and each `once` keeps two objects more.
 */
export function forward(near: Socket, [backend, ...others]: readonly Backend[], flow: Flow): void {
  if (backend === undefined) {
    flow.counters.answered('no-instance')
    near.destroy()
    return
  }
  const far = tryDial(backend)
  if (far === undefined) {
    forward(near, others, flow)
    return
  }
  let established = false
  const onNearClosed = () => far.destroy()
  near.on('close', onNearClosed)
  far.on('connect', () => {
    established = true
    flow.counters.answered('forwarded')
    join(near, far, flow)
  })
  far.on('error', () => {
    near.off('close', onNearClosed)
    if (established || near.destroyed) near.destroy()
    else forward(near, others, flow)
  })
  far.on('close', () => {
    if (established) near.destroySoon()
  })
}

function join(near: Socket, far: Socket, { share, counters, idleMs }: Flow): void {
  near.setTimeout(idleMs, () => near.destroy())
  pump(near, far, (bytes, resume) => {
    share.bytesIn += bytes
    counters.bytesIn(bytes)
    return share.spend(bytes, resume)
  })
  pump(far, near, (bytes, resume) => {
    share.bytesOut += bytes
    counters.bytesOut(bytes)
    return share.spend(bytes, resume)
  })
}

/** One direction: reads on when what was read has been taken and is allowed for. */
function pump(
  from: Socket,
  to: Socket,
  spend: (bytes: number, resume: () => void) => boolean,
): void {
  let holds = 0
  const hold = () => {
    holds++
    from.pause()
  }
  const free = () => {
    if (--holds === 0) from.resume()
  }
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) {
      hold()
      to.once('drain', free)
    }
    if (!spend(chunk.length, free)) hold()
  })
  // A client that sends nothing may have ended before anybody listened.
  if (from.readableEnded) to.end()
  else from.on('end', () => to.end())
  from.resume()
}

function tryDial({ dial }: Backend): Socket | undefined {
  try {
    return dial()
  } catch {
    return undefined
  }
}
