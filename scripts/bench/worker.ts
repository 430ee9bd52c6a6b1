// A worker with 1,000 leases on a real chain, its engine and agents played: what it takes when nothing happens, and how soon it acts. Starts processes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../run.ts'
import { compare, median, type Measured } from './measure.ts'

/** Of one core, per cent. */
const CORE_PERCENT = 5
const RSS_MB = 250
const ROUND_MS = 2_000
const ACT_MS = 200

type Figures = {
  readonly startSeconds: number
  readonly quietPercent: number
  readonly rssBytes: number
  readonly roundsMs: readonly number[]
  readonly actsMs: readonly number[]
  readonly logged: readonly string[]
}

/** Four rows: processor and memory of a quiet worker, a full round, one changed lease. */
export async function benchWorker(): Promise<Measured[]> {
  const child = fork(join(root, 'tests/end-to-end/testing/leases-process.ts'))
  const [figures] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the worker with many leases ended with ${code}`)
    }),
  ])) as [Figures]
  const { startSeconds, quietPercent, rssBytes, roundsMs, actsMs, logged } = figures
  const list = (times: readonly number[]) => times.map((ms) => ms.toFixed(0)).join(', ')
  console.error(`all applications take traffic ${startSeconds.toFixed(1)} s after the start`)
  console.error(`full rounds: ${list(roundsMs)} ms; acted after ${list(actsMs)} ms`)
  for (const line of logged.slice(-5)) console.error(line)
  const budget = (value: number) => ({ name: 'budget with 1,000 leases', value })
  return [
    compare('worker.quiet-cpu', quietPercent, '% of a core', budget(CORE_PERCENT), 1),
    compare('worker.quiet-memory', rssBytes / 1_000_000, 'MB', budget(RSS_MB), 1),
    compare('worker.full-round', median(roundsMs), 'ms', budget(ROUND_MS), 1),
    compare('worker.act', median(actsMs), 'ms', budget(ACT_MS), 1),
  ]
}
