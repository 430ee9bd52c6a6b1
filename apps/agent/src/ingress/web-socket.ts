// Ends a WebSocket between two frames of its server, with the status for an endpoint that goes away. No I/O.
import { Transform, type TransformCallback } from 'node:stream'

/** A close frame with status 1001 "going away" (RFC 6455, 5.5.1 and 7.4.1), unmasked as servers send it. */
export const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])

const CLOSE = 0x8
const LONGEST_HEADER = 14

/**
 * Passes on what a server sends. After `goAway` it lets the frame under way pass, sends the close frame, and drops the rest: after
 * a close frame a server sends nothing. A server that has sent its own close frame is left to it.
 */
export class WebSocketEnd extends Transform {
  #header = Buffer.alloc(0)
  /** Bytes of the payload under way that have not passed. */
  #payload = 0
  #going = false
  /** It has sent a close frame of its own. */
  #leaving = false
  #closed = false

  goAway(): void {
    this.#going = true
    if (this.#header.length === 0 && this.#payload === 0) this.#close()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let place = 0
    while (place < chunk.length && !this.#closed) {
      if (this.#payload > 0) {
        const size = Math.min(this.#payload, chunk.length - place)
        this.push(chunk.subarray(place, place + size))
        this.#payload -= size
        place += size
      } else place = this.#readHeader(chunk, place)
      if (this.#going && this.#payload === 0 && this.#header.length === 0) this.#close()
    }
    done()
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#closed ? undefined : this.#header)
  }

  /** Collects a header and passes it on when it is whole; returns how far it has read. */
  #readHeader(chunk: Buffer, place: number): number {
    const before = this.#header.length
    const bytes = Buffer.concat([this.#header, chunk.subarray(place, place + LONGEST_HEADER)])
    const size = headerSize(bytes)
    if (size === undefined || bytes.length < size) {
      this.#header = bytes
      return chunk.length
    }
    this.#header = Buffer.alloc(0)
    this.#payload = payloadSize(bytes)
    // Its own close frame passes, payload and all: nothing is to be put after it.
    if (((bytes[0] ?? 0) & 0x0f) === CLOSE) this.#leaving = true
    this.push(bytes.subarray(0, size))
    return place + size - before
  }

  #close(): void {
    if (this.#closed || this.#leaving) return
    this.#closed = true
    this.push(GOING_AWAY)
  }
}

/** `undefined` before the two bytes that tell (RFC 6455, 5.2). */
function headerSize(bytes: Buffer): number | undefined {
  const second = bytes[1]
  if (second === undefined) return undefined
  const length = second & 0x7f
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((second & 0x80) === 0 ? 0 : 4)
}

function payloadSize(bytes: Buffer): number {
  const length = (bytes[1] ?? 0) & 0x7f
  if (length === 126) return bytes.readUInt16BE(2)
  return length === 127 ? Number(bytes.readBigUInt64BE(2)) : length
}
