// A defence: the text that keeps an attack or a failure off, and the tests that fail without it. Pure.

/** A file with tests, from the repository's root, and a part of the names of those that are meant; all of them without one. */
export type DefenceTest = { readonly file: string; readonly name?: string }

export type Defence = {
  /** What it keeps up, as a sentence. */
  readonly name: string
  /** From the repository's root. */
  readonly file: string
  /** Occurs once in the file. */
  readonly remove: string
  /** What stands there without the defence, such that the file still compiles to something that runs. */
  readonly by: string
  /** Of each of them at least one test fails without the defence. */
  readonly tests: readonly DefenceTest[]
}

/** The text of a file without its defence. Throws where the text to be removed does not occur once. */
export function without({ name, file, remove, by }: Mutation, text: string): string {
  const places = text.split(remove)
  if (places.length === 2 && remove !== by) return places.join(by)
  const found = remove === by ? 'what replaces it is the same' : `found ${places.length - 1} times`
  throw new Error(`${name}: ${file} has not once what is to be removed (${found}): ${remove}`)
}

/** What the test runner needs to know of a defence. */
export type Mutation = Omit<Defence, 'tests'>

/** As vitest's reporter `json` writes it, the parts that are read. */
export type Report = {
  readonly testResults: readonly {
    /** Absolute path. */
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[] | null
    }[]
  }[]
}

/** What became of the tests of a defence. `problem`: no answer, because they did not run. */
export type Outcome = {
  readonly failed: number
  readonly tests: number
  readonly noticed: boolean
  /** Those of which none failed. */
  readonly passing?: readonly DefenceTest[]
  readonly problem?: string
}

/**
 * Errors of code that cannot run at all, which any test of the file would notice: the removal is not what it should be, whatever the tests
 * are worth.
 */
const BROKEN =
  /^\s*(SyntaxError|ReferenceError)\b|Failed to (resolve import|parse)|Cannot find module/

/** Reads a report for the tests of one defence; `root` is the repository's. */
export function outcomeOf(
  tests: readonly DefenceTest[],
  { testResults }: Report,
  root: string,
): Outcome {
  let failed = 0
  let count = 0
  const passing: DefenceTest[] = []
  for (const named of tests) {
    const { file, name = '' } = named
    const result = testResults.find((one) => one.name === `${root}/${file}`)
    if (result === undefined) return unanswered(`${file} was not run`)
    if (result.assertionResults.length === 0)
      return unanswered(`${file} could not be loaded: ${firstLine(result.message)}`)
    const found = result.assertionResults.filter(({ fullName }) => fullName.includes(name))
    const ran = found.filter(({ status }) => status === 'passed' || status === 'failed')
    if (ran.length === 0) {
      const why = found.length === 0 ? 'has no test' : 'skips the test'
      return unanswered(`${file} ${why} "${name}" ${firstLine(result.message)}`.trim())
    }
    const failing = ran.filter(({ status }) => status === 'failed')
    const messages = failing.map(({ failureMessages }) => failureMessages?.[0] ?? '')
    const broken = messages.find((message) => BROKEN.test(message))
    if (broken !== undefined) return unanswered(`${file}: ${firstLine(broken)}`)
    count += ran.length
    failed += failing.length
    if (failing.length === 0) passing.push(named)
  }
  const noticed = passing.length === 0
  return { failed, tests: count, noticed, ...(noticed ? {} : { passing }) }
}

function unanswered(problem: string): Outcome {
  return { failed: 0, tests: 0, noticed: false, problem }
}

function firstLine(text = ''): string {
  return text.trim().split('\n')[0] ?? ''
}

/** For vitest's `-t`: the tests that are named; undefined where all of a file are meant. */
export function patternOf(tests: readonly DefenceTest[]): string | undefined {
  const names = tests.map(({ name }) => name)
  if (names.includes(undefined)) return undefined
  return names.map((name = '') => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')
}
