// Runs one command of the project and passes its output on, counting what its test runner reports. Starts processes.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** The native compiler: `tsc` of node_modules/.bin may be the one that scripts read sources with. */
export const compiler = join(root, 'node_modules/typescript-7/bin/tsc')

export type Ran = { readonly code: number; readonly output: string; readonly seconds: number }

/**
 * Runs a program from the repository's root with this Node first on the PATH; never throws for its exit code. `quiet`: nothing is passed
 * on; `env`: more variables.
 */
export function run(
  command: string,
  args: readonly string[],
  {
    quiet = false,
    env = {},
  }: { readonly quiet?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...env,
        PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      },
    })
    let output = ''
    const pass = (to: NodeJS.WriteStream) => (chunk: Buffer) => {
      if (!quiet) to.write(chunk)
      if (output.length < 4_000_000) output += chunk.toString()
    }
    child.stdout.on('data', pass(process.stdout))
    child.stderr.on('data', pass(process.stderr))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({
        code: code ?? 1,
        output,
        seconds: Math.round((performance.now() - startedAt) / 100) / 10,
      }),
    )
  })
}

const plain = (output: string) => output.replace(/\u001b\[[0-9;]*m/g, '')

/**
 * What vitest says of the tests that failed and of errors outside of tests, from its heading to its totals, as lines without colours; at
 * most `limit` lines.
 */
export function failuresIn(output: string, limit = 60): readonly string[] {
  const lines = plain(output).split('\n')
  const heading = /^\s*⎯+ (Failed (Tests|Suites) \d+|Unhandled Errors) ⎯+/
  const from = lines.findIndex((line) => heading.test(line))
  if (from < 0) return []
  const to = lines.findIndex((line, index) => index > from && /^\s*Test Files\s/.test(line))
  return lines.slice(from, to < 0 ? undefined : to).slice(0, limit)
}

/** Counts of passed and failed tests in what vitest or the contracts' runner printed. */
export function countTests(output: string): { passed: number; failed: number } {
  const counts = { passed: 0, failed: 0 }
  for (const line of plain(output).split('\n')) {
    if (!/^\s*(Tests|contracts:)\s/.test(line)) continue
    counts.passed += Number(/(\d+) passed/.exec(line)?.[1] ?? 0)
    counts.failed += Number(/(\d+) failed/.exec(line)?.[1] ?? 0)
  }
  return counts
}
