// Metrics and usage as people and programs see them.
import { expect, test } from 'vitest'
import type { AppMetrics, UsageReport } from '@wetee/sdk'
import { run } from '../testing/fake-context.ts'

const metrics: AppMetrics = {
  ...{ appId: '1', from: 0, to: 240, step: 60 },
  series: {
    cpuMilli: [
      [0, 0, 100, 300],
      [60, 0, 200, 300],
      [180, 0, 400, 500],
    ],
    memoryBytes: [[0, 1_048_576, 1_048_576, 3_145_728]],
    diskBytes: [],
  },
}
const digest = `0x${'d1'.repeat(32)}` as const
const report = (ok: boolean): UsageReport => ({
  ok,
  checks: [{ name: 'chain', ok, text: ok ? '1 samples follow each other' : 'sample 1 is wrong' }],
  usage: {
    ...{ chainId: 1, subnet: `0x${'51'.repeat(20)}`, workerId: '1', appId: '1', signed: [] },
    before: { sequence: 0, digest },
    samples: [
      {
        ...{ sequence: 1, fromMs: 0, toMs: 7_200_000, cpuMicros: 3.6e9, restarts: 2, digest },
        ...{ memoryByteSeconds: 1, diskBytes: 0, receivedBytes: 2 ** 30, sentBytes: 0 },
      },
    ],
  },
  totals: {
    ...{ seconds: 7_200, cpuSeconds: 3_600, memoryByteSeconds: 2 ** 30 * 7_200 },
    ...{ receivedBytes: 2 ** 30, sentBytes: 0, restarts: 2 },
  },
  evidenceDigest: digest,
})

test('metrics are a line for each series that was measured', async () => {
  const sdk = { appMetrics: () => Promise.resolve(metrics) }
  const { stdout } = await run(['metrics', '1'], { sdk })
  expect(stdout.trimEnd().split('\n')).toEqual([
    'series       over time  now       lowest    highest',
    'cpuMilli     ▁▃ █       0.40 CPU  0.00 CPU  0.50 CPU',
    'memoryBytes  ▁          1.0 MiB   1.0 MiB   3.0 MiB',
  ])
  const json = await run(['metrics', '1', '--json'], { sdk })
  expect(JSON.parse(json.stdout)).toEqual(metrics)
})

test('metrics are asked for in steps that the worker keeps, and not too many', async () => {
  const asked: unknown[] = []
  const sdk = {
    appMetrics: (_network: unknown, _appId: bigint, options: { step?: number } = {}) => {
      asked.push(options.step)
      return Promise.resolve({ ...metrics, series: {} })
    },
  }
  for (const last of ['10m', '1h', '6h', '30d'])
    await run(['metrics', '1', '--last', last], { sdk })
  expect(asked).toEqual([10, 60, 360, 43_200])
  for (const args of [
    ['--last', '30d', '--step', '1s'],
    ['--last', 'x'],
    ['--step', '0m'],
  ])
    expect((await run(['metrics', '1', ...args], { sdk })).code).toBe(2)
})

test('usage is summed up, and its checks are shown where they are asked for', async () => {
  const sdk = { verifyUsage: () => Promise.resolve(report(true)) }
  const { stdout, code } = await run(['usage', '1'], { sdk })
  expect(code).toBe(0)
  expect(stdout).toContain('1970-01-01 02:00 UTC, 2.0 hours metered')
  expect(stdout).toContain('1.00 CPU hours')
  expect(stdout).toContain('2.00 GiB hours')
  expect(stdout).not.toContain('✔')
  const verified = await run(['usage', '1', '--verify'], { sdk })
  expect(verified.stdout).toContain('✔ chain        1 samples follow each other')
  expect(verified.stdout).toContain(`A complaint about this usage cites ${digest}.`)
})

test('usage that does not hold fails with --verify, and is shown without it', async () => {
  const sdk = { verifyUsage: () => Promise.resolve(report(false)) }
  const verified = await run(['usage', '1', '--verify'], { sdk })
  expect(verified.code).toBe(1)
  expect(verified.stdout).toContain('✘ chain        sample 1 is wrong')
  const shown = await run(['usage', '1'], { sdk })
  expect([shown.code, shown.stdout.includes('✘')]).toEqual([0, true])
  expect((await run(['usage', '1', '--verify', '--json'], { sdk })).code).toBe(1)
})
