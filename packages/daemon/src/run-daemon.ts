// A daemon's process from start to exit: one abort signal for everything, one log, exit codes. Owns the process.
import { codeOf, DaemonError, messageOf } from './daemon-error.ts'
import { createLog, type Log, type LogLevel, type ProcessLog } from './log.ts'

/** What a daemon's main function works with. */
export type DaemonContext = {
  /** Aborted by the first SIGTERM or SIGINT: close what is open, then return. */
  readonly signal: AbortSignal
  readonly log: Log
}

/** A daemon to run. */
export type DaemonOptions = {
  /** In every log line. */
  readonly name: string
  /** Default `info`. */
  readonly logLevel?: LogLevel
  /** How long `main` may take after the signal, milliseconds; default 60,000. */
  readonly stopTimeoutMs?: number
  readonly main: (context: DaemonContext) => Promise<void>
}

const STOP_TIMEOUT_MS = 60_000
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const
const MAX_CAUSES = 8
const KEEP_ALIVE_MS = 3_600_000

/**
 * Runs `main` and ends the process: 0 when it returned, also after SIGTERM or SIGINT; 1 when it threw, did not stop in
 * time, or an error was handled nowhere (one fatal line); 128 + signal when a second signal came before it was done.
 */
export async function runDaemon(options: DaemonOptions): Promise<never> {
  const { name, logLevel = 'info', stopTimeoutMs = STOP_TIMEOUT_MS } = options
  const log = createLog({ name, level: logLevel })
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        log.warn({ signal }, 'stopped at once by a second signal')
        process.exit(128 + SIGNAL_NUMBERS[signal])
      }
      log.info({ signal }, 'stopping')
      setTimeout(() => {
        const late = `not stopped ${stopTimeoutMs} ms after ${signal}`
        end(log, new DaemonError('daemon.stuck', late))
      }, stopTimeoutMs).unref()
      stopping.abort(new DOMException(`stopped by ${signal}`, 'AbortError'))
    })
  // Rejections that nobody handles arrive here, too.
  process.on('uncaughtException', (error) => end(log, error))
  // Waiting for a signal alone does not keep a process.
  setInterval(() => undefined, KEEP_ALIVE_MS)
  try {
    await options.main({ signal: stopping.signal, log })
  } catch (error) {
    if (!isStop(error, stopping.signal)) end(log, error)
  }
  log.info({}, 'stopped')
  process.exit(0)
}

/** Whether an error only says that the signal was obeyed. */
export function isStop(error: unknown, signal: AbortSignal): boolean {
  let cause = error
  for (let depth = 0; signal.aborted && depth < MAX_CAUSES; depth++) {
    if (cause === signal.reason) return true
    if (!(cause instanceof Error)) return false
    if (cause.name === 'AbortError') return true
    cause = cause.cause
  }
  return false
}

function end(log: ProcessLog, error: unknown): never {
  const stack = error instanceof DaemonError || !(error instanceof Error) ? {} : frames(error)
  log.fatal({ code: codeOf(error), error: messageOf(error), ...stack }, 'daemon failed')
  process.exit(1)
}

function frames({ stack = '' }: Error): { stack: string } {
  const lines = stack.split('\n').filter((line) => line.startsWith('    at '))
  return { stack: lines.slice(0, 12).join('\n') }
}
