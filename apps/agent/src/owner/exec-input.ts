// Input of a command while it runs, as frames in the named pipe that its launcher reads (launcher/attended.h). Does file I/O.
import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { OwnerError } from './owner-error.ts'
import type { TerminalSize } from './exec-order.ts'

/** Name of the pipe, beside the launcher. */
export const inputPipeName = 'in'
const MAX_FRAME_BYTES = 4_096

/** The writing end. What is written before the launcher has opened the pipe waits in it. */
export class ExecInput {
  readonly #pipe: Socket
  readonly #hasTerminal: boolean
  #isBusy = false
  #isEnded = false

  /** Opens the pipe in `folder` and says how the command is run: at a terminal of that size, or without one. */
  constructor(folder: string, terminal: TerminalSize | undefined) {
    // For reading too: it does not wait for the launcher, and the launcher finds a writer.
    const fd = openSync(join(folder, inputPipeName), constants.O_RDWR | constants.O_NONBLOCK)
    this.#pipe = new Socket({ fd, readable: false, writable: true })
    this.#pipe.on('error', () => undefined)
    this.#hasTerminal = terminal !== undefined
    this.#pipe.write(terminal === undefined ? frame('p') : sizeFrame(terminal))
  }

  /** Comes back when it is on its way; a command that does not read holds it back. One call at a time. Throws OwnerError. */
  async write(bytes: Uint8Array, isEnd: boolean): Promise<void> {
    if (this.#isEnded && bytes.length > 0)
      throw new OwnerError('request.invalid', 'the end of its input was said before')
    const frames: Buffer[] = []
    for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES)
      frames.push(frame('d', bytes.subarray(at, at + MAX_FRAME_BYTES)))
    // At a terminal the end is a character, after which there may be more.
    if (isEnd && !this.#isEnded) frames.push(frame('e'))
    this.#isEnded ||= isEnd && !this.#hasTerminal
    await this.#send(Buffer.concat(frames))
  }

  /** Throws OwnerError. */
  async resize(size: TerminalSize): Promise<void> {
    if (!this.#hasTerminal) throw new OwnerError('request.invalid', 'it runs without a terminal')
    await this.#send(sizeFrame(size))
  }

  /** The launcher ends the command then, if it still runs. */
  close(): void {
    this.#pipe.destroy()
  }

  async #send(bytes: Buffer): Promise<void> {
    if (this.#isBusy)
      throw new OwnerError('request.too-many', 'what was sent before still waits to be read')
    if (bytes.length === 0) return
    this.#isBusy = true
    try {
      await new Promise<void>((resolve, reject) =>
        this.#pipe.write(bytes, (error) => (error ? reject(error) : resolve())),
      )
    } catch (cause) {
      throw new OwnerError('exec.unknown', 'the command has ended', { cause })
    } finally {
      this.#isBusy = false
    }
  }
}

function sizeFrame({ columns, rows }: TerminalSize): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt16BE(columns, 0)
  size.writeUInt16BE(rows, 2)
  return frame('s', size)
}

function frame(kind: 'p' | 's' | 'd' | 'e', content: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.from([kind.charCodeAt(0), content.length >> 8, content.length & 0xff])
  return Buffer.concat([head, content])
}
