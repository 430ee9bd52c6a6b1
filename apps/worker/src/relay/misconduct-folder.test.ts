// Files of what nodes did: once each, and no more than there is room for.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MisconductFolder } from './misconduct-folder.ts'

let base: string
let logged: object[]
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'wetee-mf-'))
  logged = []
})
afterEach(() => rmSync(base, { recursive: true }))

const ignore = () => undefined
const open = () =>
  new MisconductFolder(join(base, 'misconduct'), {
    ...{ debug: ignore, info: ignore, error: ignore },
    warn: (fields) => void logged.push(fields),
  })
const files = () => readdirSync(join(base, 'misconduct'))

test('a text is kept once, for its owner alone, and said in the log', () => {
  open().keep('{"a":1}')
  open().keep('{"a":1}')
  const [name] = files()
  expect(files()).toHaveLength(1)
  const file = join(base, 'misconduct', name!)
  expect(readFileSync(file, 'utf8')).toBe('{"a":1}')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(logged).toEqual([{ code: 'misconduct.found', file }])
})

test('the first 64 stay; what comes after them is refused', () => {
  const folder = open()
  for (let n = 0; n < 64; n++) folder.keep(`{"n":${n}}`)
  expect(() => folder.keep('{"n":64}')).toThrow(
    expect.objectContaining({ code: 'misconduct.full' }),
  )
  folder.keep('{"n":0}')
  expect(files()).toHaveLength(64)
})
