// What a badge says: green for nothing less than a genuine TEE of which every step holds.
import { expect, test } from 'vitest'
import { parseApp, refusalOf, verdictOf } from './verdict.ts'

const report = { ok: true, simulated: false, failed: [], steps: [] }

test('only what holds on genuine hardware is green', () => {
  expect(verdictOf(report)).toEqual({ tone: 'good', text: 'Verified in your browser' })
})

test('ATTACK a simulated TEE of which every step holds is not green', () => {
  expect(verdictOf({ ...report, simulated: true }).tone).toBe('warn')
})

test('what failed, or could not be judged, is red even where no failed step is named', () => {
  const failed = ['quote'] as const
  expect(verdictOf({ ...report, ok: false, failed }).tone).toBe('bad')
  expect(verdictOf({ ...report, ok: false }).text).toContain('not everything could be judged')
  expect(verdictOf({ ...report, ok: false, simulated: true }).tone).toBe('bad')
})

test('an application that cannot be reached is red, with the stable code', () => {
  const error = Object.assign(new Error('away'), { code: 'evidence.unreachable' })
  expect(refusalOf(error)).toEqual({
    tone: 'bad',
    text: 'Not verified: there is nothing to judge (evidence.unreachable)',
  })
  expect(refusalOf('text').tone).toBe('bad')
})

test.each([
  ['3', 3n],
  [' 12 ', 12n],
  ['0', undefined],
  ['x', undefined],
  [null, undefined],
])('%s', (text, appId) => {
  expect(parseApp(text)).toBe(appId)
})
