// Command line of the devnet. Pure.
import { parseArgs } from 'node:util'

/** What `npm start -- ...` may say. */
export type DevnetArguments = {
  /** Run the whole road once, check it, shut down. */
  readonly once: boolean
  /** Print one JSON report on stdout; progress goes to stderr. */
  readonly json: boolean
  /** Forget the chain, the keys and the application of earlier starts. */
  readonly reset: boolean
  readonly stateDir: string
  readonly runtime: 'auto' | 'docker' | 'sandbox'
  /** Workers at least; one that was started once is started again. */
  readonly workers: 1 | 2
  /** dsecret nodes in the first committee, from 1 to 15; undefined: as many as before, 3 in a new folder. */
  readonly nodes: number | undefined
}

/** dsecret nodes at most: there is one more machine, which is in no committee at first. */
const maxNodes = 15

export const usage = `Usage: npm start [-- options]

Brings up the whole network on this machine: local chain, contracts, dsecret nodes that make a key,
a worker, and deploys examples/hello with a secret. TEEs are simulated and labelled so.

  --once          run the whole road once, check every step, shut down; exit 0 only if all held
  --json          print a JSON report (with --once)
  --reset         start over: remove the chain, keys and applications of earlier starts
  --runtime NAME  docker, sandbox or auto (default: auto)
  --workers N     1, or 2 to try migrations (default: 1, or as many as before)
  --nodes N       dsecret nodes, 1 to 15 (default: 3, or as many as before)
  --state DIR     where everything is kept (default: .wetee/devnet)
  --help          this text

Examples:
  npm start
  npm start -- --once --json
  npm start -- --nodes 7
`

/** Parses the arguments; throws with a sentence on an unknown or contradicting one. `help` asks for the usage. */
export function parseDevnetArguments(argv: readonly string[]): DevnetArguments | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      reset: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      state: { type: 'string', default: '.wetee/devnet' },
      runtime: { type: 'string', default: 'auto' },
      workers: { type: 'string', default: '1' },
      nodes: { type: 'string' },
    },
  })
  if (values.help) return 'help'
  const { runtime, workers } = values
  if (runtime !== 'auto' && runtime !== 'docker' && runtime !== 'sandbox')
    throw new Error(`--runtime takes docker, sandbox or auto, not ${runtime}`)
  if (workers !== '1' && workers !== '2') throw new Error(`--workers takes 1 or 2, not ${workers}`)
  const nodes = values.nodes === undefined ? undefined : Number(values.nodes)
  if (nodes !== undefined && !(Number.isInteger(nodes) && nodes >= 1 && nodes <= maxNodes))
    throw new Error(`--nodes takes 1 to ${maxNodes}, not ${values.nodes}`)
  if (values.json && !values.once) throw new Error('--json goes with --once')
  return {
    once: values.once,
    json: values.json,
    reset: values.reset,
    stateDir: values.state,
    runtime,
    workers: workers === '2' ? 2 : 1,
    nodes,
  }
}
