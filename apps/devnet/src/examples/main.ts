// `npm run example -- NAME`: deploys an example on the devnet that runs here, and has a contract call it.
import { parseArgs } from 'node:util'
import { DevnetState } from '../state.ts'
import { describeError, Steps, type Step } from '../steps.ts'
import { existingProgramSteps } from './existing-program.ts'
import { exampleImages, type ExampleName } from './names.ts'
import { priceOracleSteps } from './price-oracle.ts'
import { privateScoringSteps } from './private-scoring.ts'
import { randomDrawSteps } from './random-draw.ts'
import { openStage, type Stage } from './stage.ts'

const usage = `Usage: npm run example -- NAME [options]

Deploys an example on the devnet that runs on this machine (npm start, in another terminal), puts its
API on chain, deploys a contract that calls it, and shows what the contract was answered.

  NAME          ${exampleImages.join(', ')}
  --state DIR   folder of the devnet (default: .wetee/devnet)
  --json        print a JSON report on stdout, progress on stderr
  --help        this text

Example:
  npm run example -- price-oracle
`

const stepsOf: Readonly<Record<ExampleName, (stage: Stage) => Step[]>> = {
  'price-oracle': priceOracleSteps,
  'private-scoring': privateScoringSteps,
  'random-draw': randomDrawSteps,
  'existing-program': existingProgramSteps,
}

/** Exit codes: 0 all held, 1 a step failed, 2 wrong arguments, 3 no devnet runs. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      state: { type: 'string', default: '.wetee/devnet' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const name = exampleImages.find((one) => one === positionals[0])
  if (name === undefined || positionals.length !== 1) {
    process.stderr.write(usage)
    return 2
  }
  const state = new DevnetState(values.state)
  if (!state.isRunning()) {
    process.stderr.write(`no devnet runs in ${state.folder}: npm start, in another terminal\n`)
    return 3
  }
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => abort.abort(new Error('stopped by a signal')))
  const steps = new Steps(values.json)
  try {
    await steps.run(stepsOf[name](await openStage(state, abort.signal)))
  } catch (error) {
    const { code, message } = describeError(error)
    process.stderr.write(`error ${code}: ${message}\n`)
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ ok: steps.ok, steps: steps.results }, null, 2)}\n`)
  else
    for (const { proof = {} } of steps.results)
      for (const [label, value] of Object.entries(proof))
        process.stdout.write(`  ${label.padEnd(12)} ${value}\n`)
  return steps.ok && steps.results.length > 0 ? 0 : 1
}

process.exitCode = await main()
