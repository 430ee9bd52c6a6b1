// Dates that exist and dates that only look like it, beside what `Date` makes of them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarMs } from './calendar.ts'

test.each([
  [2024, 2, 29, 0, 0, 0],
  [2000, 2, 29, 23, 59, 59],
  [1970, 1, 1, 0, 0, 0],
  [9999, 12, 31, 23, 59, 59],
] as const)('%i-%i-%i %i:%i:%i exists', (year, month, day, hour, minute, second) => {
  expect(calendarMs(year, month, day, hour, minute, second)).toBe(
    Date.UTC(year, month - 1, day, hour, minute, second),
  )
})

test.each([
  [2023, 2, 29, 0, 0, 0],
  [2100, 2, 29, 0, 0, 0],
  [2024, 0, 1, 0, 0, 0],
  [2024, 13, 1, 0, 0, 0],
  [2024, 4, 31, 0, 0, 0],
  [2024, 1, 0, 0, 0, 0],
  [2024, 1, 1, 24, 0, 0],
  [2024, 1, 1, 0, 60, 0],
  [2016, 12, 31, 23, 59, 60],
  [99, 1, 1, 0, 0, 0],
])('%i-%i-%i %i:%i:%i does not', (year, month, day, hour, minute, second) => {
  expect(calendarMs(year, month, day, hour, minute, second)).toBeUndefined()
})

test('every instant is read back', () => {
  const instants = fc.date({
    min: new Date('1000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(instants, (date) => {
      const ms = calendarMs(
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      )
      expect(ms).toBe(date.getTime() - date.getUTCMilliseconds())
    }),
  )
})
