// Ends a stream of server-sent events between two events, so that a client resumes after the last one it has. No I/O.
import { Transform, type TransformCallback } from 'node:stream'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Passes a stream of events on (WHATWG HTML, 9.2.6). After `finish` it ends at the next blank line; what comes then is read
 * and dropped.
 */
export class EventStreamEnd extends Transform {
  #finishing = false
  #finished = false
  /** Line ends in a row that have just passed; an event ends with two. */
  #lineEnds = 2
  #last = 0

  /** It has been ended before its source. */
  get finished(): boolean {
    return this.#finished
  }

  /** Ends now where no event is half sent. */
  finish(): void {
    this.#finishing = true
    if (this.#lineEnds >= 2) this.#end()
  }

  /** Ends now, whatever is half sent: a client drops an event that is not whole. */
  cut(): void {
    this.#finishing = true
    this.#end()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#finished) {
      done()
      return
    }
    for (const [index, byte] of chunk.entries()) {
      if (byte === LINE_FEED && this.#last === CARRIAGE_RETURN) {
        // The second half of one line end.
      } else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.#lineEnds++
      else this.#lineEnds = 0
      this.#last = byte
      // A line feed may still belong to the line end.
      const next = chunk[index + 1]
      const isWhole = byte !== CARRIAGE_RETURN || next !== LINE_FEED
      if (this.#finishing && this.#lineEnds >= 2 && isWhole) {
        this.push(chunk.subarray(0, index + 1))
        this.#end()
        done()
        return
      }
    }
    done(null, chunk)
  }

  #end(): void {
    if (this.#finished) return
    this.#finished = true
    this.push(null)
  }
}
