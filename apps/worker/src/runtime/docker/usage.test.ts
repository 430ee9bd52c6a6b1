import { describe, expect, test } from 'vitest'
import { countersOf, networkOf } from './usage.ts'

const cpu_stats = { cpu_usage: { total_usage: 5_000_999 } }

describe('usage in the words of engines', () => {
  test('cached files are left out, under either name', () => {
    const of = (stats: object) =>
      countersOf({ cpu_stats, memory_stats: { usage: 900, limit: 4_096, stats } })
    const whole = { cpuMicros: 5_000, memoryLimitBytes: 4_096 }
    expect(of({ total_inactive_file: 400, inactive_file: 1 })).toEqual({
      ...whole,
      memoryBytes: 500,
    })
    expect(of({ inactive_file: 901 })).toEqual({ ...whole, memoryBytes: 0 })
    expect(of({})).toEqual({ ...whole, memoryBytes: 900 })
  })

  test('Podman says no statistics of memory', () => {
    expect(
      countersOf({ cpu_stats, memory_stats: { usage: 900, limit: 4_096, stats: null } }),
    ).toEqual({ cpuMicros: 5_000, memoryBytes: 900, memoryLimitBytes: 4_096 })
  })

  test('zeros of an engine that may not count, and answers of another form, are nothing', () => {
    const zeros = { cpu_stats: { cpu_usage: { total_usage: 0 } }, memory_stats: {} }
    for (const answer of [zeros, undefined, null, 7, 'x', {}, { cpu_stats: 3 }]) {
      expect(countersOf(answer)).toEqual({})
      expect(networkOf(answer)).toEqual({})
    }
  })

  test('no limit is no number', () => {
    const memory_stats = { usage: 1, limit: 2 ** 63 }
    expect(countersOf({ cpu_stats, memory_stats })).toEqual({ cpuMicros: 5_000, memoryBytes: 1 })
  })

  test('network bytes are summed over interfaces', () => {
    const networks = {
      eth0: { rx_bytes: 1, tx_bytes: 2 },
      eth1: { rx_bytes: 10, tx_bytes: 20 },
      lo: { rx_bytes: 100, tx_bytes: 200 },
    }
    expect(networkOf({ networks })).toEqual({ networkRxBytes: 11, networkTxBytes: 22 })
  })
})
