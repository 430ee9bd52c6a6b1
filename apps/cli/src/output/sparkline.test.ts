import { expect, test } from 'vitest'
import { sparkline } from './sparkline.ts'

test('a series is a bar for each value, from its lowest to its highest', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe('▁▂▃▄▅▆▇█')
  expect(sparkline([5, undefined, 5], 20)).toBe('▁ ▁')
  expect(sparkline([], 20)).toBe('')
  expect(sparkline([undefined], 20)).toBe(' ')
})

test('more values than bars are squeezed, none is left out', () => {
  const values = Array.from({ length: 1_000 }, (_, i) => i)
  expect(sparkline(values, 8)).toBe('▁▂▃▄▅▆▇█')
  expect(sparkline([1, 1, undefined, undefined, 3, 3], 3)).toBe('▁ █')
})
