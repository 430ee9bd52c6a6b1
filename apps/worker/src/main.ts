// The worker's process: `node main.ts --config FILE`. Exit codes: 0 stopped by a signal, 1 failed, 2 wrong arguments.
import { parseArgs } from 'node:util'
import { codeOf, loadConfig, messageOf, runDaemon } from '@wetee/daemon'
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
  try {
    const config = loadConfig(file, configSchema)
    const { logLevel } = config
    await runDaemon({ name: 'worker', logLevel, main: (context) => runWorker(config, context) })
  } catch (error) {
    process.stderr.write(`error ${codeOf(error)}: ${messageOf(error)}\n`)
    process.exitCode = 1
  }
}

await main()
