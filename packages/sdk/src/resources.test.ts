// CPU and memory as people write them.
import { expect, test } from 'vitest'
import { cpuMilliOf, memoryMiBOf } from './resources.ts'

test.each([
  ['16', 16_000],
  [' 0.5 ', 500],
  ['0.001', 1],
  ['0', undefined],
  ['-1', undefined],
  ['1.0001', undefined],
  ['1e3', undefined],
  ['', undefined],
])('%s CPUs', (text, milli) => {
  expect(cpuMilliOf(text)).toBe(milli)
})

test.each([
  ['64GiB', 65_536],
  ['512 mib', 512],
  ['1.5GiB', 1_536],
  ['2TiB', 2_097_152],
  ['64GB', undefined],
  ['64', undefined],
  ['0MiB', undefined],
  ['4096TiB', undefined],
])('%s of memory', (text, mib) => {
  expect(memoryMiBOf(text)).toBe(mib)
})
