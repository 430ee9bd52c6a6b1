// What every daemon needs, and no domain.
export { type Condition } from './condition.ts'
export { configHelp, runConfigCommand, type ConfigCommand } from './config-command.ts'
export { FILE_MARK, HIDDEN_MARK, type FileMark } from './config-document.ts'
export { loadConfig, MAX_CONFIG_BYTES } from './config.ts'
export { codeOf, DaemonError, messageOf, type DaemonErrorCode } from './daemon-error.ts'
export { openKeptTexts, type KeptTexts } from './kept-texts.ts'
export { createLog, type Log, type LogLevel, type ProcessLog } from './log.ts'
export { createMetrics, type MetricOptions, type Metrics } from './metrics.ts'
export {
  ReconcileQueue,
  type Clock,
  type QueueOptions,
  type Reconciled,
} from './reconcile-queue.ts'
export { notifyManager } from './notify-manager.ts'
export { isStop, runDaemon, type DaemonContext, type DaemonOptions } from './run-daemon.ts'
export {
  limitBody,
  serveHttp,
  type HttpApp,
  type HttpOptions,
  type HttpServer,
} from './serve-http.ts'
export { openStore, type Store } from './store.ts'
export { waitFor, type WaitOptions } from './wait-for.ts'
