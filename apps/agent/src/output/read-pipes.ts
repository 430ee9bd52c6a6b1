// Reads what services write into their pipes. Does file I/O.
import { constants, fstatSync, openSync, closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { SecretError } from '../secrets/secret-error.ts'
import { pipeNames } from '../services/service-folders.ts'
import { LineSplitter } from './line-splitter.ts'
import type { Stream } from './line-ring.ts'
import type { ServiceOutput } from './service-output.ts'

/** What writes faster is held back by its full pipe: the agent has other work too. */
const MAX_BYTES_PER_TICK = 8 << 20
const READ_BYTES = 65_536
const TICK_MS = 100
const LOOK_MS = 10
/** A line that has not ended for this long is shown as it is, milliseconds. */
const UNENDED_MS = 1_000

type Source = {
  readonly socket: Socket
  readonly splitter: LineSplitter
  readonly stream: Stream
  readonly service: string
  lastMs: number
}

/**
 * Reads both pipes of every service of `output` below `folder` until `close`. A pipe is opened for writing too, so that it never
 * ends. While `isHeld` nothing is read: a full pipe holds its writer back. What is in it when the agent does stays there for as long as its service runs. Throws SecretError `service.not-written` for a pipe that is none.
 */
export function readPipes(
  folder: string,
  output: ServiceOutput,
  monotonicMs: () => number,
  isHeld: () => boolean = () => false,
): { close(): void } {
  const sources: Source[] = []
  let budget = MAX_BYTES_PER_TICK
  const read = (source: Source, chunk: Uint8Array): void => {
    const { service, stream, splitter } = source
    source.lastMs = monotonicMs()
    output.add(service, stream, splitter.push(chunk), chunk.length)
    budget -= chunk.length
    if (budget < 0 || isHeld()) for (const each of sources) each.socket.pause()
  }
  let ticks = 0
  const timer = setInterval(() => {
    if (++ticks % (TICK_MS / LOOK_MS) === 0) budget = MAX_BYTES_PER_TICK
    if (budget < 0 || isHeld()) return
    const nowMs = monotonicMs()
    for (const { socket, splitter, service, stream, lastMs } of sources) {
      if (socket.isPaused()) socket.resume()
      else if (nowMs - lastMs >= UNENDED_MS) output.add(service, stream, splitter.flush(), 0)
    }
  }, LOOK_MS)
  timer.unref()
  const close = () => {
    clearInterval(timer)
    for (const { socket } of sources) socket.destroy()
  }
  try {
    for (const service of output.services)
      for (const stream of ['stdout', 'stderr'] as const) {
        const path = join(folder, service, pipeNames[stream])
        const socket = openPipe(path, (chunk) => read(source, chunk))
        const source = { socket, stream, service, splitter: new LineSplitter(), lastMs: 0 }
        sources.push(source)
      }
  } catch (error) {
    close()
    throw error
  }
  return { close }
}

/** Reads a pipe as it is written, in one buffer for every read. Throws SecretError `service.not-written` for what is none. */
export function openPipe(path: string, onChunk: (chunk: Uint8Array) => void): Socket {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  if (!fstatSync(fd).isFIFO()) {
    closeSync(fd)
    throw new SecretError('service.not-written', `${path}: expected a named pipe`)
  }
  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    // One buffer for every read: new ones would wait for a collector that fast writers outrun.
    onread: {
      buffer: new Uint8Array(READ_BYTES),
      callback: (bytes, buffer) => {
        onChunk(buffer.subarray(0, bytes))
        return true
      },
    },
  })
  socket.on('error', () => undefined)
  return socket
}
