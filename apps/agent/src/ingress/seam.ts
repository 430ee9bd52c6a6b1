// A connection of HTTP/2 into which one frame of our own can be put between two of Node's. Acts on sockets.
import { Duplex } from 'node:stream'

type Written = { readonly chunk: Buffer; readonly encoding: BufferEncoding }
type Done = (error?: Error | null) => void

/**
 * GOAWAY with the highest stream id (RFC 9113, 6.8): the client opens no more streams, those that are on their way are still
 * answered. Node sends one only with the last id that it has seen, and is deaf to later streams from then on.
 */
export const GOING_AWAY_SOON = Buffer.from([
  ...[0, 0, 8, 7, 0, 0, 0, 0, 0],
  ...[0x7f, 0xff, 0xff, 0xff],
  ...[0, 0, 0, 0],
])

/** A client that does not close when it is left is cut after this long, milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000

/** Passes everything on. Node hands whole frames over in each of its writes, so that what is put between these is between frames. */
export class Seam extends Duplex {
  readonly #socket: Duplex
  #early: Buffer[] | undefined = []

  constructor(socket: Duplex) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', () => this.destroy())
    socket.on('close', () => this.destroy())
  }

  /** Sends bytes that are whole frames, not before the first of Node's: that has to be the settings. */
  insert(frames: Buffer): void {
    if (this.#early !== undefined) this.#early.push(frames)
    else if (this.#socket.writable) this.#socket.write(frames)
  }

  #sendEarly(): void {
    const frames = this.#early ?? []
    this.#early = undefined
    for (const frame of frames) this.insert(frame)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#socket.write(chunk, done)
    this.#sendEarly()
  }

  override _writev(chunks: Written[], done: Done): void {
    const last = chunks.length - 1
    this.#socket.cork()
    for (const [index, { chunk }] of chunks.entries())
      this.#socket.write(chunk, index === last ? done : undefined)
    this.#socket.uncork()
    this.#sendEarly()
  }

  override _final(done: Done): void {
    this.#socket.end(done)
    // Node waits for the other side for ever.
    const late = setTimeout(() => this.destroy(), CLOSE_TIMEOUT_MS)
    this.#socket.once('close', () => clearTimeout(late))
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#socket.destroy()
    done(error)
  }
}
