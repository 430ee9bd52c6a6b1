// What would be published is well-formed: built JavaScript, types, exports. Stages into a temporary folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, expect, test } from 'vitest'
import { publishedPackages, stagePackage } from './stage.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-stage-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(publishedPackages)('%s is publishable', async (name) => {
  const pkgDir = stagePackage(name, join(folder, name))
  const { messages, pkg } = await publint({ pkgDir, pack: false, level: 'warning' })
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
})
