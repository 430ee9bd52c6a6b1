// Runs the Solidity tests with forge and prints the counts on one line. Starts processes.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const folder = import.meta.dirname

/** The forge binary of the linux platform package, else the one on the PATH. */
export function findForge(): string | undefined {
  const folders = [
    join(folder, '../node_modules/.bin'),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
  return folders.map((path) => join(path, 'forge')).find((path) => existsSync(path))
}

/** Runs forge, in contracts/ where no folder is named; prints and returns its output; bin/solc finds this Node first. */
export function runForge(
  forge: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = folder,
): { code: number; output: string } {
  const { status, stdout, stderr } = spawnSync(forge, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      PATH: [join(folder, '../node_modules/.bin'), process.env['PATH']].join(delimiter),
      ...environment,
    },
  })
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  return { code: status ?? 1, output: stdout }
}

/** Sums what forge reports at the end of each suite. */
function countForgeTests(output: string): { passed: number; failed: number } {
  const counts = { passed: 0, failed: 0 }
  for (const [, passed, failed] of output.matchAll(
    /^Suite result: .*?(\d+) passed; (\d+) failed/gm,
  )) {
    counts.passed += Number(passed)
    counts.failed += Number(failed)
  }
  return counts
}

function main(): number {
  const forge = findForge()
  if (forge === undefined) {
    console.log('contracts: skipped, forge is neither in node_modules nor on the PATH')
    return process.env['CI'] === 'true' ? 1 : 0
  }
  const tests = runForge(forge, ['test'])
  const counts = countForgeTests(tests.output)
  const gas = runForge(forge, ['snapshot', '--check', '.gas-snapshot', '--match-contract', 'Gas'], {
    FOUNDRY_PROFILE: 'gas',
  })
  if (gas.code === 0) counts.passed++
  else {
    counts.failed++
    console.log('gas differs from contracts/.gas-snapshot: see docs/reference/contracts.md')
  }
  console.log(`contracts: ${counts.passed} passed, ${counts.failed} failed`)
  return tests.code === 0 && counts.failed === 0 ? 0 : 1
}

if (import.meta.main) process.exit(main())
