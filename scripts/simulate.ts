// Simulations: `npm run simulate -- <area> --seeds N [--seed S] [--json]`, `--list` for the areas. Exit 1 on a failing seed.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median, type Measured } from './bench/measure.ts'
import { fail, printMeasured } from './bench/report.ts'
import { makeRandom, type Random } from './random.ts'
import { root } from './run.ts'

/** A run of one seed: nothing in `problems` when every property held; `log` is the same for the same seed. */
type Simulated = {
  readonly problems: readonly string[]
  readonly log: readonly string[]
  readonly workerLog: readonly string[]
  readonly convergedAfterMs: number
  readonly trace: string
}
type SimulationModule = { readonly simulate: (random: Random) => Promise<Simulated> }

/** Modules with a simulation. */
const areas: Readonly<Record<string, string>> = {
  reconcile: 'apps/worker/src/testing/reconcile-simulation.ts',
}
const MAX_SEEDS = 1_000_000
const WORKER_LINES = 40
/**
 * Back-offs end at a minute. An image, a launch, an agent and a service may each be in one when faults stop; the median run
 * is expected to need less than one of them, seconds.
 */
const CONVERGE_REFERENCE_S = 60
const usage = `usage: npm run simulate -- <${Object.keys(areas).join('|')}> --seeds N [--seed S] [--json]`

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  const [name, ...others] = positionals
  if (values.list || name === undefined) {
    console.log(Object.keys(areas).join('\n'))
    return 0
  }
  const path = Object.hasOwn(areas, name) ? areas[name] : undefined
  if (path === undefined || others.length > 0) fail(`unknown area ${positionals.join(' ')}`, usage)
  const first = wholeNumber('seed', values.seed, 0)
  const count = wholeNumber('seeds', values.seeds, 1)
  const { simulate } = (await import(join(root, path))) as SimulationModule
  const trace = createHash('sha256')
  const convergedS: number[] = []
  const happened = { events: 0, orders: 0, deaths: 0 }
  for (let seed = first; seed < first + count; seed++) {
    const run = await simulate(makeRandom(seed))
    trace.update(run.trace)
    convergedS.push(run.convergedAfterMs / 1_000)
    for (const line of run.log) {
      if (line.includes(' event: ')) happened.events++
      else if (line.includes(' worker: ')) happened.orders++
      else if (line.endsWith(' is dead')) happened.deaths++
    }
    if (run.problems.length > 0) return reportFailure(name, seed, run)
  }
  const measured = figures(name, convergedS)
  printMeasured(measured, values.json)
  const { events, orders, deaths } = happened
  if (!values.json)
    console.log(
      `${name}: ${count} seeds from ${first} hold (${events} events, ${orders} orders, ${deaths} deaths of the worker); trace ${trace.digest('hex')}`,
    )
  return measured.every(({ ok }) => ok) ? 0 : 1
}

/** Of seeds that all held: how many, and how long the world took after its last fault, in its own time. */
function figures(name: string, convergedS: readonly number[]): Measured[] {
  const reference = { name: 'longest back-off', value: CONVERGE_REFERENCE_S }
  const value = median(convergedS)
  const seeds = convergedS.length
  return [
    {
      name: `${name}.failing-seeds`,
      value: 0,
      unit: 'seeds',
      reference: { name: 'seeds run', value: seeds },
      ratio: 0,
      target: 0,
      ok: true,
    },
    {
      name: `${name}.converged-after`,
      value,
      unit: 's',
      reference,
      ratio: Number((value / reference.value).toPrecision(3)),
      target: 1,
      ok: value <= reference.value,
    },
  ]
}

/** The step log goes to stderr with all that is needed to run the seed again. */
function reportFailure(name: string, seed: number, { problems, log, workerLog }: Simulated): 1 {
  console.error([...log, '', ...workerLog.slice(-WORKER_LINES), ''].join('\n'))
  console.error(`${name}, seed ${seed} fails:\n  ${problems.join('\n  ')}`)
  console.error(`again: npm run simulate -- ${name} --seeds 1 --seed ${seed}`)
  return 1
}

function wholeNumber(option: string, text: string | undefined, least: number): number {
  const value = Number(text)
  if (text !== undefined && Number.isSafeInteger(value) && value >= least && value <= MAX_SEEDS)
    return value
  return fail(`--${option}: expected a whole number from ${least} to ${MAX_SEEDS}`, usage)
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), usage)
  }
}
