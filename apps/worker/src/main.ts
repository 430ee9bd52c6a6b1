// The worker's process: runs it, or looks at its configuration. Exit codes: 0 done or stopped by a signal, 1 failed, 2 wrong arguments.
import { parseArgs } from 'node:util'
import {
  codeOf,
  configHelp,
  loadConfig,
  messageOf,
  runConfigCommand,
  runDaemon,
} from '@wetee/daemon'
import { configCommand, configSchema } from './config.ts'
import { doctorHelp, runDoctorCommand } from './doctor/command.ts'
import { runWorker } from './worker.ts'

// Folders that guests reach are made with the modes that they are given, whatever shell or unit this was started by.
process.umask(0o022)
const { program } = configCommand
const help = `usage: ${program} --config FILE
       ${program} config print|schema|check [--config FILE] [--json]
       ${program} doctor [--config FILE] [--ntp HOST] [--json]

  --config FILE  runs the worker until SIGTERM or SIGINT; applications go on without it. SIGHUP: a new process takes over

examples:
  $ ${program} config check --config /etc/wetee/worker.json
  $ ${program} --config /etc/wetee/worker.json

${configHelp(configCommand)}
${doctorHelp}`

async function main(args: readonly string[]): Promise<void> {
  const [first, ...rest] = args
  if (first === 'config') {
    process.exitCode = runConfigCommand(rest, configCommand)
    return
  }
  if (first === 'doctor') {
    process.exit(await runDoctorCommand(rest))
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help)
    return
  }
  const file = configOf(args)
  if (file === undefined) {
    process.stderr.write(help)
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

function configOf(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { config: { type: 'string' } } }).values.config
  } catch {
    return undefined
  }
}

await main(process.argv.slice(2))
