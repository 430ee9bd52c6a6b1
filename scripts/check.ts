// `npm run check`: format, lint of TypeScript and Solidity, types, unused code, documentation, imports, artifacts and bindings. Starts processes.
import { availableParallelism } from 'node:os'
import { compiler, run } from './run.ts'

type Check = readonly [name: string, command: string, args: readonly string[]]

const checks: readonly [Check, ...Check[]] = [
  ['types', 'node', [compiler, '-b']],
  ['lint', 'oxlint', ['--deny-warnings']],
  ['artifacts', 'node', ['contracts/build.ts', '--check']],
  ['format', 'oxfmt', ['--check']],
  [
    'solidity',
    'solhint',
    [
      '--noPoster',
      '--disc',
      ...['--max-warnings', '0', '--config', 'contracts/.solhint.json'],
      'contracts/src/**/*.sol',
    ],
  ],
  ['unused', 'node', ['scripts/unused.ts']],
  ['documented', 'node', ['scripts/documented.ts']],
  ['imports', 'vitest', ['run', '--project', 'unit', 'scripts/imports.test.ts']],
  ['bindings', 'node', ['packages/chain/generate.ts', '--check']],
]

/** Most of them use one core. */
const atOnce = availableParallelism()

const asked = process.argv.slice(2)
const failures: string[] = []

async function runOne([name, command, args]: Check): Promise<void> {
  const { code, output, seconds } = await run(command, args, { quiet: true })
  process.stdout.write(output)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`)
  if (code !== 0) failures.push(name)
}

const [types, ...others] = checks
const waiting = others.filter(([name]) => asked.length === 0 || asked.includes(name))
// Alone and first: the linter and the tests read what the compiler writes.
if (asked.length === 0 || asked.includes(types[0])) await runOne(types)
const lane = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runOne(next)
}
await Promise.all(Array.from({ length: atOnce }, lane))
if (failures.length > 0) {
  console.error(`check failed: ${failures.join(', ')}`)
  process.exit(1)
}
