// The node as a program: a bundle and the native library beside it.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildProgram, type BuiltProgram } from '../build.ts'

let folder: string
let program: BuiltProgram
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-build-'))
  program = await buildProgram(join(folder, 'first'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (main: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [main, ...args]).catch(
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  )

test('the same sources give the same bytes, and no path of this machine', async () => {
  const again = await buildProgram(join(folder, 'second'))
  expect(again.sha256).toEqual(program.sha256)
  expect(program.files.map((file) => basename(file))).toEqual(['dsecret.js', 'secp256k1.node'])
  expect(readFileSync(program.main, 'utf8')).not.toContain(join(import.meta.dirname, '../../..'))
})

test('it runs alone', async () => {
  expect(await run(program.main)).toMatchObject({ code: 2 })
})

test('libsecp256k1 is taken from beside the bundle, and nothing takes its place', async () => {
  // What the bundle does when it opens the group, without the rest of a start.
  const bundle = readFileSync(program.main, 'utf8')
  expect(bundle).toContain('./secp256k1.node')
  expect(bundle).not.toContain('secp256k1/bindings.js')
  const probe = (main: string) =>
    `${bundle.replace(/await main\(\);?\s*$/, '')}\nconsole.log(openNativeGroup().name)\n//${main}`
  const beside = join(folder, 'first', 'probe.js')
  writeFileSync(beside, probe(beside))
  expect(await run(beside)).toMatchObject({ stdout: 'libsecp256k1\n' })
  const alone = join(folder, 'probe.js')
  copyFileSync(beside, alone)
  const refused = (await run(alone)) as { code: number; stderr: string }
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('native.missing')
})
