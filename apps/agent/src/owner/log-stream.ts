// Lines for one reader: from memory, then new ones as they come. Pure but for the waiting.
import type { OutputLine, ServiceOutput } from '../output/service-output.ts'
import type { LogLine, LogQuery } from './schemas.ts'

const DEFAULT_TAIL = 100
/** Lines that are taken out of memory at a time. */
const BATCH = 1_000

/**
 * What a query asks for, oldest first, in bunches; with `follow` new lines too, until the signal. A reader that is slower than the
 * application misses lines: their numbers show it.
 */
export async function* readLines(
  output: ServiceOutput,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine[], void, undefined> {
  const sinceMs = query.since === undefined ? undefined : Date.parse(query.since)
  const wanted = (line: OutputLine) =>
    (sinceMs === undefined || line.atMs >= sinceMs) &&
    (query.grep === undefined || line.text.includes(query.grep))
  let position = output.position
  const all = output.newest(Number.MAX_SAFE_INTEGER, query.service).filter(wanted)
  // With a beginning in time everything since then is meant, unless a number is given too.
  const tail = query.tail ?? (sinceMs === undefined ? DEFAULT_TAIL : all.length)
  const first = all.slice(all.length - Math.min(tail, all.length))
  for (let at = 0; at < first.length; at += BATCH) yield first.slice(at, at + BATCH).map(shown)
  while (query.follow === 'true' && !signal.aborted) {
    try {
      await output.more(position, signal)
    } catch {
      return
    }
    const next = output.after(position, BATCH, query.service)
    position = next.length < BATCH ? output.position : (next.at(-1)?.position ?? position)
    const lines = next.filter(wanted).map(shown)
    if (lines.length > 0) yield lines
  }
}

function shown({ service, stream, atMs, number, text }: OutputLine): LogLine {
  return { service, stream, time: new Date(atMs).toISOString(), number, text }
}
