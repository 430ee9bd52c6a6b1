// When a worker last answered, as the browser's storage has it.
import { expect, test } from 'vitest'
import { parseLastAnswers } from './last-answers.ts'

test('workers and times are read', () => {
  expect([...parseLastAnswers('[["1",1700000000000],["12",5]]')]).toEqual([
    ['1', 1_700_000_000_000],
    ['12', 5],
  ])
})

test('whatever else lies there is passed over', () => {
  for (const text of [null, '', '{}', '[1]', '[["x",1]]', '[["1"]]', '[["1",1.5]]', '[["1","2"]]'])
    expect([...parseLastAnswers(text)], String(text)).toEqual([])
})

test('fifty are kept, the newest, and a text that is too long is not read', () => {
  const many = Array.from({ length: 60 }, (_, index) => [String(index + 1), index])
  const kept = parseLastAnswers(JSON.stringify(many))
  expect([kept.size, kept.has('10'), kept.has('11')]).toEqual([50, false, true])
  expect(parseLastAnswers(`[["1",1]${' '.repeat(8_192)}]`).size).toBe(0)
})
