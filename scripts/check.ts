// `npm run check`: format, lint of TypeScript and Solidity, types, unused code, imports, artifacts and bindings. Starts processes.
import { run } from './run.ts'

const checks: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', 'tsc', ['-b']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'eslint', ['--max-warnings', '0', '.']],
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
  ['imports', 'vitest', ['run', '--project', 'unit', 'scripts/imports.test.ts']],
  ['artifacts', 'node', ['contracts/build.ts', '--check']],
  ['bindings', 'node', ['packages/chain/generate.ts', '--check']],
]

const asked = process.argv.slice(2)
const failures: string[] = []
for (const [name, command, args] of checks) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const { code, seconds } = await run(command, args)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`)
  if (code !== 0) failures.push(name)
}
if (failures.length > 0) {
  console.error(`check failed: ${failures.join(', ')}`)
  process.exit(1)
}
