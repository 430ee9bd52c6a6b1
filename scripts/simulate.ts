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
  readonly trace: string
  /** What the last process logged, where the area has one. */
  readonly workerLog?: readonly string[]
  /** How long the world took after its last fault, in its own time, where that is measured. */
  readonly convergedAfterMs?: number
}
type Simulate = (random: Random) => Promise<Simulated> | Simulated

/** A module with a simulation, its function, and the lines of its log that are counted. */
type Area = {
  readonly path: string
  readonly run: string
  readonly counted: Readonly<Record<string, RegExp>>
}

const sessions = {
  path: 'apps/dsecret/src/testing/session-simulation.ts',
  counted: {
    'sessions confirmed': / is confirmed at block /,
    'sessions expired': / is expired at block /,
    liars: /^liar /,
    deaths: / dies /,
    reorganizations: / blocks vanish$/,
  },
}
const areas: Readonly<Record<string, Area>> = {
  reconcile: {
    path: 'apps/worker/src/testing/reconcile-simulation.ts',
    run: 'simulate',
    counted: {
      events: / event: /,
      orders: / worker: /,
      'deaths of the worker': / is dead$/,
    },
  },
  // A hundred calls of contracts each.
  bridge: {
    path: 'apps/worker/src/testing/bridge-simulation.ts',
    run: 'simulate',
    counted: {
      calls: / was carried out /,
      'calls carried out by more than one instance': / was carried out [2-9] times$/,
      'deaths of the worker': / worker is killed$/,
      'deaths of the agent': / agent is killed$/,
      reorganizations: / is reorganized$/,
      'times the chain was cut off': / is cut off$/,
    },
  },
  // Committees of 4; of 4 to 16.
  dsecret: { ...sessions, run: 'simulate' },
  'dsecret-sizes': { ...sessions, run: 'simulateSizes' },
}
const MAX_SEEDS = 1_000_000
const WORKER_LINES = 40
/**
 * Back-offs end at a minute. An image, a launch, an agent and a service may each be in one when faults stop; the median run
 * is expected to need less than one of them, seconds.
 */
const CONVERGE_REFERENCE_S = 60
/** Seeds after which a long run says on stderr how far it is. */
const TOLD_EVERY = 500
const usage = `usage: npm run simulate -- <${Object.keys(areas).join('|')}> --seeds N [--seed S] [--json]`

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  const [name, ...others] = positionals
  if (values.list || name === undefined) {
    console.log(Object.keys(areas).join('\n'))
    return 0
  }
  const area = Object.hasOwn(areas, name) ? areas[name] : undefined
  if (area === undefined || others.length > 0) fail(`unknown area ${positionals.join(' ')}`, usage)
  const first = wholeNumber('seed', values.seed, 0)
  const count = wholeNumber('seeds', values.seeds, 1)
  const simulate = await open(area)
  const trace = createHash('sha256')
  const convergedS: number[] = []
  const happened = new Map(Object.keys(area.counted).map((what) => [what, 0]))
  const startedMs = performance.now()
  for (let seed = first; seed < first + count; seed++) {
    const run = await simulate(makeRandom(seed))
    trace.update(run.trace)
    if (run.convergedAfterMs !== undefined) convergedS.push(run.convergedAfterMs / 1_000)
    for (const [what, pattern] of Object.entries(area.counted)) {
      const times = run.log.filter((line) => pattern.test(line)).length
      happened.set(what, (happened.get(what) ?? 0) + times)
    }
    if (run.problems.length > 0) return reportFailure(name, seed, run)
    const done = seed - first + 1
    if (done % TOLD_EVERY === 0 && done < count) console.error(`${name}: ${done} of ${count} seeds`)
  }
  const measured = figures(name, count, convergedS)
  printMeasured(measured, values.json)
  if (!values.json) {
    const perSecond = count / ((performance.now() - startedMs) / 1_000)
    const counts = [...happened].map(([what, times]) => `${times} ${what}`).join(', ')
    console.log(
      `${name}: ${count} seeds from ${first} hold (${counts}), ${perSecond.toPrecision(3)} seeds a second; trace ${trace.digest('hex')}`,
    )
  }
  return measured.every(({ ok }) => ok) ? 0 : 1
}

async function open({ path, run }: Area): Promise<Simulate> {
  const module = (await import(join(root, path))) as Record<string, Simulate>
  const simulate = module[run]
  if (simulate === undefined) throw new Error(`${path} has no ${run}`)
  return simulate
}

/** Of seeds that all held: how many, and how long the world took after its last fault. */
function figures(name: string, seeds: number, convergedS: readonly number[]): Measured[] {
  const held: Measured[] = [
    {
      name: `${name}.failing-seeds`,
      value: 0,
      unit: 'seeds',
      reference: { name: 'seeds run', value: seeds },
      ratio: 0,
      target: 0,
      ok: true,
    },
  ]
  if (convergedS.length === 0) return held
  const reference = { name: 'longest back-off', value: CONVERGE_REFERENCE_S }
  const value = median(convergedS)
  return [
    ...held,
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
function reportFailure(
  name: string,
  seed: number,
  { problems, log, workerLog = [] }: Simulated,
): 1 {
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
