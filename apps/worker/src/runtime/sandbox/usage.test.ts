import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseNetDev, readGroupUsage } from './usage.ts'

describe('usage of control groups', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wetee-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const group = (name: string, files: Record<string, string>) => {
    const path = join(folder, name)
    mkdirSync(path)
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
    return path
  }

  test('v1: processor and memory lie in groups of their own, cached files are left out', () => {
    const memory = group('memory', {
      'memory.usage_in_bytes': '9000\n',
      'memory.stat': 'inactive_file 1\ntotal_inactive_file 4000\n',
      'memory.limit_in_bytes': '65536\n',
    })
    const cpu = group('cpu', { 'cpuacct.usage': '1234567\n', 'cpu.stat': 'nr_periods 3\n' })
    expect(readGroupUsage({ cgroups: [memory, cpu] })).toEqual({
      cpuMicros: 1_234,
      memoryBytes: 5_000,
      memoryLimitBytes: 65_536,
    })
  })

  test('v2: one group has all; `max` is no limit', () => {
    const unified = group('unified', {
      'memory.current': '9000\n',
      'memory.stat': 'anon 1\ninactive_file 9001\n',
      'memory.max': 'max\n',
      'cpu.stat': 'usage_usec 77\nuser_usec 70\n',
    })
    expect(readGroupUsage({ cgroups: [unified] })).toEqual({ cpuMicros: 77, memoryBytes: 0 })
  })

  test('what is not counted is absent, not zero', () => {
    expect(readGroupUsage({ cgroups: [] })).toEqual({})
    expect(readGroupUsage({ cgroups: [join(folder, 'gone')] })).toEqual({})
    const damaged = group('damaged', { 'cpuacct.usage': 'x\n', 'memory.usage_in_bytes': '-1\n' })
    expect(readGroupUsage({ cgroups: [damaged] })).toEqual({})
  })

  test('the largest v1 limit there can be is none', () => {
    const memory = group('memory', { 'memory.limit_in_bytes': '9223372036854771712\n' })
    expect(readGroupUsage({ cgroups: [memory] })).toEqual({})
  })
})

test('network bytes are summed over interfaces, loopback left out', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  999    1    0    0    0     0          0         0   999    1    0    0    0     0       0          0
  eth0: 100    1    0    0    0     0          0         0   20    1    0    0    0     0       0          0
veth1a:5    1    0    0    0     0          0         0   7    1    0    0    0     0       0          0
`
  expect(parseNetDev(text)).toEqual({ networkRxBytes: 105, networkTxBytes: 27 })
  expect(parseNetDev('')).toEqual({ networkRxBytes: 0, networkTxBytes: 0 })
})
