// One exception from its lines: language, type, message, first frame of the application's own, and a fingerprint. Pure.
import { createHash } from 'node:crypto'

/** `other` for a line at an error's level without a stack. */
export type ExceptionLanguage = 'node' | 'python' | 'java' | 'go' | 'rust' | 'other'

/** An exception as it was logged once. */
export type Exception = {
  /** 16 bytes in hex: the same for exceptions of one type from one place, whatever their numbers, ids and values. */
  readonly fingerprint: string
  readonly language: ExceptionLanguage
  /** Such as `TypeError` or `java.io.IOException`; `panic` for Go and Rust, `log` for a plain line. */
  readonly type: string
  /** First line of the message as it was, at most 300 characters. */
  readonly message: string
  /** Where it was thrown, `function (file)`, without line numbers; empty where the log does not say. At most 300 characters. */
  readonly frame: string
  readonly atMs: number
  /** The lines as they were, at most 4,096 characters. */
  readonly sample: string
}

const MAX_MESSAGE = 300
const MAX_SAMPLE = 4_096
const TAG = 'wetee/exception/v1'

type Parts = Pick<Exception, 'language' | 'type' | 'message' | 'frame'>

/** Describes what a reader has joined; `lines` is not empty. */
export function describeException(lines: readonly string[], atMs: number): Exception {
  const { language, type, message, frame } = partsOf(lines)
  // A place tells more than words; Rust's place has no function, so there the words count too.
  const place = frame === '' || language === 'rust' ? `${frame}\n${normalise(message)}` : frame
  const hash = createHash('sha256').update(`${TAG}\n${language}\n${type}\n${normalisePath(place)}`)
  return {
    fingerprint: hash.digest('hex').slice(0, 32),
    language,
    type: type.slice(0, MAX_MESSAGE),
    message: message.slice(0, MAX_MESSAGE),
    frame: frame.slice(0, MAX_MESSAGE),
    atMs,
    sample: lines.join('\n').slice(0, MAX_SAMPLE),
  }
}

/** A message without what changes from one time to the next: ids, addresses, numbers, times, quoted values. */
function normalise(message: string): string {
  return message
    .slice(0, MAX_MESSAGE)
    .replace(/"[^"]{0,300}"|'[^']{0,300}'|`[^`]{0,300}`/g, '<text>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?:0x)?(?=[0-9a-f]{0,63}[0-9])[0-9a-f]{8,64}\b|\b0x[0-9a-f]{1,64}\b/gi, '<hex>')
    .replace(/[0-9]+(?:[.,:][0-9]+)*/g, '<n>')
    .replace(/\s+/g, ' ')
    .trim()
}

function partsOf(lines: readonly string[]): Parts {
  const [first = ''] = lines
  if (lines.some((line) => line === 'Traceback (most recent call last):')) return python(lines)
  if (/^(?:panic|fatal error): /.test(first)) return go(lines)
  if (first.startsWith("thread '") && first.includes(' panicked at ')) return rust(lines)
  const java = lines.some((line) =>
    /^\s+at [\w$./<>-]+\((?:[\w$-]+\.\w+:\d+|Native Method|Unknown Source|[\w$-]+\.(?:java|kt|scala|groovy))\)/.test(
      line,
    ),
  )
  if (java) return javaParts(lines)
  const node = lines.some((line) => /^\s+at .+/.test(line))
  return node ? nodeParts(lines) : other(first)
}

function nodeParts(lines: readonly string[]): Parts {
  const frames = lines.flatMap((line) => /^\s+at (?:async )?(.+)$/.exec(line)?.[1] ?? [])
  const own = frames.find((one) => !/\(?node:|node_modules|^<anonymous>$|\(native\)$/.test(one))
  const head = lines.find((line) => !/^\s+at /.test(line)) ?? ''
  return {
    language: 'node',
    ...typed(stripPrefix(head), 'Error'),
    frame: frameOf(own ?? frames[0]),
  }
}

function javaParts(lines: readonly string[]): Parts {
  // The last cause is the first thing that went wrong.
  const from = lines.reduce((at, line, index) => (/^\s*Caused by: /.test(line) ? index : at), 0)
  const head = stripPrefix((lines[from] ?? '').replace(/^\s*Caused by: /, ''))
  const frames = lines.slice(from).flatMap((line) => /^\s+at (.+)$/.exec(line)?.[1] ?? [])
  const own = frames.find(
    (one) => !/^(?:[\w.-]+\/{1,2})*(?:java|javax|jdk|sun|kotlin|scala)\./.test(one),
  )
  const thread = head.replace(/^Exception in thread "[^"]*" /, '')
  return { language: 'java', ...typed(thread, 'Exception'), frame: frameOf(own ?? frames[0]) }
}

function python(lines: readonly string[]): Parts {
  const frames = lines.flatMap((line) => {
    const [, file, name] =
      /^\s+File "([^"]{1,400})", line \d+(?:, in (.{1,200}))?$/.exec(line) ?? []
    return file === undefined ? [] : [`${name ?? '<module>'} (${file})`]
  })
  const own = frames.filter((one) => !/site-packages|dist-packages|\/lib\/python\d/.test(one))
  const head =
    lines.findLast(
      (line) => /^[A-Za-z_][\w.]*(?::|$)/.test(line) && !line.startsWith('Traceback ('),
    ) ?? ''
  return {
    language: 'python',
    ...typed(head, 'Exception'),
    frame: own.at(-1) ?? frames.at(-1) ?? '',
  }
}

function go(lines: readonly string[]): Parts {
  const [first = ''] = lines
  const message = first.replace(/^(?:panic|fatal error): /, '').replace(/ \[recovered\]$/, '')
  const type = first.startsWith('fatal') ? 'fatal error' : 'panic'
  const at = lines.findIndex((line) => line.startsWith('goroutine '))
  const frames = lines.slice(at + 1).flatMap((line, index, all) => {
    const name = /^([\w./*()\-[\]{}·%@]{1,400}?)\([^()]*\)$/.exec(line)?.[1]
    const file = /^\t([^\t]{1,400}?):\d+/.exec(all[index + 1] ?? '')?.[1]
    return name === undefined || at < 0 ? [] : [{ name, file: file ?? '' }]
  })
  const own =
    frames.find(({ name }) => !/^(?:panic|runtime\.|runtime\/|testing\.)/.test(name)) ?? frames[0]
  return {
    language: 'go',
    type,
    message,
    frame: own === undefined ? '' : `${own.name} (${own.file})`,
  }
}

function rust(lines: readonly string[]): Parts {
  const [first = '', second = ''] = lines
  // Before 1.73: panicked at 'message', file:line:column. Since: panicked at file:line:column:, then the message.
  const old = / panicked at '(.{0,1000})', ([^']{1,400}?):\d+:\d+$/.exec(first)
  const file = old?.[2] ?? / panicked at ([^']{1,400}?):\d+:\d+:?$/.exec(first)?.[1] ?? ''
  return { language: 'rust', type: 'panic', message: old?.[1] ?? second, frame: file }
}

function other(first: string): Parts {
  const named = typed(stripPrefix(first), '')
  if (named.type !== '') return { language: 'other', ...named, frame: '' }
  return { language: 'other', type: 'log', message: messageIn(first), frame: '' }
}

/** The message of a structured line, else the line from its level on. */
function messageIn(line: string): string {
  if (line.startsWith('{')) {
    const value = parse(line)
    const found = ['msg', 'message', 'error', 'err'].map((key) => value?.[key])
    const text = found.find((one) => typeof one === 'string')
    if (typeof text === 'string') return text
  }
  const quoted = /\bmsg="((?:[^"\\]|\\.){1,1000})"/.exec(line)?.[1]
  if (quoted !== undefined) return quoted
  return line.replace(
    /^.{0,120}?\b(?:ERROR|FATAL|CRITICAL|SEVERE|EMERG|ALERT|PANIC)\b[\]:|\s-]*/,
    '',
  )
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** `name: message`, where the name is that of a type. */
function typed(head: string, fallback: string): Pick<Parts, 'type' | 'message'> {
  const [, type, message = ''] =
    /^(?:Uncaught )?((?:[A-Za-z_$][\w$]*\.)*[A-Za-z_$][\w$]*)(?: \[\w+\])?(?:: ?(.*))?$/.exec(
      head,
    ) ?? []
  const isType =
    type !== undefined && (fallback !== '' || /(?:Error|Exception|Failure|Throwable)$/.test(type))
  return isType ? { type, message } : { type: fallback, message: head }
}

/** What a logger puts before an exception: time, level, logger. */
function stripPrefix(head: string): string {
  const at =
    /(?:^|[\s:\]])((?:[A-Za-z_$][\w$]{0,99}\.){0,12}[A-Z][\w$]{0,99}(?:Error|Exception|Failure|Throwable)(?: \[\w{1,60}\])?(?::.*)?)$/.exec(
      head,
    )
  return at?.[1] ?? head.replace(/^Uncaught /, '')
}

/** `function (file)` without line and column. */
function frameOf(frame: string | undefined): string {
  return (frame ?? '').replace(/:\d+(?::\d+)?(?=\)?$)/, '').slice(0, MAX_MESSAGE)
}

/** Builds and installations lie in folders with hashes and versions. */
function normalisePath(place: string): string {
  return place
    .replace(/0x[0-9a-f]+/gi, '<hex>')
    .replace(/[-.@/][0-9a-f]{8,64}(?=[./)@-]|$)/gi, '<hash>')
}
