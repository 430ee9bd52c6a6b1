// Log lines as JSON on standard output. Does I/O.

/** Flat, never secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** error: somebody must act; warn: the agent will retry. */
export type Log = Readonly<
  Record<'info' | 'warn' | 'error', (fields: LogFields, message: string) => void>
>

/** A log that writes one JSON object per line through `write`; `now` is the wall clock, milliseconds. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  const line =
    (level: 'info' | 'warn' | 'error') =>
    (fields: LogFields, msg: string): void =>
      write(`${JSON.stringify({ level, time: now(), name: 'agent', ...fields, msg })}\n`)
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

/** The stable code and the message of any error, for a log line. */
export function errorFields(error: unknown): { code: string; error: string } {
  if (!(error instanceof Error)) return { code: 'unknown', error: String(error) }
  const code: unknown = 'code' in error ? error.code : undefined
  return { code: typeof code === 'string' ? code : 'unknown', error: error.message }
}
