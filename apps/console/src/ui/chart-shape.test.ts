// Lines of charts: where they run, and where there is none.
import { expect, test } from 'vitest'
import { chartPath, spreadPath, ticksOf } from './chart-shape.ts'

const box = { width: 100, height: 50, inset: { left: 0, right: 0, top: 0, bottom: 0 } }
const range = { from: 0, to: 100, low: 0, high: 10 }
const flat = (at: number, mean: number) => ({ at, low: mean - 1, mean, high: mean + 1 })

test('the lowest value is at the bottom, the highest at the top', () => {
  expect(chartPath([flat(0, 0), flat(100, 10)], range, box, 1_000)).toBe('M0,50L100,0')
})

test('where nothing was measured there is no line, and one point alone is a dot', () => {
  const points = [flat(0, 5), flat(10, 5), flat(60, 5)]
  expect(chartPath(points, range, box, 20)).toBe('M0,25L10,25M60,25h0.1')
})

test('the spread goes out along the highest and back along the lowest', () => {
  expect(spreadPath([flat(0, 5), flat(100, 5)], range, box, 1_000)).toBe(
    'M0,20L100,20L100,30L0,30Z',
  )
})

test('a series that is zero throughout has a line at the bottom', () => {
  const zero = [
    { at: 0, low: 0, mean: 0, high: 0 },
    { at: 100, low: 0, mean: 0, high: 0 },
  ]
  expect(chartPath(zero, { ...range, high: 0 }, box, 1_000)).toBe('M0,50L100,50')
})

test('times of more than a day have their date', () => {
  expect(ticksOf(0, 3_600)).toEqual(['00:00', '00:30', '01:00'])
  expect(ticksOf(0, 172_800)[2]).toBe('01-03 00:00')
})
