// The agent's process: `node agent.js [--root DIR] [--tee simulated|auto] [--door-host ADDRESS]`. Exit code 78 when the launch does not hold.
import { parseArgs } from 'node:util'
import { runAgent } from './agent.ts'
import { agentPaths } from './agent-context.ts'
import { AgentError, EXIT_CONFIGURATION } from './agent-error.ts'
import { parseTeeChoice } from './launch/open-tee.ts'
import { createLog, errorFields } from './log.ts'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      root: { type: 'string', default: '/' },
      tee: { type: 'string', default: 'simulated' },
      /** In a cluster: where the worker comes in; left out: at every address. */
      'door-host': { type: 'string' },
    },
  })
  const tee = parseTeeChoice(values.tee)
  if (tee === undefined) {
    process.stderr.write(`--tee ${values.tee}: expected simulated or auto\n`)
    process.exitCode = EXIT_CONFIGURATION
    return
  }
  const log = createLog((line) => process.stdout.write(line), Date.now)
  const controller = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => controller.abort(new Error(name)))
  try {
    await runAgent({
      paths: agentPaths(values.root),
      tee,
      ...(values['door-host'] === undefined ? {} : { doorHost: values['door-host'] }),
      log,
      signal: controller.signal,
      monotonicMs: () => performance.now(),
      random: Math.random,
    })
  } catch (error) {
    if (controller.signal.aborted) return
    log.error(errorFields(error), 'agent stopped')
    process.exitCode = error instanceof AgentError ? EXIT_CONFIGURATION : 1
  }
}

void main()
