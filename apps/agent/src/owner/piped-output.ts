// What a command of the owner writes into its two pipes, bounded: a slow reader holds the command back. Does file I/O.
import { closeSync, constants, openSync, readSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Stream } from '../output/line-ring.ts'
import { openPipe } from '../output/read-pipes.ts'
import { pipeNames } from '../services/service-folders.ts'
import type { ExecFrame } from './exec-order.ts'

/** Pieces that wait for a slow reader before the pipes are left alone. */
const MAX_WAITING = 16
const READ_BYTES = 65_536
/** More than a pipe can hold. */
const MAX_PIPE_BYTES = 4 << 20

/** What a command writes into its two pipes until it has ended, bounded. */
export class PipedOutput {
  readonly #paths: ReadonlyMap<Stream, string>
  readonly #sockets: readonly Socket[]
  readonly #waiting: ExecFrame[] = []
  #left: number
  #isOver = false
  #wake: () => void = () => undefined
  truncated = false

  /** Of both streams together `maxBytes` are kept; what comes after them is dropped. */
  constructor(folder: string, maxBytes: number) {
    this.#left = maxBytes
    const streams = ['stdout', 'stderr'] as const
    this.#paths = new Map(streams.map((stream) => [stream, join(folder, pipeNames[stream])]))
    this.#sockets = [...this.#paths].map(([stream, path]) =>
      openPipe(path, (chunk) => this.#take(stream, chunk)),
    )
  }

  /** What is written until `ending`. */
  async *frames(ending: Promise<unknown>): AsyncGenerator<ExecFrame, void, undefined> {
    const over = () => this.#end()
    ending.then(over, over)
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) yield next
      else if (this.#isOver) return
      else {
        for (const socket of this.#sockets) socket.resume()
        await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    }
  }

  close(): void {
    this.#isOver = true
    for (const socket of this.#sockets) socket.destroy()
  }

  #take(stream: Stream, chunk: Uint8Array): void {
    if (chunk.length > this.#left) this.truncated = true
    const kept = Buffer.from(chunk.subarray(0, this.#left))
    this.#left -= kept.length
    if (kept.length === 0) return
    this.#waiting.push({ stream, data: kept.toString('base64') })
    if (this.#waiting.length >= MAX_WAITING) for (const socket of this.#sockets) socket.pause()
    this.#wake()
  }

  /** It has ended: what it wrote is in the pipes, which keep it while somebody has them open. */
  #end(): void {
    if (this.#isOver) return
    const rest = [...this.#paths].map(([stream, path]) => {
      return [stream, openSync(path, constants.O_RDWR | constants.O_NONBLOCK)] as const
    })
    for (const socket of this.#sockets) socket.destroy()
    for (const [stream, fd] of rest) {
      drain(fd, (chunk) => this.#take(stream, chunk))
      closeSync(fd)
    }
    this.#isOver = true
    this.#wake()
  }
}

/** Reads what is in a pipe now; at most what one holds. */
function drain(fd: number, onChunk: (chunk: Uint8Array) => void): void {
  const buffer = new Uint8Array(READ_BYTES)
  for (let left = MAX_PIPE_BYTES; left > 0;) {
    let bytes: number
    try {
      bytes = readSync(fd, buffer)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
      throw error
    }
    onChunk(buffer.subarray(0, bytes))
    left -= bytes
  }
}
