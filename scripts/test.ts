// `npm test`: unit, contracts, browser, runtimes, end-to-end, in that order; ends with `N passed, N failed`. Starts processes.
import { countTests, run } from './run.ts'

const suites: Record<string, readonly [string, readonly string[]]> = {
  unit: ['vitest', ['run', '--project', 'unit']],
  contracts: ['node', ['contracts/test.ts']],
  browser: ['vitest', ['run', '--project', 'browser']],
  runtime: ['vitest', ['run', '--project', 'runtime']],
  'end-to-end': ['vitest', ['run', '--project', 'end-to-end']],
}

const asked = process.argv.slice(2)
for (const name of asked)
  if (!(name in suites)) {
    console.error(`unknown suite ${name}: expected one of ${Object.keys(suites).join(', ')}`)
    process.exit(2)
  }

let passed = 0
let failed = 0
const table: string[] = []
for (const [name, [command, args]] of Object.entries(suites)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const { code, output, seconds } = await run(command, args)
  const counts = countTests(output)
  // A suite that breaks before it can count its tests has still failed.
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  passed += counts.passed
  failed += counts.failed
  table.push(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`)
}
console.log(`\n${table.join('\n')}\n\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
