// Lists of defences fit the sources as they are, and the tool tells apart what tests say of a removal.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { outcomeOf, patternOf, without, type Report } from './defences/defence.ts'
import { lists } from './defences/lists.ts'
import { root } from './run.ts'

const all = Object.values(lists).flat()

test.each(all)('$name: what is removed occurs once, and its tests exist', (defence) => {
  const text = readFileSync(join(root, defence.file), 'utf8')
  expect(without(defence, text)).not.toBe(text)
  expect(defence.tests).not.toEqual([])
  for (const { file } of defence.tests) expect(existsSync(join(root, file)), file).toBe(true)
})

test('no name is used twice, and none is that of an area', () => {
  const names = [...all.map(({ name }) => name), ...Object.keys(lists)]
  expect(new Set(names).size).toBe(names.length)
})

const mutation = { name: 'a rule', file: 'a.ts', remove: 'if (wrong) throw error', by: '' }

test('a defence is taken out where it occurs once, and else refused with what and where', () => {
  expect(without(mutation, 'one\nif (wrong) throw error\ntwo')).toBe('one\n\ntwo')
  // No pattern, and nothing in what stands there instead has a meaning of its own.
  const dollar = { ...mutation, remove: '(a)', by: '$&$1' }
  expect(without(dollar, 'f(a)')).toBe('f$&$1')
  const none = 'a rule: a.ts has not once what is to be removed (found 0 times): if (wrong)'
  expect(() => without(mutation, 'other')).toThrow(none)
  expect(() => without(mutation, `${mutation.remove}${mutation.remove}`)).toThrow('found 2 times')
  expect(() => without({ ...mutation, by: mutation.remove }, mutation.remove)).toThrow('the same')
})

const tests = [
  { file: 'a.test.ts', name: 'refuses a [wrong] one' },
  { file: 'b.test.ts', name: 'twice' },
]
type Said = readonly [fullName: string, status: string, message?: string]
const result = (file: string, said: readonly Said[], message = '') => ({
  ...{ name: `/r/${file}`, status: '', message },
  assertionResults: said.map(([fullName, status, failure = 'AssertionError: expected 1']) => ({
    ...{ fullName, status, failureMessages: status === 'failed' ? [failure] : [] },
  })),
})
const report = (a: readonly Said[], b: readonly Said[], message?: string): Report => ({
  testResults: [result('a.test.ts', a, message), result('b.test.ts', b, message)],
})
const wrong = 'the parser refuses a [wrong] one'

test('a defence is noticed where of each test that is named one fails', () => {
  const both: Said[] = [
    ['twice 1', 'passed'],
    ['twice 2', 'failed'],
    ['other', 'failed'],
  ]
  const noticed = outcomeOf(tests, report([[wrong, 'failed']], both), '/r')
  expect(noticed).toEqual({ failed: 2, tests: 3, noticed: true })
  const half = outcomeOf(tests, report([[wrong, 'passed']], both), '/r')
  expect(half).toEqual({ failed: 1, tests: 3, noticed: false, passing: [tests[0]] })
  const whole = outcomeOf([{ file: 'b.test.ts' }], report([], both), '/r')
  expect(whole).toEqual({ failed: 2, tests: 3, noticed: true })
})

test.each<[string, readonly Said[], string]>([
  ['that is not there', [['other', 'failed']], 'a.test.ts has no test "refuses a [wrong] one"'],
  ['that is skipped', [[wrong, 'skipped']], 'a.test.ts skips the test'],
  ['whose file cannot be loaded', [], 'a.test.ts could not be loaded: Unexpected token'],
  [
    'that fails because nothing runs',
    [[wrong, 'failed', 'ReferenceError: x is not defined']],
    'a.test.ts: ReferenceError: x is not defined',
  ],
  [
    'that fails because nothing can be read',
    [[wrong, 'failed', "SyntaxError: Unexpected token '}'"]],
    'a.test.ts: SyntaxError',
  ],
])('a test %s notices nothing, which is said', (_, said, problem) => {
  const message = 'Unexpected token\n  at a.ts:1'
  const outcome = outcomeOf(tests, report(said, [['twice', 'failed']], message), '/r')
  expect(outcome).toMatchObject({ failed: 0, noticed: false })
  expect(outcome.problem).toContain(problem)
})

test('a file that was not run is no answer', () => {
  const { problem } = outcomeOf(tests, { testResults: [] }, '/r')
  expect(problem).toBe('a.test.ts was not run')
})

test('only tests that are named are run, their names taken as they are', () => {
  expect(new RegExp(patternOf(tests) ?? '').test(wrong)).toBe(true)
  expect(new RegExp(patternOf(tests) ?? '').test('refuses a w one')).toBe(false)
  expect(patternOf([...tests, { file: 'c.test.ts' }])).toBeUndefined()
})
