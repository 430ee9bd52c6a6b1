// `wetee worker doctor`: the worker's own look at its machine, by the worker's program. Starts a process.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { CliError, exitCodes, type ExitCode } from '../../error.ts'
import { withExample } from '../../options.ts'

type Options = { readonly config?: string; readonly ntp?: string; readonly json?: true }

/** The worker needs what this release of Node brings. */
const LEAST_NODE = 24

export function workerDoctorCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('doctor')
    .description('Check this machine, its engine, TEE and worker; on the machine of a worker')
    .option('--config <file>', "the worker's configuration (default: /etc/wetee/worker.json)")
    .option('--ntp <host>', 'compare the clock with this time server, too')
    .option('--json', 'for programs')
    .action(async (options: Options) => finish(await run(context, options)))
  return withExample(command, 'wetee worker doctor --config /etc/wetee/worker.json')
}

async function run(context: Context, options: Options): Promise<ExitCode> {
  const { config, ntp, json } = options
  const args = [
    ...['doctor', ...(json === true ? ['--json'] : [])],
    ...(config === undefined ? [] : ['--config', config]),
    ...(ntp === undefined ? [] : ['--ntp', ntp]),
  ]
  const child = spawn(process.execPath, [workerProgram(context.nodeVersion), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: context.signal,
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  return code === 0 ? exitCodes.ok : code === 2 ? exitCodes.usage : exitCodes.failedCheck
}

/** The worker is a program of its own: it is there where a worker is installed. */
function workerProgram(nodeVersion: string): string {
  if (Number(nodeVersion.split('.')[0]) < LEAST_NODE)
    throw new CliError(
      'worker.node-old',
      `the worker needs Node ${LEAST_NODE}, this is ${nodeVersion}`,
    )
  try {
    return fileURLToPath(import.meta.resolve('@wetee/worker/main'))
  } catch {
    throw new CliError(
      'worker.not-installed',
      'no worker is installed beside this command: run it in the folder of the worker on its machine',
    )
  }
}
