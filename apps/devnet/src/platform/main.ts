// The simulated TEE platform as a process: `node main.ts --config FILE`. Development only.
import { parseArgs } from 'node:util'
import { loadConfig, runDaemon } from '@wetee/daemon'
import { startPlatform } from './platform.ts'
import { platformConfigSchema } from './platform-config.ts'

const { values } = parseArgs({ options: { config: { type: 'string' } } })
if (values.config === undefined) {
  console.error('usage: main.ts --config FILE')
  process.exit(64)
}

const { config: file } = values

await runDaemon({
  name: 'platform',
  async main({ signal, log }) {
    const platform = await startPlatform(loadConfig(file, platformConfigSchema), {
      signal,
      log: (fields, message) => log.info(fields, message),
    })
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await platform.close()
  },
})
