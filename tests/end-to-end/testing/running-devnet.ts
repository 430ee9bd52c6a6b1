// A devnet of real processes for tests: the same parts as `npm start`, in a folder of its own. Starts processes.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Application } from '@wetee/devnet/application'
import { waitFor } from '@wetee/daemon'
import { Network } from '@wetee/devnet/network'
import { DevnetState } from '@wetee/devnet/state'
import type { Step } from '@wetee/devnet/steps'

/** A running devnet with its example application attested and answering. */
export type RunningDevnet = {
  readonly network: Network
  readonly application: Application
  readonly folder: string
  /** The ends of all logs, for a test that fails. */
  logs(): string
  /** Stops every process and removes the folder. */
  close(): Promise<void>
}

/** Brings everything up; throws, with all stopped, when a step fails. Children that end are the test's business. */
export async function startDevnet(
  runtime: 'docker' | 'sandbox',
  options: {
    readonly workers?: 1 | 2
    readonly nodes?: number
    readonly updateWindowSeconds?: bigint
    readonly leaseSeconds?: bigint
  } = {},
): Promise<RunningDevnet> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-e2e-'))
  const state = new DevnetState(folder)
  state.lock()
  state.prepare()
  const abort = new AbortController()
  const network = new Network({
    state,
    runtime,
    workers: 1,
    nodes: 3,
    ...options,
    signal: abort.signal,
  })
  const close = async () => {
    abort.abort(new Error('the test has ended'))
    await network.discard()
    rmSync(folder, { recursive: true, force: true })
  }
  const application = new Application(network)
  const logs = () => lastLines(join(folder, 'logs'))
  try {
    await runAll(network.steps())
    await runAll(application.deploySteps())
  } catch (error) {
    process.stderr.write(logs())
    await close()
    throw error
  }
  return { network, application, folder, logs, close }
}

async function runAll(steps: readonly Step[]): Promise<void> {
  for (const step of steps) await step.run(() => undefined)
}

/** The folder is gone when somebody reads what has failed. */
function lastLines(logs: string): string {
  return readdirSync(logs)
    .map((name) => {
      const lines = readFileSync(join(logs, name), 'utf8').trimEnd().split('\n')
      return `-- ${name}\n${lines.slice(-20).join('\n')}\n`
    })
    .join('')
}

/** Waits until `look` finds something other than false or undefined; fails naming `what`. */
export function eventually<T>(what: string, look: () => Promise<T>, timeoutMs = 90_000) {
  const signal = AbortSignal.timeout(timeoutMs + 10_000)
  return waitFor(look, { signal, timeoutMs, everyMs: 250, what })
}
