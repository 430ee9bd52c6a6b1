// Metrics of the courier. No I/O; no label names an application.
import type { Metrics } from '@wetee/daemon'
import type { CourierCounters } from './courier.ts'

/**
 * Makes `<daemon>_bridge_open_calls`, `..._bridge_call_seconds` and `..._bridge_calls_total` by outcome, `..._bridge_requests_total` of
 * agents by outcome, `..._bridge_gas_total`.
 */
export function courierCounters(metrics: Metrics): CourierCounters {
  const open = metrics.gauge({ name: 'bridge_open_calls', help: 'calls of contracts in time' })
  const calls = metrics.counter({
    name: 'bridge_calls_total',
    help: 'calls that are open no more: answered from here, or gone otherwise',
    labels: ['outcome'],
  })
  const seconds = metrics.histogram({
    name: 'bridge_call_seconds',
    help: 'from a final call to its final answer',
  })
  const requests = metrics.counter({
    name: 'bridge_requests_total',
    help: 'calls given to agents by how that ended',
    labels: ['outcome'],
  })
  const gas = metrics.counter({ name: 'bridge_gas_total', help: 'gas of answers' })
  return {
    open: (count) => open.set(count),
    answered: (outcome, took) => {
      calls.inc({ outcome })
      if (outcome === 'answered') seconds.observe(took)
    },
    asked: (outcome) => requests.inc({ outcome }),
    spent: (units) => gas.inc(Number(units)),
  }
}
