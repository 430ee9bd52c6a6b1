// Lines of logs in a page.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendLines, linesText, maxLines, splitAt } from './log-buffer.ts'

const line = (number: number, time = number) => ({
  ...{ version: 1, replica: 0, service: 'web', stream: 'stdout' as const, number },
  time: new Date(time * 1_000).toISOString(),
  text: `line ${number}`,
})
const numbers = (lines: readonly { readonly number: number }[]) => lines.map(({ number }) => number)

test('new lines come behind, each once, in order of time', () => {
  expect(numbers(appendLines([line(1), line(2)], [line(2), line(3)]))).toEqual([1, 2, 3])
  expect(numbers(appendLines([line(5, 9)], [line(4, 3)]))).toEqual([4, 5])
})

test('the oldest give way', () => {
  const many = Array.from({ length: maxLines }, (_, at) => line(at + 1))
  const all = appendLines(many, [line(maxLines + 1)])
  expect([all.length, all[0]?.number]).toEqual([maxLines, 2])
})

test('what is looked for is found in any case, and the parts are the whole', () => {
  expect(splitAt('An error, ERROR', 'error')).toEqual(['An ', 'error', ', ', 'ERROR', ''])
  expect(splitAt('text', '')).toEqual(['text'])
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, wanted) => {
      expect(splitAt(text, wanted).join('')).toBe(text)
    }),
    { seed: 1 },
  )
})

test('a file has a line for each', () => {
  expect(linesText([line(1)])).toBe('1970-01-01T00:00:01.000Z v1/0 web stdout line 1\n')
})
