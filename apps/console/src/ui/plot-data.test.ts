// What charts are given: gaps, dots, the way of the arrow keys, times.
import { expect, test } from 'vitest'
import { columnsOf, nextRow, rowsAlone, timeOfAxis } from './plot-data.ts'

const flat = (at: number, mean: number) => ({ at, low: mean - 1, mean, high: mean + 1 })

test('points become columns, and nothing is between them', () => {
  expect(columnsOf([flat(0, 5), flat(20, 6)], 20)).toEqual([
    [0, 20],
    [4, 5],
    [5, 6],
    [6, 7],
  ])
})

test('a gap that is a second longer is left open in every column', () => {
  expect(columnsOf([flat(0, 5), flat(21, 6)], 20)).toEqual([
    [0, 10.5, 21],
    [4, null, 5],
    [5, null, 6],
    [6, null, 7],
  ])
})

test('without points there are no rows', () => {
  expect(columnsOf([], 20)).toEqual([[], [], [], []])
})

test('a point without a neighbour is a dot, at the ends as well', () => {
  expect(rowsAlone([5])).toEqual([0])
  expect(rowsAlone([5, null, 5, 5, null, 5, null, 0])).toEqual([0, 5, 7])
  expect(rowsAlone([5, 5])).toEqual([])
})

test('arrow keys begin at the newest, go over gaps and stop at the ends', () => {
  const values = [5, 6, null, 7]
  expect(nextRow(values, undefined, -1)).toBe(3)
  expect(nextRow(values, 3, -1)).toBe(1)
  expect(nextRow(values, 1, 1)).toBe(3)
  expect(nextRow(values, 3, 1)).toBe(3)
  expect(nextRow(values, 0, -1)).toBe(0)
})

test('times of the axis are in UTC, to the second where they are close, and midnight is a date', () => {
  expect(timeOfAxis(3_600, 60)).toBe('01:00')
  expect(timeOfAxis(3_605, 5)).toBe('01:00:05')
  expect(timeOfAxis(172_800, 3_600)).toBe('01-03')
})
