// Units of what is measured.
import { expect, test } from 'vitest'
import { seriesText, seriesTitle } from './series.ts'

test.each([
  ['cpuMilli', 250, '0.25 CPU'],
  ['memoryBytes', 134_217_728, '128.0 MiB'],
  ['memoryBytes', 0, '0 B'],
  ['sentBytesPerSecond', 2_048, '2.0 KiB/s'],
  ['responseMs', 12.4, '12 ms'],
  ['attestedShare', 0.995, '100 %'],
  ['restarts', 2, '2'],
])('%s of %d is %s', (name, value, text) => {
  expect(seriesText(name, value)).toBe(text)
})

test('a series that a newer worker measures is shown by its own name', () => {
  expect(seriesTitle('gpuMilli')).toBe('gpuMilli')
})
