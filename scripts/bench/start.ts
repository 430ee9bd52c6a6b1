// How long a newcomer waits: `npm start` from its first line to the first answer of the attested application. Starts processes, prints the steps' times to stderr.
import { spawn } from 'node:child_process'
import { z } from 'zod'
import { root } from '../run.ts'
import { compare, type Measured } from './measure.ts'

/** What a warm start may take on 2 cores: longer, and a newcomer believes that it hangs. Seconds. */
const BUDGET_SECONDS = 60
const TARGET = 1
const RUN_TIMEOUT_MS = 600_000
const MAX_REPORT_BYTES = 4_000_000
/** The step that ends with the first answer. */
const LAST_STEP = 'lease'

const reportSchema = z.object({
  steps: z.array(z.object({ name: z.string(), ok: z.boolean(), durationMs: z.number() })),
})

/** Starts the network twice on `runtime`; the first run only warms caches. Throws when a run fails before the first answer. */
export async function benchStart(runtime: string): Promise<Measured[]> {
  await start(runtime)
  const steps = await start(runtime)
  const last = steps.findIndex(({ name }) => name === LAST_STEP)
  const waited = steps.slice(0, last + 1)
  const seconds = waited.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000
  const texts = waited.map(({ name, durationMs }) => `${name} ${(durationMs / 1_000).toFixed(1)} s`)
  console.error(`steps: ${texts.join(', ')}`)
  const budget = { name: 'budget of a warm start', value: BUDGET_SECONDS }
  return [compare(`start.${runtime}`, seconds, 's', budget, TARGET)]
}

async function start(runtime: string): Promise<z.infer<typeof reportSchema>['steps']> {
  const args = ['apps/devnet/src/main.ts', '--once', '--json', '--runtime', runtime]
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: AbortSignal.timeout(RUN_TIMEOUT_MS),
    killSignal: 'SIGTERM',
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    if (text.length < MAX_REPORT_BYTES) text += chunk.toString()
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const report = text === '' ? undefined : reportSchema.parse(JSON.parse(text))
  const answered = report?.steps.some(({ name, ok }) => ok && name === LAST_STEP) === true
  if (report === undefined || !answered)
    throw new Error(`npm start ended with ${code} before the application answered`)
  return report.steps
}
