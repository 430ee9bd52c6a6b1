// `npm start`: the whole network on this machine, in the foreground. Starts processes, prints what a newcomer needs.
import { rmSync } from 'node:fs'
import { parseDevnetArguments, usage, type DevnetArguments } from './arguments.ts'
import { Application } from './application.ts'
import { Network } from './network.ts'
import { preflight } from './preflight.ts'
import { ChildStopped } from './child-stopped.ts'
import { Children } from './children.ts'
import { removeInstances } from './instances.ts'
import { DevnetState } from './state.ts'
import { describeError, Steps } from './steps.ts'
import { summary } from './summary.ts'
import { workerNames } from './workers.ts'

/** Exit codes: 0 all held, 1 a step failed, 2 wrong arguments, 3 something is missing on this machine. */
async function main(): Promise<number> {
  let args: DevnetArguments | 'help'
  try {
    args = parseDevnetArguments(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${describeError(error).message}\n\n${usage}`)
    return 2
  }
  if (args === 'help') {
    process.stdout.write(usage)
    return 0
  }
  const missing = preflight(args.runtime)
  for (const line of missing) process.stderr.write(`missing: ${line}\n`)
  if (missing.length > 0) return 3
  return run(args)
}

async function run(args: DevnetArguments): Promise<number> {
  const startedAt = performance.now()
  const abort = new AbortController()
  const stop = () => abort.abort(new Error('stopped by a signal'))
  // On, not once: Ctrl-C comes twice, from the terminal and from npm, and the second must not end this process at once.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
  // A run to its end starts from nothing, so that what it shows does not depend on earlier ones.
  const state = new DevnetState(args.once ? `${args.stateDir}-once` : args.stateDir)
  const steps = new Steps(args.json)
  let network: Network | undefined
  let failure: unknown
  try {
    state.lock()
    if (args.reset || args.once) await startOver(state)
    state.prepare()
    const { runtime, workers } = args
    const nodes = state.nodes(args.nodes)
    network = new Network({ state, runtime, workers, nodes, signal: abort.signal })
    network.children.onUnexpectedExit = (name, how) =>
      abort.abort(new ChildStopped(name, how, state.path('logs', `${name}.log`)))
    await steps.run(network.steps())
    const application = new Application(network)
    await steps.run(application.deploySteps())
    if (args.once) await steps.run(application.checkSteps())
    else {
      process.stdout.write(summary(network, application, startedAt))
      await new Promise((_, reject) => abort.signal.addEventListener('abort', reject))
    }
    if (args.once) await steps.run([application.shutdownStep()])
  } catch (error) {
    failure = abort.signal.aborted ? abort.signal.reason : error
  } finally {
    if (!args.json && !args.once) process.stderr.write('\nstopping ...\n')
    await network?.stop()
    state.close()
  }
  const interrupted = failure instanceof Error && failure.message === 'stopped by a signal'
  if (failure !== undefined && !interrupted) {
    const { code, message } = describeError(failure)
    process.stderr.write(`error ${code}: ${message}\nlogs: ${state.path('logs')}\n`)
  }
  const ok = steps.ok && failure === undefined
  if (args.json) {
    const durationMs = Math.round(performance.now() - startedAt)
    const report = { ok, simulated: true, durationMs, steps: steps.results }
    process.stdout.write(JSON.stringify(report, null, 2) + '\n')
  }
  if (args.once && ok) rmSync(state.folder, { recursive: true, force: true })
  // Ctrl-C is how a devnet ends.
  return ok || (!args.once && interrupted && steps.ok) ? 0 : 1
}

/** Ends what an earlier start may have left running, then forgets it. */
async function startOver(state: DevnetState): Promise<void> {
  await new Children(state.folder).stopLeftovers()
  for (const name of workerNames) await removeInstances(state, name)
  state.reset()
}

process.exitCode = await main()
