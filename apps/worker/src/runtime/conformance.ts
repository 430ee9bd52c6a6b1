// What every runtime driver must do: one suite, run by each driver's `*.conformance.test.ts`. Starts containers.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Bench, type Need, type RuntimeSubject } from './testing/bench.ts'
import { adoptionRules } from './testing/adoption-rules.ts'
import { containerRules } from './testing/container-rules.ts'
import { execRules } from './testing/exec-rules.ts'
import { isolationRules } from './testing/isolation-rules.ts'
import { limitRules } from './testing/limit-rules.ts'
import { logRules } from './testing/log-rules.ts'
import { memoryRules } from './testing/memory-rules.ts'
import { podRules, runningPodRules } from './testing/pod-rules.ts'
import { usageRules } from './testing/usage-rules.ts'

/** Registers the suite for one driver. A missing engine is one printed line, and a failure where CI is set. */
export function describeRuntime(subject: RuntimeSubject): void {
  const { kind, missing } = subject
  if (missing !== undefined) {
    console.log(`SKIPPED: the ${kind} runtime cannot be tested here: ${missing}`)
    test.runIf(process.env['CI'] === 'true')(`the ${kind} runtime is tested`, () => {
      expect(missing).toBe(undefined)
    })
    test.skip(`the ${kind} runtime is not tested: ${missing}`, () => undefined)
    return
  }
  describe(`${kind} runtime`, () => {
    const bench = new Bench(subject)
    beforeAll(() => bench.open())
    afterEach(() => bench.clear())
    afterAll(() => bench.close())
    for (const [rules, needs] of SUITE) {
      const lacking = needs.filter((need) => subject.lacks?.includes(need))
      if (lacking.length === 0) rules(bench)
      else test.skip(`${rules.name} need what is not here: ${lacking.join(', ')}`, () => undefined)
    }
  })
}

/** All rules, each with what it cannot do without. */
const SUITE: readonly (readonly [(bench: Bench) => void, readonly Need[]])[] = [
  [podRules, []],
  [runningPodRules, ['running', 'singleContainers', 'hostFolders']],
  [containerRules, ['running', 'singleContainers']],
  [isolationRules, ['running', 'singleContainers']],
  [limitRules, ['running', 'singleContainers']],
  [memoryRules, ['running', 'singleContainers']],
  [logRules, ['running', 'singleContainers']],
  [usageRules, ['running', 'singleContainers']],
  [execRules, ['running', 'exec']],
  [adoptionRules, ['running', 'singleContainers', 'hostFolders']],
]
