// `npm run defences [-- AREA|NAME ...] [--list] [--json]`: removes each defence, and its tests must fail. Exit 1 where none does. Starts processes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fail } from './bench/report.ts'
import {
  outcomeOf,
  patternOf,
  without,
  type Defence,
  type DefenceTest,
  type Outcome,
  type Report,
} from './defences/defence.ts'
import { lists } from './defences/lists.ts'
import { root, run } from './run.ts'

const usage = `usage: npm run defences [-- <${Object.keys(lists).join('|')}|part of a name> ...] [--list] [--json]`
const config = 'scripts/defences/vitest.config.ts'

const { values, positionals } = readArguments()
const chosen = positionals.length === 0 ? Object.values(lists).flat() : positionals.flatMap(named)
if (values.list) for (const { name } of chosen) console.log(name)
else process.exitCode = await main([...new Set(chosen)])

async function main(defences: readonly Defence[]): Promise<number> {
  for (const defence of defences) without(defence, readFileSync(join(root, defence.file), 'utf8'))
  const folder = mkdtempSync(join(tmpdir(), 'wetee-defences-'))
  try {
    const failing = await withEverything(defences, join(folder, 'all.json'))
    if (failing.length > 0) {
      console.error(`these tests do not pass with all defences:\n  ${failing.join('\n  ')}`)
      return 1
    }
    const outcomes = []
    for (const [place, defence] of defences.entries()) {
      const outcome = await withoutOne(defence, join(folder, `${place}.json`))
      if (!values.json) console.log(lineOf(defence, outcome))
      outcomes.push({ name: defence.name, file: defence.file, ...outcome })
    }
    const noticed = outcomes.filter((outcome) => outcome.noticed).length
    if (values.json) console.log(JSON.stringify(outcomes, null, 2))
    else console.log(`\n${noticed} noticed, ${outcomes.length - noticed} not noticed`)
    return noticed === outcomes.length ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The tests of all defences, in one run; what does not pass. */
async function withEverything(defences: readonly Defence[], reportFile: string): Promise<string[]> {
  const { report, output } = await runTests(
    defences.flatMap(({ tests }) => tests),
    reportFile,
  )
  if (report === undefined) return [output]
  return defences.flatMap(({ name, tests }) => {
    const { failed, problem } = outcomeOf(tests, report, root)
    return problem === undefined && failed === 0 ? [] : `${name}: ${problem ?? `${failed} fail`}`
  })
}

async function withoutOne(defence: Defence, reportFile: string): Promise<Outcome> {
  const { tests, ...mutation } = defence
  const { report, output } = await runTests(tests, reportFile, JSON.stringify(mutation))
  const none = { failed: 0, tests: 0, noticed: false }
  if (report === undefined) return { ...none, problem: output.slice(-2_000) }
  const outcome = outcomeOf(tests, report, root)
  // Not seen where it is loaded by another process, which reads the file as it is.
  const isRemoved = output.includes(`without a defence: ${defence.file}`)
  return isRemoved ? outcome : { ...none, problem: `the tests do not load ${defence.file}` }
}

async function runTests(
  tests: readonly DefenceTest[],
  reportFile: string,
  mutation?: string,
): Promise<{ readonly report: Report | undefined; readonly output: string }> {
  const pattern = patternOf(tests)
  const { output } = await run(
    'vitest',
    [
      ...['run', '--config', config, '--reporter=json', `--outputFile=${reportFile}`],
      ...(pattern === undefined ? [] : ['-t', pattern]),
      ...new Set(tests.map(({ file }) => file)),
    ],
    { quiet: true, env: mutation === undefined ? {} : { WETEE_DEFENCE: mutation } },
  )
  return { report: readReport(reportFile), output }
}

/** Undefined where the tests came to no end. */
function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return undefined
  }
}

function lineOf({ name }: Defence, outcome: Outcome): string {
  const { failed, tests, noticed, passing = [], problem } = outcome
  if (noticed) return `${name}: ${failed} of ${tests} tests fail without it`
  const by = passing.map((test) => `${test.file} "${test.name ?? ''}" passes`).join(', ')
  return `${name}: NOT NOTICED, ${problem ?? by}`
}

/** Those of an area, or whose name has the text in it. */
function named(text: string): readonly Defence[] {
  if (Object.hasOwn(lists, text)) return lists[text] ?? []
  const found = Object.values(lists)
    .flat()
    .filter(({ name }) => name.includes(text))
  return found.length > 0 ? found : fail(`no defence has "${text}" in its name`, usage)
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), usage)
  }
}
