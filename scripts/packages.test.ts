// What would be published is well-formed: built JavaScript, types, exports. Stages into a temporary folder.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, expect, test } from 'vitest'
import { bundleForBrowser } from '../tests/browser/bundle.ts'
import { root } from './run.ts'
import { publishedPackages, stagePackage } from './stage.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-stage-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(publishedPackages)('%s is publishable', async (name) => {
  const pkgDir = stagePackage(name, join(folder, name))
  const { messages, pkg } = await publint({ pkgDir, pack: false, level: 'warning' })
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
})

test('the attestation package as published loads in Node, and bundles for browsers without Node', async () => {
  const target = stagePackage('packages/attestation', join(folder, 'installed'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const entry = join(target, 'dist/index.js')
  const script = `import(${JSON.stringify(entry)}).then(({ appraise }) => console.log(typeof appraise))`
  expect(execFileSync('node', ['--eval', script], { encoding: 'utf8' })).toBe('function\n')
  const { text, inputs } = await bundleForBrowser(entry)
  expect(inputs.filter((path) => path.endsWith('/web-crypto.js'))).toHaveLength(1)
  expect(text).not.toMatch(/['"]node:/)
})
