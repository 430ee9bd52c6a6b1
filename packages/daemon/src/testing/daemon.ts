// For tests: a daemon whose behaviour its first argument names. Run as a process.
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { DaemonError } from '../daemon-error.ts'
import { runDaemon, type DaemonContext } from '../run-daemon.ts'

const untilStopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

const behaviours: Record<string, (context: DaemonContext) => Promise<void>> = {
  async orderly({ signal, log }) {
    // An open handle does not keep the process.
    createServer().listen(0, '127.0.0.1')
    log.info({}, 'ready')
    await untilStopped(signal)
    log.info({}, 'closed')
  },
  async waiting({ signal, log }) {
    log.info({}, 'ready')
    await delay(100_000, undefined, { signal })
  },
  async deaf({ log }) {
    log.info({}, 'ready')
    await delay(100_000)
  },
  async failing() {
    await Promise.reject(new DaemonError('http.port-taken', '127.0.0.1:1: taken'))
  },
  async failsWhileStopping({ signal, log }) {
    log.info({}, 'ready')
    await untilStopped(signal)
    throw new Error('was not written')
  },
  async rejecting({ log }) {
    log.info({}, 'ready')
    void Promise.reject(new TypeError('nobody looks'))
    await delay(100_000)
  },
  async throwing({ log }) {
    log.info({}, 'ready')
    setTimeout(() => {
      throw new RangeError('nobody catches')
    })
    await delay(100_000)
  },
  async quiet() {
    await Promise.resolve()
  },
}

const [name = '', stopTimeoutMs] = process.argv.slice(2)
const main = behaviours[name]
if (main === undefined) throw new Error(`no behaviour ${name}`)
await runDaemon({
  name: 'sample',
  ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs: Number(stopTimeoutMs) }),
  main,
})
