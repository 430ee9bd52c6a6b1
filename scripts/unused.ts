// Lists exports that no other file of the repository uses; exit 1 when there are any. Reads files.
import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import analyze from 'ts-unused-exports'

const root = join(import.meta.dirname, '..')
const run = analyze.default ?? analyze
const files = globSync(
  [
    'packages/*/src/**/*.ts',
    'apps/*/src/**/*.ts',
    'tests/**/*.ts',
    'scripts/*.ts',
    'contracts/*.ts',
  ],
  { cwd: root, exclude: (path) => /node_modules|dist|generated/.test(path) },
).map((path) => join(root, path))

console.log(files.length, relative(root, files[0] ?? ''), typeof run)
