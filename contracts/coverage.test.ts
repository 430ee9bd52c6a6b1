// The coverage command reads forge's report as it is written, and lets nothing below the least pass without a reason.
import { expect, test } from 'vitest'
import { belowLeast, parseLcov } from './coverage.ts'

const report = (lines: [number, number], branches: [number, number]) =>
  [
    'TN:',
    'SF:src/cloud/Cloud.sol',
    'DA:10,5',
    'DA:12,0',
    'BRDA:14,0,0,3',
    'BRDA:14,0,1,-',
    'BRDA:16,1,0,0',
    `LH:${lines[0]}`,
    `LF:${lines[1]}`,
    `BRH:${branches[0]}`,
    `BRF:${branches[1]}`,
    'end_of_record',
    'SF:test/Fixture.sol',
    'LH:0',
    'LF:9',
    'end_of_record',
  ].join('\n')

test('a report gives counts and missed lines of sources alone', () => {
  expect([...parseLcov(report([98, 100], [3, 4]))]).toEqual([
    ['src/cloud/Cloud.sol', { lines: [98, 100], branches: [3, 4], missed: [12, 14, 16] }],
  ])
})

test('98 % of lines and branches pass, less does not, unless there is a reason', () => {
  expect(belowLeast(parseLcov(report([98, 100], [98, 100])), {})).toEqual([])
  const lines = parseLcov(report([97, 100], [98, 100]))
  expect(belowLeast(lines, {})).toEqual([
    'src/cloud/Cloud.sol: 97.0 % of lines, 98.0 % of branches; see lines 12, 14, 16',
  ])
  expect(belowLeast(parseLcov(report([98, 100], [97, 100])), {})).toHaveLength(1)
  expect(belowLeast(lines, { 'src/cloud/Cloud.sol': 'why' })).toEqual([])
})

test('a file without branches has them all', () => {
  expect(belowLeast(parseLcov(report([1, 1], [0, 0])), {})).toEqual([])
})
