// The configuration's JSON Schema in the documents.
import { readFileSync } from 'node:fs'
import { runConfigCommand } from '@wetee/daemon'
import { expect, test } from 'vitest'
import { configCommand } from './config.ts'

test('the published JSON Schema is the one of this code', () => {
  let out = ''
  const page = new URL('../../../docs/reference/dsecret-config.schema.json', import.meta.url)
  runConfigCommand(['schema'], { ...configCommand, stdout: (text) => (out += text) })
  expect(JSON.parse(out), 'write it anew: config schema').toEqual(
    JSON.parse(readFileSync(page, 'utf8')),
  )
})
