// `npm test`: unit beside contracts, browser, networks with the console, then runtimes beside the other networks; `npm test -- NAME` one of
// them, or `long`, which has a command of its own. Ends with `N passed, N failed`. Starts processes.
import { countTests, failuresIn, run, type Ran } from './run.ts'

type Suite = { readonly name: string; readonly command: string; readonly args: readonly string[] }
const suite = (name: string, command: string, ...args: readonly string[]): Suite => ({
  name,
  command,
  args,
})
const project = (name: string, ...more: readonly string[]) =>
  suite(name, 'vitest', 'run', '--project', name, ...more)

/** Groups one after the other. The contracts' compiler has one thread, the last ones wait for containers and blocks most of the time. */
const groups: readonly (readonly Suite[])[] = [
  [project('unit', '--project', 'isolated'), suite('contracts', 'node', 'contracts/test.ts')],
  [project('browser')],
  [project('console')],
  [project('end-to-end'), project('runtime')],
]

/** Only when it is asked for. */
const long = project('long')

const asked = process.argv.slice(2)
const known = [...groups.flat(), long].map(({ name }) => name)
for (const name of asked)
  if (!known.includes(name)) {
    console.error(`unknown suite ${name}: expected one of ${known.join(', ')}`)
    process.exit(2)
  }

let passed = 0
let failed = 0
const table: string[] = []
/** Said again at the end, which is what is kept of a long output. */
const failures: string[] = []

function count(name: string, { code, output, seconds }: Ran): void {
  const counts = countTests(output)
  // A suite that breaks before it can count its tests has still failed.
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  passed += counts.passed
  failed += counts.failed
  failures.push(...failuresIn(output))
  table.push(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`)
}

for (const group of [...groups, ...(asked.includes(long.name) ? [[long]] : [])]) {
  const suites = group.filter(({ name }) => asked.length === 0 || asked.includes(name))
  // The first one is shown while it runs, the others when they have ended.
  const running = suites.map(({ command, args }, index) => run(command, args, { quiet: index > 0 }))
  for (const [index, { name }] of suites.entries()) {
    const ran = await running[index]!
    if (index > 0) process.stdout.write(ran.output)
    count(name, ran)
  }
}
if (failures.length > 0) console.log(`\n${failures.join('\n')}`)
console.log(`\n${table.join('\n')}\n\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
