// A process with nothing but an ingress that leads `80-7.<domain>` to a Unix socket, for the benchmark: forked with the socket's
// path; sends its port, and its memory when asked. Serves TCP.
import { connect } from 'node:net'
import { createMetrics } from '@wetee/daemon'
import { ConditionBoard } from '../condition/condition.ts'
import { configSchema } from '../config.ts'
import { ingressCounters } from '../ingress/counters.ts'
import { parseHostName } from '../ingress/host-names.ts'
import { Ingress } from '../ingress/ingress.ts'
import { NameListener } from '../ingress/name-listener.ts'
import { openPortStore } from '../ingress/port-store.ts'
import { keepLog } from './silent-log.ts'

const [socketPath, domain] = process.argv.slice(2)
if (socketPath === undefined || domain === undefined) throw new Error('socket path, domain')
const host = '127.0.0.1'
const defaults = configSchema.shape.ingress.parse({})
const many = { totalConnections: 100_000, connections: 50_000, connectionsPerSecond: 100_000 }
const limits = { ...defaults.limits, ...many, bytesPerSecond: 100_000_000_000 }
const counters = ingressCounters(createMetrics('worker'))
const ingress = new Ingress({
  ...{ host, portRange: defaults.portRange, limits, counters, log: keepLog() },
  ...{ store: openPortStore(':memory:'), board: new ConditionBoard() },
  monotonicMs: () => performance.now(),
})
const dial = () => connect({ path: socketPath, allowHalfOpen: true })
const backends = [{ podId: 'one', version: 1, ready: true, dial }]
await ingress.setRoutes(7n, [{ appId: 7n, service: 'web', target: 80, backends }])
const names = new NameListener({
  ...{ host, port: 0, ...limits, waitingHellos: 20_000, counters },
  pass: (near, { serverName }) => {
    const named = parseHostName(serverName, domain)
    return named !== undefined && ingress.pass(near, named)
  },
})
await names.listen()
process.on('message', () =>
  process.send?.({
    rss: process.memoryUsage().rss,
    open: ingress.usage(7n).connections,
  }),
)
process.send?.({ port: names.port })
