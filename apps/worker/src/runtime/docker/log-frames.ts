// The engine's log stream into lines. Pure over the bytes.
import type { LogLine } from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import { MAX_LINE_LENGTH } from '../spec.ts'

const HEADER_BYTES = 8
/** Engines cut at 16 KiB; a longer frame is none. */
const MAX_FRAME_BYTES = 1 << 20
/** More than an engine holds back at the end of a container. */
const MAX_MISSED = 1_000
const STDERR = 2

/** One frame of what a container has printed. */
export type Frame = { readonly stream: 'stdout' | 'stderr'; readonly bytes: Buffer }

/**
 * Frames of an attached stream: `[stream, 0, 0, 0, length BE32]`, bytes (Docker Engine API, ContainerAttach).
 * Throws RuntimeError `engine.failed`.
 */
export async function* framesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let place = 0
    while (rest.length - place >= HEADER_BYTES) {
      const size = rest.readUInt32BE(place + 4)
      if (size > MAX_FRAME_BYTES)
        throw new RuntimeError('engine.failed', `a log frame of ${size} bytes came`)
      const end = place + HEADER_BYTES + size
      if (rest.length < end) break
      const stream = rest[place] === STDERR ? 'stderr' : 'stdout'
      yield { stream, bytes: rest.subarray(place + HEADER_BYTES, end) }
      place = end
    }
    rest = rest.subarray(place)
  }
}

/**
 * Lines of a log with times: each frame is time, space, text. A long line comes in pieces of at most MAX_LINE_LENGTH.
 * Throws RuntimeError `engine.failed`.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LogLine> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  for await (const { stream, bytes } of framesOf(chunks))
    yield* piecesOf(bytes, stream, decoders[stream])
}

/** Query for what was said in the same millisecond as `line` and later. */
export function sinceOf(line: LogLine | undefined): { since?: string } {
  return line === undefined ? {} : { since: (line.atMs / 1_000).toFixed(3) }
}

/** Lines that come after `last`: all of them when there was none, none of them when it is not found. */
export async function* after(
  last: LogLine | undefined,
  lines: AsyncIterable<LogLine>,
): AsyncGenerator<LogLine> {
  if (last === undefined) {
    yield* lines
    return
  }
  let found: LogLine[] | undefined
  for await (const line of lines) {
    const { atMs, stream, text } = line
    if (atMs === last.atMs && stream === last.stream && text === last.text) found = []
    else if (found !== undefined && found.length < MAX_MISSED) found.push(line)
  }
  yield* found ?? []
}

function* piecesOf(
  frame: Buffer,
  stream: LogLine['stream'],
  decoder: TextDecoder,
): Generator<LogLine> {
  const space = frame.indexOf(0x20)
  const atMs = Date.parse(frame.toString('latin1', 0, Math.max(space, 0)))
  if (Number.isNaN(atMs)) throw new RuntimeError('engine.failed', 'a log frame without a time came')
  const isWhole = frame.at(-1) === 0x0a
  const end = isWhole ? frame.length - 1 : frame.length
  // A character may go over the end of a piece.
  const text = decoder.decode(frame.subarray(space + 1, end), { stream: !isWhole })
  if (text === '' && !isWhole) return
  for (let from = 0; from === 0 || from < text.length; from += MAX_LINE_LENGTH)
    yield { atMs, stream, text: text.slice(from, from + MAX_LINE_LENGTH) }
}
