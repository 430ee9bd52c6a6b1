// The log of a container on disk: one JSON object per line in two files, the older one replaced when the newer is full. Does file I/O.
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogLine } from '../runtime.ts'

/** Both files together take twice this. */
const MAX_FILE_BYTES = 4 << 20
const FOLLOW_MS = 50
const READ_BYTES = 1 << 18
const NEW = 'log.ndjson'
const OLD = 'log.1.ndjson'

/** Appends to the log of a container; only one writer at a time. */
export class LogWriter {
  readonly #folder: string
  #descriptor: number
  #bytes: number

  constructor(folder: string) {
    this.#folder = folder
    this.#descriptor = openSync(join(folder, NEW), 'a', 0o600)
    this.#bytes = fstatSync(this.#descriptor).size
  }

  write({ atMs, stream, text }: LogLine): void {
    const bytes = Buffer.from(`${JSON.stringify([atMs, stream, text])}\n`)
    if (this.#bytes + bytes.length > MAX_FILE_BYTES) {
      closeSync(this.#descriptor)
      renameSync(join(this.#folder, NEW), join(this.#folder, OLD))
      this.#descriptor = openSync(join(this.#folder, NEW), 'a', 0o600)
      this.#bytes = 0
    }
    writeSync(this.#descriptor, bytes)
    this.#bytes += bytes.length
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** Cuts what a process writes into lines of at most so many UTF-16 units. */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #maxLength: number
  readonly #emit: (line: string) => void
  #rest = ''

  constructor(maxLength: number, emit: (line: string) => void) {
    this.#maxLength = maxLength
    this.#emit = emit
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#pieces(line, 0)
    this.#rest = this.#pieces(this.#rest, 1)
  }

  end(): void {
    this.#rest += this.#decoder.decode()
    if (this.#rest !== '') this.#pieces(this.#rest, 0)
    this.#rest = ''
  }

  /** Emits a line in pieces; with `keep` 1 only full ones, and returns what is left. */
  #pieces(line: string, keep: 0 | 1): string {
    while (line.length > this.#maxLength) {
      this.#emit(line.slice(0, this.#maxLength))
      line = line.slice(this.#maxLength)
    }
    if (keep === 0) this.#emit(line)
    return line
  }
}

/** The last `tail` lines, then new ones while `follow`, until the container `ended` or the signal; no log is an empty one. */
export async function* readLog(
  folder: string,
  { tail, follow, signal }: { tail: number; follow: boolean; signal?: AbortSignal },
  ended: () => boolean,
): AsyncGenerator<LogLine> {
  const stopped = () => signal?.aborted === true
  if (stopped()) return
  const reader = new LogReader(folder)
  try {
    let over = ended()
    const first = reader.read()
    yield* tail > 0 ? first.slice(-tail) : []
    while (follow && !over && !stopped()) {
      await delay(FOLLOW_MS, undefined, signal === undefined ? {} : { signal })
      // Asked before reading: what was written before the end is not lost.
      over = ended()
      yield* reader.read()
    }
  } catch (error) {
    if (!stopped()) throw error
  } finally {
    reader.close()
  }
}

/** Reads on where it was, over the change of files. */
class LogReader {
  readonly #folder: string
  #descriptor: number | undefined
  #partial = Buffer.alloc(0)
  #started = false

  constructor(folder: string) {
    this.#folder = folder
  }

  /** All new lines; both files fit into memory. */
  read(): LogLine[] {
    const parts: LogLine[][] = []
    if (!this.#started) {
      this.#started = true
      this.#open(NEW)
      const current = this.#descriptor
      this.#open(OLD)
      if (!sameFile(current, this.#descriptor)) parts.push(this.#rest())
      this.close()
      this.#descriptor = current
    }
    parts.push(this.#rest())
    if (!this.#isCurrent()) {
      // Whatever came in between two looks is in the older file.
      parts.push(this.#rest())
      this.close()
      this.#open(NEW)
      parts.push(this.#rest())
    }
    return parts.flat()
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
    this.#partial = Buffer.alloc(0)
  }
  #open(name: string): void {
    try {
      this.#descriptor = openSync(join(this.#folder, name), 'r')
    } catch {
      this.#descriptor = undefined
    }
  }

  #isCurrent(): boolean {
    const current = statSync(join(this.#folder, NEW), { throwIfNoEntry: false })
    if (current === undefined) return true
    return this.#descriptor !== undefined && fstatSync(this.#descriptor).ino === current.ino
  }

  #rest(): LogLine[] {
    if (this.#descriptor === undefined) return []
    const chunks = [this.#partial]
    for (;;) {
      const chunk = Buffer.alloc(READ_BYTES)
      const length = readSync(this.#descriptor, chunk)
      if (length === 0) break
      chunks.push(chunk.subarray(0, length))
    }
    const bytes = Buffer.concat(chunks)
    const end = bytes.lastIndexOf(10) + 1
    this.#partial = bytes.subarray(end)
    return bytes.toString('utf8', 0, end).split('\n').flatMap(parseLine)
  }
}

function sameFile(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && b !== undefined && fstatSync(a).ino === fstatSync(b).ino
}

/** Lines that a crash has cut short are left out. */
function parseLine(line: string): LogLine[] {
  try {
    const [atMs, stream, text] = JSON.parse(line) as unknown[]
    const known = stream === 'stdout' || stream === 'stderr'
    return typeof atMs === 'number' && known && typeof text === 'string'
      ? [{ atMs, stream, text }]
      : []
  } catch {
    return []
  }
}
