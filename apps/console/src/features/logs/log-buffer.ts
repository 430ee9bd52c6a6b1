// Lines of logs as a page keeps them: the newest, each once, those that match. Pure.
import type { LogLine } from '@wetee/sdk'

/** As many as a page shows; older ones give way. */
export const maxLines = 5_000

/** `more` behind `lines`, in order of time, none twice; the newest 5,000. */
export function appendLines(lines: readonly LogLine[], more: readonly LogLine[]): LogLine[] {
  const known = new Set(lines.map(keyOfLine))
  const fresh = more.filter((line) => !known.has(keyOfLine(line)))
  const all = [...lines, ...fresh]
  all.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  return all.slice(-maxLines)
}

/** What a line is known by: its place and its number there. */
export function keyOfLine({ version, replica, service, number }: LogLine): string {
  return `${version}/${replica}/${service}/${number}`
}

/** The parts of a text: those at odd places are what was looked for, in whatever case. */
export function splitAt(text: string, wanted: string): string[] {
  const lower = text.toLowerCase()
  const looked = wanted.toLowerCase()
  // Some letters are longer in lower case: places would not fit.
  if (wanted === '' || lower.length !== text.length || looked.length !== wanted.length)
    return [text]
  const parts: string[] = []
  let from = 0
  for (let at = lower.indexOf(looked); at >= 0; at = lower.indexOf(looked, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + wanted.length))
    from = at + wanted.length
  }
  return [...parts, text.slice(from)]
}

/** Lines as a text file. */
export function linesText(lines: readonly LogLine[]): string {
  return lines
    .map(
      ({ time, version, replica, service, stream, text }) =>
        `${time} v${version}/${replica} ${service} ${stream} ${text}\n`,
    )
    .join('')
}
