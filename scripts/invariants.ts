// `npm run invariants -- --calls N`: drives the contracts' invariants with at least N random calls each. Starts processes.
import { parseArgs } from 'node:util'
import { findForge, runForge } from '@wetee/contracts/test'

/** Calls in one run, from a fresh network on: long enough for every state, short enough to shrink a failure. */
const depth = 250

const { values } = parseArgs({ options: { calls: { type: 'string', default: '20000' } } })
const calls = Number(values.calls)
if (!Number.isSafeInteger(calls) || calls < 1) {
  console.error(`--calls: expected a positive number of calls, got ${values.calls}`)
  process.exit(2)
}
const forge = findForge()
if (forge === undefined) {
  console.error(
    'invariants: forge is neither in node_modules nor on the PATH; run npm ci on linux-x64',
  )
  process.exit(1)
}
const runs = Math.ceil(calls / depth)
const { code, output } = runForge(forge, ['test', '--match-path', 'test/invariant/*'], {
  FOUNDRY_INVARIANT_RUNS: String(runs),
  FOUNDRY_INVARIANT_DEPTH: String(depth),
})
const made = [...output.matchAll(/calls: (\d+)/g)].map(([, count]) => Number(count))
const total = made.reduce((sum, count) => sum + count, 0)
console.log(
  `invariants: ${total} calls in ${made.length} invariants, ${code === 0 ? 'all hold' : 'BROKEN'}`,
)
process.exit(code === 0 && total >= calls ? 0 : 1)
