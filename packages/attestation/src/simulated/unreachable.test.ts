// Verifiers cannot reach simulation: nothing that the package's main entry imports leads here.
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(source, '../package.json'), 'utf8')) as {
  imports: Record<string, Record<string, string>>
}

/** Every module of this package that a module imports, in whatever way, as written in its text. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([#.][^']*)'/g)].flatMap(([, name = '']) =>
    name.startsWith('.')
      ? [join(dirname(path), name)]
      : Object.values(manifest.imports[name] ?? {}).map((file) => join(source, '..', file)),
  )
}

function reachableFrom(entry: string): string[] {
  const found = new Set([join(source, entry)])
  for (const path of found) for (const next of importsOf(path)) found.add(next)
  return [...found].map((path) => relative(source, path))
}

test('the main entry reaches the verifier and no simulated platform', () => {
  const paths = reachableFrom('index.ts')
  expect(paths).toContain(join('appraisal', 'appraise.ts'))
  expect(paths).toContain(join('crypto', 'web-crypto.ts'))
  expect(paths.filter((path) => /^(simulated|testing)\b/.test(path))).toEqual([])
})

test('the same walk does find it where it is', () => {
  expect(reachableFrom(join('simulated', 'index.ts'))).toContain(
    join('simulated', 'intel', 'vendor.ts'),
  )
})
