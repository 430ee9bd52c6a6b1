// The worker's process: `node main.ts --config FILE`. Exit codes: 0 stopped by a signal, 1 failed, 2 wrong arguments.
import { parseArgs } from 'node:util'
import { loadConfig, runDaemon } from '@wetee/daemon'
import { configSchema } from './config.ts'
import { runWorker } from './worker.ts'

const usage = 'usage: node main.ts --config FILE\n'

async function main(): Promise<void> {
  let file: string | undefined
  try {
    file = parseArgs({ options: { config: { type: 'string' } } }).values.config
  } catch {
    file = undefined
  }
  if (file === undefined) {
    process.stderr.write(usage)
    process.exitCode = 2
    return
  }
  const config = await loadConfig(file, configSchema)
  await runDaemon({ name: 'worker', main: ({ signal, log }) => runWorker(config, { signal, log }) })
}

await main()
