// The record of what was signed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLedger } from './ledger.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const day = 86_400_000
const entry = (evidenceDigest: string, hash: string) => ({ evidenceDigest, hash })
const conflict: unknown = expect.objectContaining({ code: 'statement.conflict' })

test('the same statement may be recorded again, another one about the same evidence may not', () => {
  const ledger = openLedger(join(folder, 'signed.db'))
  ledger.record([entry('e1', 'a'), entry('e2', 'b')], 0)
  ledger.record([entry('e1', 'a')], 1)
  expect(() => ledger.record([entry('e1', 'b')], 2)).toThrow(conflict)
  ledger.close()
})

test('two contradicting statements in one batch are refused, and nothing of the batch is kept', () => {
  const ledger = openLedger(join(folder, 'signed.db'))
  expect(() => ledger.record([entry('e1', 'a'), entry('e1', 'b')], 0)).toThrow(conflict)
  ledger.record([entry('e1', 'b')], 1)
  ledger.close()
})

test('what was recorded is there after a restart, for a day', () => {
  const file = join(folder, 'signed.db')
  const first = openLedger(file)
  first.record([entry('e1', 'a')], 0)
  first.close()
  const second = openLedger(file)
  second.record([entry('e2', 'a')], day)
  expect(() => second.record([entry('e1', 'b')], day)).toThrow(conflict)
  second.record([entry('e3', 'a')], day + 1)
  second.record([entry('e1', 'b')], day + 2)
  second.close()
})

test('a file that is no ledger stops the node from signing', () => {
  const file = join(folder, 'signed.db')
  writeFileSync(file, 'x'.repeat(8_192))
  expect(() => openLedger(file)).toThrow(expect.objectContaining({ code: 'ledger.unwritable' }))
})
