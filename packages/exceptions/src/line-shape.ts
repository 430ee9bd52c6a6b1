// What one log line looks like: begins an exception, continues one, or neither. Pure.

/** Longest part of a line that is looked at, UTF-16 units; no pattern below takes more than linear time in it. */
export const MAX_LINE = 2_048

/** Begins an exception by its own words. */
const HEADER = [
  // Node, Java, Python and others: `[Uncaught] some.pkg.NameError[ [code]]: message`, after at most a short prefix.
  /^(?:Uncaught |Exception in thread "[^"]{0,200}" )?(?:[A-Za-z_$][\w$]{0,99}\.){0,12}[A-Z][\w$]{0,99}(?:Error|Exception|Failure|Throwable|Interrupt|Exit)(?: \[\w{1,60}\])?(?::|$)/,
  /^Error(?: \[\w{1,60}\])?(?::|$)/,
  // Python.
  /^Traceback \(most recent call last\):$/,
  // Go.
  /^(?:panic|fatal error): /,
  // Rust.
  /^thread '[^']{0,200}'(?: \(\d{1,20}\))? panicked at /,
]

/** Text of a level that means an error, or a structured line that says so. */
const ERROR_LEVEL =
  /^[^a-z]{0,80}\b(?:ERROR|FATAL|CRITICAL|SEVERE|EMERG|ALERT|PANIC)\b|\blevel=(?:error|fatal|panic|critical)\b|"(?:level|severity)"\s{0,4}:\s{0,4}"(?:error|fatal|critical|panic|ERROR|FATAL|CRITICAL|PANIC)"|"level"\s{0,4}:\s{0,4}(?:50|60)\b|^\s{0,8}\[?(?:error|fatal|critical)\]?\s?:/

const NODE_FRAME =
  /^\s{2,16}at (?:async )?(?:new )?.{1,400}(?::\d{1,9}:\d{1,9}|<anonymous>|native)\)?$/
const JAVA_FRAME = /^\s{1,16}at (?:[\w.-]{1,200}\/{1,2}){0,3}[\w$.<>]{1,400}\([^()]{0,200}\)/
const JAVA_MORE =
  /^\s{0,16}(?:\.\.\. \d{1,9} (?:more|common frames omitted)|Caused by: |Suppressed: )/
const PYTHON_BETWEEN =
  /^(?:During handling of the above exception, another exception occurred:|The above exception was the direct cause of the following exception:)$/
const PYTHON_END = /^(?:[A-Za-z_]\w{0,99}\.){0,12}[A-Za-z_]\w{0,99}(?::|$)/
const GO_LINE =
  /^(?:goroutine \d{1,20} \[.{0,200}\]:|created by .{1,400}|[\w./*()\-[\]{}·%@]{1,400}\(.{0,400}\)|exit status \d{1,3}|\[signal .{1,200})$/
const RUST_LINE = /^(?:note: .{0,400}|stack backtrace:|\s{1,8}\d{1,5}: .{1,800})$/

/** Whether a line alone tells that an exception begins. */
export function isHeader(line: string): boolean {
  return HEADER.some((pattern) => pattern.test(line))
}

/** Whether a line was written at a level that means an error. */
export function isErrorLevel(line: string): boolean {
  return ERROR_LEVEL.test(line)
}

/** Whether a line is a stack frame in the form of Node or Java: the line before it was the beginning, whatever it says. */
export function isFrame(line: string): boolean {
  return NODE_FRAME.test(line) || JAVA_FRAME.test(line)
}

/** What has been read of an exception so far. */
export type Open = {
  readonly kind: 'plain' | 'python' | 'go' | 'rust'
  readonly lines: readonly string[]
}

/** Of what kind the exception is that a header begins; continuing lines depend on it. */
export function kindOf(header: string): Open['kind'] {
  if (header.startsWith('Traceback (')) return 'python'
  if (/^(?:panic|fatal error): /.test(header)) return 'go'
  if (header.startsWith("thread '")) return 'rust'
  return 'plain'
}

/** How a line goes on with an open exception: `takes` it, `takes` it as its last, or does not belong. */
export function continues({ kind, lines }: Open, line: string): 'takes' | 'last' | 'no' {
  const previous = lines.at(-1) ?? ''
  if (isFrame(line) || JAVA_MORE.test(line)) return 'takes'
  if (kind === 'python') return continuesPython(previous, line)
  if (PYTHON_BETWEEN.test(line)) return 'takes'
  if (kind === 'go') return line === '' || GO_LINE.test(line) || /^\t/.test(line) ? 'takes' : 'no'
  if (kind === 'rust')
    return lines.length === 1 || RUST_LINE.test(line) || /^\s{4,}/.test(line) ? 'takes' : 'no'
  return /^(?:\t| {2,})\S/.test(line) || (line === '}' && lines.length > 1) ? 'takes' : 'no'
}

/** Frames are indented; the error itself follows without indentation, and another traceback may follow on it. */
function continuesPython(previous: string, line: string): 'takes' | 'last' | 'no' {
  if (/^\s+\S/.test(line) || PYTHON_BETWEEN.test(line)) return 'takes'
  if (line === 'Traceback (most recent call last):') return 'takes'
  if (line === '')
    return PYTHON_END.test(previous) || PYTHON_BETWEEN.test(previous) ? 'takes' : 'no'
  return /^\s/.test(previous) && PYTHON_END.test(line) ? 'takes' : 'no'
}
