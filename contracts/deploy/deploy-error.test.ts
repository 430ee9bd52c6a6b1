// The reference lists the codes of a deployment.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')
const codes = (text: string) => [...new Set(text.match(/deploy\.[a-z]+(?:-[a-z]+)*/g))].sort()

test('docs/reference/deployment.md lists every code and no other', () => {
  const [, union = ''] = /DeployErrorCode =([\s\S]*?)\n\n/.exec(read('deploy-error.ts')) ?? []
  const rows = read('../../docs/reference/deployment.md')
    .split('\n')
    .filter((line) => line.startsWith('| `deploy.'))
  expect(codes(rows.join('\n'))).toEqual(codes(union))
})
