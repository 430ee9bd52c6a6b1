// The log of a daemon: one JSON object per line on standard output, secrets left out. Writes to a file descriptor.
import { pino, type DestinationStream } from 'pino'

/** From everything to only what somebody must act on. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** Flat fields, then a constant lower-case message: error = somebody must act, warn = will be tried again. */
export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** A log with the last word of a process. */
export type ProcessLog = Log & { fatal(fields: object, message: string): void }

const REDACTED = '[redacted]'
const SECRET_NAME =
  /private_?key|secret|passw|passphrase|mnemonic|^seed|sealing_?key|authorization|cookie|token$|api_?key|^share$/i
const CREDENTIALS_IN_URL = /:\/\/[^\s/"@\\]+@/g
const PRIVATE_PEM =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?=")|$)/gs
const MAX_DEPTH = 4
const MAX_TEXT = 4_096
const MAX_ITEMS = 64

/** Writes lines synchronously, so that the last one before an exit is not lost; `destination` for tests. */
export function createLog(options: {
  readonly name: string
  readonly level?: LogLevel
  readonly destination?: DestinationStream
}): ProcessLog {
  const { name, level = 'info', destination = pino.destination({ dest: 1, sync: true }) } = options
  return pino(
    {
      level,
      base: { name },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redact(fields, 0) as Record<string, unknown>,
      },
      hooks: {
        streamWrite: (line) =>
          line.replaceAll(CREDENTIALS_IN_URL, `://${REDACTED}@`).replaceAll(PRIVATE_PEM, REDACTED),
      },
    },
    destination,
  )
}

/** A copy that can be written: names that hold secrets hidden, big integers as text, depth and length bounded. */
function redact(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string')
    return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return '[deeper]'
  if (value instanceof Error) return errorFields(value)
  if (value instanceof Uint8Array) return `[${value.length} bytes]`
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([key, item]) => [key, SECRET_NAME.test(key) ? REDACTED : redact(item, depth + 1)]),
  )
}

function errorFields(error: Error): object {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return { name: error.name, ...code, message: redact(error.message, 0) }
}
