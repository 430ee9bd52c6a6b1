// The node's process: `node dsecret.js --config FILE [--print-identity]`. Exit codes: 0 stopped or printed, 1 failed, 2 wrong arguments.
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
import { readIdentity, runNode } from './node.ts'

const usage = `usage: node dsecret.js --config FILE [--print-identity]

  --print-identity  make the node's keys, or open them, print as JSON what registers them (public keys and the proof of
                    possession for the owner and operator of the configuration) and end

${configHelp(configCommand)}`
const IDENTITY_TIMEOUT_MS = 30_000

async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2)
  if (first === 'config') {
    process.exitCode = runConfigCommand(rest, configCommand)
    return
  }
  if (first === '--help' || first === '-h') {
    process.stdout.write(usage)
    return
  }
  const given = readArguments()
  if (given === undefined) {
    process.stderr.write(usage)
    process.exitCode = 2
    return
  }
  try {
    const config = loadConfig(given.config, configSchema)
    if (given.printIdentity) {
      const identity = await readIdentity(config, AbortSignal.timeout(IDENTITY_TIMEOUT_MS))
      process.stdout.write(`${JSON.stringify(identity)}\n`)
      return
    }
    const { logLevel } = config
    await runDaemon({ name: 'dsecret', logLevel, main: (context) => runNode(config, context) })
  } catch (error) {
    process.stderr.write(`error ${codeOf(error)}: ${messageOf(error)}\n`)
    process.exitCode = 1
  }
}

function readArguments(): { config: string; printIdentity: boolean } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string' },
        'print-identity': { type: 'boolean', default: false },
      },
    })
    const { config, 'print-identity': printIdentity } = values
    return config === undefined ? undefined : { config, printIdentity }
  } catch {
    return undefined
  }
}

await main()
