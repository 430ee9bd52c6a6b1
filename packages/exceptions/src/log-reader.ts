// Reads the lines of one log stream and gives the exceptions in it, each joined over its lines. Pure: time comes with the lines.
import { describeException, type Exception } from './exception.ts'
import {
  continues,
  isErrorLevel,
  isFrame,
  isHeader,
  kindOf,
  MAX_LINE,
  type Open,
} from './line-shape.ts'

/** One line of a log; `atMs` in milliseconds since 1970. */
export type LogText = { readonly atMs: number; readonly text: string }

/** Lines of one exception; more are left out of it but still belong to it. */
const MAX_LINES = 200
const MAX_CHARACTERS = 16_384
/** A line this much later, milliseconds, does not belong to what was written before. */
const MAX_PAUSE_MS = 2_000

type Building = Open & {
  readonly atMs: number
  lastMs: number
  readonly lines: string[]
  size: number
}

/**
 * A stream processor for one stream of one container: at most 16,384 characters are held. Lines of two streams would
 * interleave, so each stream has a reader of its own.
 */
export class LogReader {
  /** Lines read so far. */
  lines = 0
  /** Lines so far that were written at an error's level, or began an exception. */
  errorLines = 0
  #open: Building | undefined
  /** The line before, where it may turn out to be the beginning of an exception. */
  #previous: LogText | undefined

  /** The exceptions that end because this line does not belong to them: none or one. */
  push({ atMs, text }: LogText): Exception[] {
    const line = text.slice(0, MAX_LINE).replace(/\r$/, '')
    this.lines++
    const open = this.#open
    if (open !== undefined && belongsInTime(open.lastMs, atMs)) {
      const answer = continues(open, line)
      if (answer !== 'no') {
        add(open, line, atMs)
        return []
      }
    }
    const ended = this.flush()
    const previous = this.#previous
    this.#previous = undefined
    if (isHeader(line) || isErrorLevel(line)) {
      this.errorLines++
      this.#open = begin(line, atMs)
    } else if (isFrame(line) && previous !== undefined && belongsInTime(previous.atMs, atMs)) {
      this.errorLines++
      this.#open = begin(previous.text, previous.atMs)
      add(this.#open, line, atMs)
    } else if (line.trim() !== '') this.#previous = { atMs, text: line }
    return ended
  }

  /** The exception that is still open, as far as it was read: for the end of a log, or when nothing more has come for a while. */
  flush(): Exception[] {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return []
    while (open.lines.length > 1 && open.lines.at(-1) === '') open.lines.pop()
    return [describeException(open.lines, open.atMs)]
  }

  /** As `flush`, when the last line of it is older than two seconds at `nowMs`. */
  flushIdle(nowMs: number): Exception[] {
    const open = this.#open
    return open !== undefined && !belongsInTime(open.lastMs, nowMs) ? this.flush() : []
  }
}

/** A clock that was set back separates nothing. */
function belongsInTime(lastMs: number, atMs: number): boolean {
  return !(atMs - lastMs > MAX_PAUSE_MS)
}

function begin(line: string, atMs: number): Building {
  return { kind: kindOf(line), lines: [line], atMs, lastMs: atMs, size: line.length }
}

function add(open: Building, line: string, atMs: number): void {
  open.lastMs = atMs
  if (open.lines.length >= MAX_LINES || open.size + line.length > MAX_CHARACTERS) return
  open.size += line.length
  open.lines.push(line)
}
