// What a worker that was killed has left running: its pods, and with the last of them an engine of its own. Stops containers.
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { openRuntime } from '@wetee/worker/runtime'
import type { DevnetState } from './state.ts'
import type { WorkerName } from './workers.ts'

const runSchema = z.object({ runtime: z.enum(['docker', 'sandbox']), workerTag: z.string() })
/** Which engine a worker uses and what it calls its own there: kept for a start that comes after a crash. */
export type Run = z.infer<typeof runSchema>

const fileOf = (name: WorkerName): string => `run-${name}.json`
const timeoutMs = 60_000
const graceMs = 1_000

/** Remembers the run. */
export const rememberRun = (state: DevnetState, name: WorkerName, run: Run): string =>
  state.write(fileOf(name), run)

/** Removes every pod of a worker's last run, which must have ended; returns how many there were. */
export async function removeInstances(state: DevnetState, name: WorkerName): Promise<number> {
  const run = state.read(fileOf(name), runSchema)
  const stateDir = state.path(name, 'runtime')
  if (run === undefined || !existsSync(stateDir)) return 0
  const nothing = () => undefined
  const runtime = await openRuntime({
    kind: run.runtime,
    stateDir,
    allowSandbox: true,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    signal: AbortSignal.timeout(timeoutMs),
  })
  try {
    const pods = await runtime.list()
    const own = pods.filter(({ labels }) => labels['wetee.worker'] === run.workerTag)
    for (const { id } of own) await runtime.removePod(id, graceMs)
    return own.length
  } finally {
    await runtime.close()
  }
}
