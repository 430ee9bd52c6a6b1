// A number alone names no process.
import { expect, test } from 'vitest'
import { identify, isAlive, parseStartTicks, signalProcess } from './process-id.ts'

const after = (state: string) => `${state} ${Array.from({ length: 49 }, (_, i) => i + 4).join(' ')}`

test('the start time is read past a name that looks like more fields', () => {
  expect(parseStartTicks(`7 (node) ${after('S')}`)).toBe('22')
  expect(parseStartTicks(`7 (a) R 1 2 (b) ) ${after('S')}`)).toBe('22')
})

test.each(['', '7 (x)', '7 (x) S 1 2', `7 (x) ${after('Z')}`, `7 (x) ${after('X')}`])(
  'what does not run has none: %j',
  (stat) => {
    expect(parseStartTicks(stat)).toBe(undefined)
  },
)

test('this process is itself, and not one with its number of another time or boot', () => {
  const own = identify(process.pid)
  if (own === undefined) throw new Error('not found')
  expect(isAlive(own)).toBe(true)
  for (const other of [
    { ...own, startTicks: '1' },
    { ...own, bootId: 'other' },
  ]) {
    expect(isAlive(other)).toBe(false)
    expect(signalProcess(other, 'SIGKILL')).toBe(false)
  }
})
