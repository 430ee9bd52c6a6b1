// Texts by digest: bounded, whole, and nothing but digests as names.
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKeptTexts } from './kept-texts.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kept-')), 'texts')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

const digest = (n: number) => String(n).repeat(64)

test('a text is found by its digest, also by the next process', () => {
  openKeptTexts(folder, 2).put(digest(1), 'one')
  expect(openKeptTexts(folder, 2).get(digest(1))).toBe('one')
  expect(openKeptTexts(folder, 2).get(digest(2))).toBeUndefined()
})

test('the newest stay, the oldest goes', () => {
  const texts = openKeptTexts(folder, 2)
  for (const n of [1, 2, 3]) {
    texts.put(digest(n), String(n))
    utimesSync(join(folder, digest(n)), n, n)
  }
  expect([1, 2, 3].map((n) => texts.get(digest(n)))).toEqual([undefined, '2', '3'])
  texts.put(digest(3), 'again')
  expect(readdirSync(folder)).toHaveLength(2)
})

test('a name that is no digest reaches no file', () => {
  const texts = openKeptTexts(folder, 2)
  expect(texts.get('../texts')).toBeUndefined()
  expect(texts.get(`0x${digest(1)}`)).toBeUndefined()
  expect(() => texts.put('../escape', '')).toThrow('64 lower-case hex digits')
})
