// The questions by error text are about errors that there are, in the words that are said.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readErrors } from './errors.ts'
import { root } from './run.ts'

const page = readFileSync(join(root, 'docs/faq.md'), 'utf8')
const titles = [...page.matchAll(/^### `([^`]+)`: (.+)$/gm)].map(([, code = '', text = '']) => ({
  code,
  text,
}))
const errors = readErrors()

test('there are errors in it, each once, with what to do', () => {
  expect(titles.length).toBeGreaterThan(20)
  expect(new Set(titles.map(({ code }) => code)).size).toBe(titles.length)
  const answers = page.split(/^### .*$/m).slice(1)
  for (const [index, answer] of answers.entries())
    expect(answer.trim().length, titles[index]?.code).toBeGreaterThan(40)
})

test.each(titles)('$code is said so', ({ code, text }) => {
  const said = errors.filter((error) => error.code === code).map((error) => error.text)
  expect(said, `${code} says`).toEqual(expect.arrayContaining([expect.stringContaining(text)]))
})
