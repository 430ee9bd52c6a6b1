// Programs of the host are found without a PATH of the worker's own choosing, and missed by name.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTools } from './tools.ts'

const names = ['chmod', 'cp', 'mkfifo', 'mount', 'nsenter', 'perl', 'rm', 'sh', 'unshare']
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-tools-'))
  for (const name of names) writeFileSync(join(folder, name), '', { mode: 0o755 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a program is looked for in every absolute folder', () => {
  const tools = findTools(`:relative:/none:${folder}`, [])
  expect(Object.keys(tools).sort()).toEqual(names)
  expect(tools.perl).toBe(join(folder, 'perl'))
})

test('what is missing, or may not be run, is named with what to install', () => {
  expect(() => findTools('relative', [])).toThrow(/unshare.*Debian/)
  chmodSync(join(folder, 'perl'), 0o644)
  expect(() => findTools(folder, [])).toThrow(
    expect.objectContaining({
      code: 'engine.missing',
      message: expect.stringMatching(/needs perl:/) as unknown,
    }),
  )
})
